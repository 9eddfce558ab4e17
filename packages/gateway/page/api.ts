/** What the management API shows of a destination, as far as the page uses it. */
export interface DestinationView {
  readonly id: string;
  readonly workspace_id: string;
  readonly type: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly privacy_mode: boolean;
  readonly sampling_rate: number;
  readonly api_key_hashes: readonly string[] | null;
  readonly excluded_api_key_hashes: readonly string[] | null;
  readonly filter_rules: FilterRules | null;
  readonly regions: readonly string[];
  readonly redaction: Redaction | null;
  readonly broadcast_generation_cost: boolean;
  readonly broadcast_generation_identity: boolean;
  readonly broadcast_generation_request_context: boolean;
  readonly config: Config;
  readonly read_only?: true;
}

/** What a destination must not see of what it otherwise gets. */
export interface Redaction {
  readonly paths?: readonly string[];
  readonly detectors?: readonly string[];
  readonly replace_with?: "mask" | "hash";
}

/** A key of a client. */
export interface KeyView {
  readonly hash: string;
  readonly name: string;
  readonly label: string;
  readonly disabled: boolean;
}

/** Settings of a destination, as its type's form names them. */
export type Config = Readonly<Record<string, ConfigValue | undefined>>;
/** One of them. */
export type ConfigValue = string | number | boolean | Readonly<Record<string, string>>;

/** Which events a destination gets: those that a group agrees to. */
export interface FilterRules {
  readonly enabled?: boolean;
  readonly groups: readonly RuleGroup[];
}

/** Rules that all (`and`) or any (`or`) must hold. */
export interface RuleGroup {
  readonly logic?: "and" | "or";
  readonly rules: readonly Rule[];
}

/** One condition on an event. */
export interface Rule {
  readonly field: string;
  readonly operator: string;
  readonly value?: string | number;
}

/** A field of a type's form. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly kind?: "number" | "boolean" | "object";
  readonly multiline?: true;
  readonly options?: readonly string[];
  readonly defaultValue?: string | number | boolean;
  readonly description?: string;
}

/** A type of destination that can be added. */
export interface TypeView {
  readonly type: string;
  readonly name: string;
  readonly docs_url?: string;
  readonly form: readonly FormField[];
  /** What of a trace it has no place for, and why. */
  readonly not_carried: readonly { readonly field: string; readonly reason: string }[];
}

/** How a destination fares. */
export interface Stats {
  readonly id: string;
  readonly state: "running" | "paused" | "disabled";
  readonly pausedReason?: string;
  /** Epoch milliseconds, as all times here. */
  readonly pausedSinceMs?: number;
  readonly lastFailure?: string;
  readonly failingSinceMs?: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly oldestPendingMs?: number;
}

/** What a test found. */
export interface TestResult {
  readonly ok: boolean;
  readonly message: string;
  /** What will not be seen at the far end although it is sent. */
  readonly notes?: readonly string[];
}

/** What rules would have let through of the traces of late. */
export interface DryRun {
  readonly data: readonly {
    readonly id: string;
    readonly name?: string;
    readonly startMs: number;
    readonly admitted: boolean;
    readonly by?: "workspace" | "disabled" | "region" | "api_key" | "sampling" | "filter_rules";
    /** Such as `groups.0.rules.1`. */
    readonly failing?: readonly string[];
  }[];
  readonly total_count: number;
  readonly admitted_count: number;
}

/** What became of a trace at a destination. */
export interface Fate {
  readonly id?: string;
  readonly name: string;
  readonly type: string;
  readonly private: boolean;
  readonly state: "filtered" | "sampled_out" | "waiting" | "delivered" | "dropped" | "dead";
  readonly by?: string;
  /** The filter rules that do not hold, where they are why. */
  readonly failing?: readonly Rule[];
  readonly attempts?: number;
  readonly lastReason?: string;
  readonly reason?: string;
  readonly limit?: string;
  readonly atMs?: number;
}

/** A trace in the list. */
export interface TraceSummary {
  readonly id: string;
  readonly operation: string;
  readonly apiKey?: { readonly hash: string; readonly name?: string };
  readonly model: { readonly requested?: string; readonly resolved?: string };
  readonly provider?: string;
  readonly timing: { readonly startMs: number; readonly firstTokenMs?: number; readonly endMs: number };
  readonly usage?: Readonly<Record<string, number>>;
  readonly cost?: {
    readonly totalUsd?: number;
    readonly inputUsd?: number;
    readonly outputUsd?: number;
    readonly upstreamTotalUsd?: number;
    readonly byok?: boolean;
    readonly estimated?: boolean;
  };
  readonly finishReason?: { readonly normalized?: string; readonly native?: string };
  readonly trace: {
    readonly traceId?: string;
    readonly traceName?: string;
    readonly spanName?: string;
    readonly generationName?: string;
    readonly parentSpanId?: string;
    readonly metadata: Readonly<Record<string, unknown>>;
  };
  readonly user?: string;
  readonly sessionId?: string;
  readonly tags: readonly string[];
  readonly streamed: boolean;
  readonly cancelled?: boolean;
  readonly failed: boolean;
  readonly fates: readonly Fate[];
}

/** A whole trace. */
export interface TraceDetail {
  readonly event: Omit<TraceSummary, "fates" | "failed"> & {
    readonly input?: unknown;
    readonly output?: unknown;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly contentParameters?: Readonly<Record<string, unknown>>;
    /** What is known of the call beyond the rest. */
    readonly generation?: Readonly<Record<string, unknown>>;
    readonly error?: { readonly status?: number; readonly type?: string; readonly message?: string };
  };
  readonly fates: readonly Fate[];
  /** It and every other one of the same trace id, oldest first. */
  readonly together: readonly TraceSummary[];
}

/** A trace that a destination refused. */
export interface DeadLetter {
  readonly eventId: string;
  readonly code: string;
  readonly reason: string;
  readonly detail?: string;
  readonly diedMs: number;
  /** The trace as the destination was to see it; only where one letter is asked for. */
  readonly event?: unknown;
}

/** What the API objects to. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const listeners = new Set<() => void>();
let isSignedOut = false;

/** Hears when the API no longer knows who is asking. */
export function onSignedOut(listener: () => void): void {
  listeners.add(listener);
}

/** OpenRouter's part of the management API. */
export const standard = "api/v1";
/** A query that asks for what is in a workspace; without one, the default workspace is meant. */
export const inWorkspace = (workspace: string | undefined): string =>
  workspace === undefined ? "" : `&workspace_id=${workspace}`;

/** Tracecast's own part. */
export const own = "api/tracecast/v1";

/**
 * Asks the management API.
 * @throws {@link ApiFailure} with a sentence that may be shown
 */
export async function ask<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<T> {
  const isAboutSession = path.endsWith("/session");
  if (isSignedOut && !isAboutSession) throw new ApiFailure(401, "Your session has ended.");
  const response = await fetch(path, {
    method,
    headers: { "x-tracecast-page": "1", ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch(() => {
    if (signal?.aborted) throw new ApiFailure(0, "Cancelled.");
    throw new ApiFailure(0, "The gateway does not answer; is it running?");
  });
  const said = (await response.json().catch(() => ({}))) as { error?: { message?: string } };
  if (isAboutSession && method === "POST" && response.ok) isSignedOut = false;
  if (response.ok) return said as T;
  if (response.status === 401 && !isAboutSession) {
    isSignedOut = true;
    for (const listener of listeners) listener();
  }
  throw new ApiFailure(
    response.status,
    said.error?.message ?? `The gateway answered with ${response.status}.`,
  );
}

import { region, TracecastError } from "@tracecast/core";
import type { Destination, GenerationBlocks, JsonObject, Region } from "@tracecast/core";
import { z } from "zod";
import { createFilter } from "./policy/filter/filter.ts";
import type { Filter } from "./policy/filter/filter.ts";
import { filterRulesSchema } from "./policy/filter/filter-rules.ts";
import type { FilterRulesSettings } from "./policy/filter/filter-rules.ts";
import { redactionSchema } from "./policy/redaction/redaction-settings.ts";
import type { RedactionSettings } from "./policy/redaction/redaction-settings.ts";
import { createRedactor } from "./policy/redaction/redactor.ts";
import type { Redactor } from "./policy/redaction/redactor.ts";

/** Which events a destination gets and what it may see, as its operator sets it. */
export interface PolicySettings {
  /** Only events of this workspace. Absent: of every one. */
  readonly workspaceId?: string;
  /** Only events of calls that were served in one of these regions; what does not say where is `global`. Absent: of every one. */
  readonly regions?: readonly Region[];
  /** A disabled destination gets nothing. @defaultValue true */
  readonly enabled?: boolean;
  /** Withholds all content: prompts, completions, reasoning, tools, refusals, error texts, files. @defaultValue false */
  readonly privacyMode?: boolean;
  /** Which part of all sessions it gets, above 0 and up to 1. @defaultValue 1 */
  readonly samplingRate?: number;
  /** What it must not see of the content and metadata it otherwise gets. Absent or null: nothing is taken out. */
  readonly redaction?: RedactionSettings | null;
  /** Adds OpenRouter's block on the cost to its metadata: what was charged and what that depended on. @defaultValue false */
  readonly generationCost?: boolean;
  /** Adds the block on who called: application, key, user, ids. @defaultValue false */
  readonly generationIdentity?: boolean;
  /** Adds the block on how the call was to be run. @defaultValue false */
  readonly generationRequestContext?: boolean;
  /** Only events of these keys, by their SHA-256 in hex. Absent or null: of every key. */
  readonly apiKeyHashes?: readonly string[] | null;
  /** No events of these keys, also where `apiKeyHashes` names them. */
  readonly excludedApiKeyHashes?: readonly string[] | null;
  /** Only events that fit. Judged by what was said, before privacy and redaction take any of it away. Absent or null: all. */
  readonly filterRules?: FilterRulesSettings | null;
}

/** One destination as its operator sets it: a type, its config, and the policy that says what it gets. */
export interface DestinationSettings extends PolicySettings {
  /** Stable and unique. What waits in the spool is kept under it. @defaultValue the name */
  readonly id?: string;
  /** What people call it: `Production`. */
  readonly name: string;
  readonly type: Destination;
  readonly config: unknown;
}

/** Which events a destination gets and what it may see. */
export interface Policy {
  /** Absent: it gets events of every workspace. */
  readonly workspaceId: string | undefined;
  readonly regions: ReadonlySet<Region> | undefined;
  readonly enabled: boolean;
  readonly privacyMode: boolean;
  readonly samplingRate: number;
  readonly apiKeyHashes: ReadonlySet<string> | undefined;
  readonly excludedApiKeyHashes: ReadonlySet<string> | undefined;
  readonly filter: Filter | undefined;
  /** What it is told of a generation beyond the rest of the event. */
  readonly blocks: GenerationBlocks;
  /** Takes out what it must not see; absent: nothing. */
  readonly redact: Redactor | undefined;
}

/** Settings after the door: defaults filled in, config parsed. */
export interface Route {
  readonly id: string;
  readonly name: string;
  readonly type: Destination;
  readonly config: JsonObject;
  readonly policy: Policy;
}

const hashes = z.array(z.string().regex(/^[\da-f]{64}$/, "is not a SHA-256 in hex")).min(1);

// Strict on purpose: `privacyMode: "true"` must be refused, not read as something.
const policySchema = z.strictObject({
  workspaceId: z.string().min(1).optional(),
  regions: z.array(region).min(1).optional(),
  enabled: z.boolean().default(true),
  privacyMode: z.boolean().default(false),
  generationCost: z.boolean().default(false),
  generationIdentity: z.boolean().default(false),
  generationRequestContext: z.boolean().default(false),
  samplingRate: z.number().min(0.0001).max(1).default(1),
  apiKeyHashes: hashes.nullish(),
  excludedApiKeyHashes: hashes.nullish(),
  filterRules: filterRulesSchema.nullish(),
  redaction: redactionSchema.nullish(),
});
const settingsSchema = policySchema.extend({
  id: z.string().min(1).max(200).optional(),
  name: z.string().trim().min(1, "is required").max(200),
});

/**
 * Checks settings and fills in defaults.
 * @throws `TracecastError` `CONFIG_INVALID`, naming the destination and what is wrong with it.
 */
export function parseSettings(settings: DestinationSettings): Route {
  const { type, config, ...rest } = settings;
  const { id, name, ...policy } = checked(settingsSchema, rest, `Destination "${settings.name}"`);
  return { id: id ?? name, name, type, config: type.parseConfig(config), policy: policyFrom(policy) };
}

/**
 * Checks a policy that belongs to no destination yet.
 * @throws `TracecastError` `CONFIG_INVALID`
 */
export function parsePolicy(settings: PolicySettings): Policy {
  return policyFrom(checked(policySchema, settings, "The policy"));
}

function policyFrom(settings: z.output<typeof policySchema>): Policy {
  const { regions, apiKeyHashes, excludedApiKeyHashes, redaction } = settings;
  const { workspaceId, enabled, privacyMode, samplingRate } = settings;
  return {
    workspaceId,
    regions: regions && new Set(regions),
    enabled,
    privacyMode,
    samplingRate,
    apiKeyHashes: apiKeyHashes ? new Set(apiKeyHashes) : undefined,
    excludedApiKeyHashes: excludedApiKeyHashes ? new Set(excludedApiKeyHashes) : undefined,
    filter: createFilter(settings.filterRules),
    blocks: {
      cost: settings.generationCost,
      identity: settings.generationIdentity,
      requestContext: settings.generationRequestContext,
    },
    redact: redaction ? createRedactor(redaction) : undefined,
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`.trim());
  throw new TracecastError("CONFIG_INVALID", `${what} is not configured right: ${complaints.join("; ")}.`);
}

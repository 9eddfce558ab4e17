import { createHash, randomUUID } from "node:crypto";
import { createHttpClient, isTracecastError, region } from "@tracecast/core";
import type { Connection, Destination, JsonObject, PrivateNetworks, TestResult } from "@tracecast/core";
import type { DestinationSettings, Dispatcher } from "@tracecast/dispatcher";
import { policyFrom } from "../settings/policy.ts";
import { defaultWorkspaceId } from "../store/workspace.ts";
import type { ConfigStore, SavedDestination } from "../store/config-store.ts";
import { ApiError } from "./api-error.ts";
import type { CreateBody, UpdateBody } from "./destination-body.ts";
import { mergeConfig } from "./merge-config.ts";
import { missingType } from "./missing-type.ts";
import { sampleTrace } from "./sample-trace.ts";

/** A destination, and whether it was declared in a file and so can only be changed there. */
export interface ManagedDestination {
  readonly saved: SavedDestination;
  readonly type: Destination;
  readonly readOnly: boolean;
  /** What the dispatcher knows it by. */
  readonly dispatcherId: string;
}

/** What the destinations of a gateway need. */
export interface DestinationsOptions {
  readonly store: ConfigStore;
  readonly dispatcher: Dispatcher;
  readonly types: readonly Destination[];
  /** Those of the environment and the config file. */
  readonly declared: readonly DestinationSettings[];
  readonly privateNetworks: PrivateNetworks;
  readonly now: () => number;
}

const perType = 5;
const testTimeoutMs = 15_000;

/** The settings of a saved destination, as the dispatcher takes them; undefined where its type is not known. */
export function settingsOf(
  saved: SavedDestination,
  types: readonly Destination[],
): DestinationSettings | undefined {
  const type = types.find((one) => one.type === saved.type);
  return (
    type && {
      type,
      id: saved.id,
      name: saved.name,
      config: saved.config,
      workspaceId: saved.workspaceId,
      regions: saved.regions,
      enabled: saved.enabled,
      privacyMode: saved.privacyMode,
      generationCost: saved.generationCost,
      generationIdentity: saved.generationIdentity,
      generationRequestContext: saved.generationRequestContext,
      samplingRate: saved.samplingRate,
      apiKeyHashes: saved.apiKeyHashes,
      excludedApiKeyHashes: saved.excludedApiKeyHashes ?? null,
      filterRules: saved.filterRules,
      redaction: saved.redaction ?? null,
    }
  );
}

/** The destinations of a gateway as its operator manages them; every change holds at once. */
export class Destinations {
  readonly #options: DestinationsOptions;
  readonly #declared: readonly ManagedDestination[];

  constructor(options: DestinationsOptions) {
    this.#options = options;
    this.#declared = options.declared.map((settings) => declaredDestination(settings, options.now()));
  }

  /** Those of a workspace: first the declared ones, then the saved ones, newest first. */
  list(workspaceId: string): readonly ManagedDestination[] {
    const saved = this.#options.store
      .destinations()
      .toReversed()
      .map((one) => this.#managed(one));
    return [...this.#declared, ...saved].filter((one) => one.saved.workspaceId === workspaceId);
  }

  /** @throws {@link ApiError} 404 */
  get(id: string): ManagedDestination {
    const found = this.#all().find(({ saved }) => saved.id === id);
    if (!found) throw new ApiError(404, "There is no destination with this id.");
    return found;
  }

  /** @throws {@link ApiError} 400 for settings that do not fit, 409 for one too many of a type */
  async create(body: CreateBody, options: { readonly tested: boolean }): Promise<ManagedDestination> {
    const type = this.typeOf(body.type);
    const workspaceId = body.workspace_id ?? defaultWorkspaceId;
    if (!this.#hasWorkspace(workspaceId))
      throw new ApiError(400, "There is no workspace with this workspace_id.");
    const same = this.#options.store
      .destinations()
      .filter((one) => one.type === body.type && one.workspaceId === workspaceId);
    if (same.length >= perType)
      throw new ApiError(
        409,
        `There are ${perType} destinations of the type ${body.type} in this workspace already; delete one first.`,
      );
    const nowMs = this.#options.now();
    const config = this.#configOf(type, body.config, body.copied_from);
    if (options.tested) await this.#mustPass(type, config);
    return this.#apply({
      id: randomUUID(),
      workspaceId,
      type: body.type,
      ...fieldsOf(body),
      config,
      createdMs: nowMs,
      updatedMs: nowMs,
    });
  }

  /** @throws {@link ApiError} 400, 403 for a declared one, 404 */
  async update(
    id: string,
    body: UpdateBody,
    options: { readonly tested: boolean },
  ): Promise<ManagedDestination> {
    const { saved, type } = this.#mutable(id);
    const changes = body.config && mergeConfig(saved.config, body.config, type.maskConfig(saved.config));
    const config = changes ? parsedConfig(type, changes) : saved.config;
    // What worked no more can still be renamed or switched off.
    const isNew = changes !== undefined || (body.enabled === true && !saved.enabled);
    if (options.tested && isNew) await this.#mustPass(type, config);
    return this.#apply({ ...saved, ...fieldsOf(body), config, updatedMs: this.#options.now() });
  }

  /** @throws {@link ApiError} 403 for a declared one, 404 */
  async delete(id: string): Promise<void> {
    const { saved } = this.#mutable(id);
    this.#options.store.save({ ...saved, deletedMs: this.#options.now() });
    await this.#options.dispatcher.remove(id);
  }

  /** @throws {@link ApiError} 404 where no deleted destination has this id */
  restore(id: string): ManagedDestination {
    const deleted = this.#options.store.deleted(id);
    if (!deleted) throw new ApiError(404, "There is no deleted destination with this id.");
    if (!this.#hasWorkspace(deleted.workspaceId))
      throw new ApiError(409, "The workspace of this destination is deleted too; make the destination anew.");
    const { deletedMs: _, ...saved } = deleted;
    return this.#apply({ ...saved, updatedMs: this.#options.now() });
  }

  /** Sends a made-up trace, past policy and spool, and says whether it arrived. */
  async sendSample(id: string): Promise<TestResult> {
    const { type, saved } = this.get(id);
    const event = sampleTrace(this.#options.now());
    const { outcome, exceptions } = await this.#connected(type, saved.config, (connection) =>
      connection.send(
        [{ eventId: event.id, pieces: connection.encode(event) }],
        AbortSignal.timeout(testTimeoutMs),
      ),
    );
    const fate = exceptions?.get(event.id) ?? outcome;
    return fate.status === "delivered"
      ? { ok: true, message: `${type.name} took the test trace ${event.trace.traceId}.` }
      : { ok: false, message: `${type.name} did not take the test trace: ${fate.reason}.` };
  }

  /**
   * Tests settings that are not saved; of a saved destination, values that are shown masked stand for what is stored. Where the test passes, `notes` say
   * what the destination will not show.
   */
  async test(
    type: Destination,
    given: Readonly<Record<string, unknown>>,
    { id, signal }: { readonly id?: string | undefined; readonly signal?: AbortSignal } = {},
  ): Promise<TestResult & { readonly notes: readonly string[] }> {
    const result = await this.#tested(type, this.#configOf(type, given, id), signal);
    return { ...result, notes: result.ok ? [...new Set(Object.values(type.notCarried))] : [] };
  }

  /** @throws {@link ApiError} 400 */
  typeOf(name: string): Destination {
    const type = this.#options.types.find((one) => one.type === name);
    if (type) return type;
    const known = this.#options.types.map((one) => one.type).join(", ");
    throw new ApiError(400, `Invalid request parameters: type: must be one of ${known}.`);
  }

  /** The one that the dispatcher knows by this id, where it is one of these. */
  byDispatcherId(id: string): ManagedDestination | undefined {
    return this.#all().find(({ dispatcherId }) => dispatcherId === id);
  }

  #all(): readonly ManagedDestination[] {
    return [...this.#declared, ...this.#options.store.destinations().map((one) => this.#managed(one))];
  }

  #managed(saved: SavedDestination): ManagedDestination {
    const known = this.#options.types.find((one) => one.type === saved.type);
    return { saved, type: known ?? missingType(saved.type), readOnly: false, dispatcherId: saved.id };
  }

  #hasWorkspace(workspaceId: string): boolean {
    return this.#options.store.workspaces().some(({ id }) => id === workspaceId);
  }

  #mutable(id: string): ManagedDestination {
    const found = this.get(id);
    if (!found.readOnly) return found;
    throw new ApiError(
      403,
      `"${found.saved.name}" is declared in the gateway's config file or environment; change it there.`,
    );
  }

  #apply(saved: SavedDestination): ManagedDestination {
    const settings = settingsOf(saved, this.#options.types);
    if (settings) this.#options.dispatcher.configure(settings);
    this.#options.store.save(saved);
    return this.#managed(saved);
  }

  async #mustPass(type: Destination, config: JsonObject): Promise<void> {
    const { ok, message } = await this.#tested(type, config);
    if (!ok) throw new ApiError(400, `Not saved, for the connection test failed: ${message}`);
  }

  /** A given config; where it goes by a saved destination, values that are shown masked stand for those of that one. */
  #configOf(
    type: Destination,
    given: Readonly<Record<string, unknown>>,
    savedId: string | undefined,
  ): JsonObject {
    if (savedId === undefined) return parsedConfig(type, given);
    const { saved } = this.get(savedId);
    if (saved.type !== type.type)
      throw new ApiError(400, `"${saved.name}" is of the type ${saved.type}, not ${type.type}.`);
    return parsedConfig(type, mergeConfig(saved.config, given, type.maskConfig(saved.config)));
  }

  #tested(type: Destination, config: JsonObject, givenUp?: AbortSignal): Promise<TestResult> {
    const timeout = AbortSignal.timeout(testTimeoutMs);
    const signal = givenUp ? AbortSignal.any([timeout, givenUp]) : timeout;
    return this.#connected(type, config, (connection) => connection.test(signal));
  }

  async #connected<T>(
    type: Destination,
    config: JsonObject,
    use: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const http = createHttpClient({ privateNetworks: this.#options.privateNetworks });
    try {
      return await use(type.connect(config, { http }));
    } finally {
      await http.close();
    }
  }
}

function parsedConfig(type: Destination, config: unknown): JsonObject {
  try {
    return type.parseConfig(config);
  } catch (error) {
    if (isTracecastError(error)) throw new ApiError(400, `Invalid configuration: ${error.message}`);
    throw error;
  }
}

type Fields = Omit<SavedDestination, "id" | "workspaceId" | "type" | "config" | "createdMs" | "updatedMs">;

function fieldsOf(body: CreateBody): Fields;
function fieldsOf(body: UpdateBody): Partial<Fields>;
function fieldsOf({ name, ...policy }: UpdateBody): Partial<Fields> {
  return { ...policyFrom(policy), ...(name !== undefined && { name }) };
}

function declaredDestination(settings: DestinationSettings, nowMs: number): ManagedDestination {
  const { name, type, config } = settings;
  const digest = createHash("sha256").update(`declared ${name}`).digest("hex");
  // A UUID of version 8: its bits are the maker's own.
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return {
    type,
    readOnly: true,
    dispatcherId: settings.id ?? name,
    saved: {
      id,
      workspaceId: settings.workspaceId ?? defaultWorkspaceId,
      type: type.type,
      name,
      enabled: settings.enabled ?? true,
      privacyMode: settings.privacyMode ?? false,
      samplingRate: settings.samplingRate ?? 1,
      apiKeyHashes: settings.apiKeyHashes ?? null,
      excludedApiKeyHashes: settings.excludedApiKeyHashes ?? null,
      filterRules: settings.filterRules ?? null,
      redaction: settings.redaction ?? null,
      regions: settings.regions ?? region.options,
      generationCost: settings.generationCost ?? false,
      generationIdentity: settings.generationIdentity ?? false,
      generationRequestContext: settings.generationRequestContext ?? false,
      config: type.parseConfig(config),
      createdMs: nowMs,
      updatedMs: nowMs,
    },
  };
}

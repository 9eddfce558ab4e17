import { resolve } from "node:path";
import { known } from "@tracecast/core";
import type { Destination, PrivateNetworks, Region } from "@tracecast/core";
import type { ModelPrice } from "../capture/own-prices.ts";
import { readConfigFile } from "./config-file.ts";
import type { ConfigFile } from "./config-file.ts";
import type { DeclaredDestination } from "./declared-destination.ts";
import type { Environment } from "./expand-variables.ts";
import { limitsFrom } from "./limits.ts";
import type { Limits } from "./limits.ts";
import { policyFrom } from "./policy.ts";
import { SettingsError } from "./settings-error.ts";

/** Everything an operator can set. */
export interface Settings {
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 picks a free one. */
  readonly port: number;
  /** The provider requests go to; absent: the embedded demo provider. */
  readonly upstream?: UpstreamSettings;
  readonly destinations: readonly DeclaredDestination[];
  /**
   * Which ways of saving a destination need its connection test to pass: all, or those of the settings page and of Tracecast's own API.
   * @defaultValue "page"
   */
  readonly testBeforeSave?: "always" | "page";
  /** What models cost, before list prices are looked at. */
  readonly prices?: readonly ModelPrice[];
  /** @defaultValue `defaultLimits` */
  readonly limits?: Limits;
  /** The destination types there are. @defaultValue those that Tracecast comes with */
  readonly types?: readonly Destination[];
  /** Whether destinations may be in private networks, this machine included. @defaultValue "refuse" */
  readonly privateNetworks?: PrivateNetworks;
  /** Where what waits is kept over a restart; absent: in memory only. */
  readonly data?: DataSettings;
}

/** What is kept on disk. */
export interface DataSettings {
  readonly folder: string;
  /** 32 bytes in base64 or hex that it is encrypted with; absent: see `encryptionKey`. */
  readonly encryptionKey?: string;
  /** The key of the management API; absent: see `managementKey`. */
  readonly managementKey?: string;
}

/** The provider. */
export interface UpstreamSettings {
  readonly url: string;
  /** Whether `trace` and `session_id` are taken out of what the provider gets. */
  readonly tracingFields: "strip" | "keep";
  /** Whether the provider is asked for usage in streams whose client did not ask; "never" is for one that refuses to be asked. */
  readonly streamUsage: "ask" | "never";
  /** The gateway's own key at the provider. With it, clients need a key that the gateway issued; without, they bring the provider's. */
  readonly apiKey?: string;
  /** Where it serves calls. @defaultValue what its host tells */
  readonly region?: Region;
}

/**
 * Reads the settings from the environment and, if there is one, a config file. Where both name the provider, the environment wins.
 * @param types - the destination types that it may name; with plugins, those that `loadDestinationTypes` answers with
 * @throws {@link SettingsError}
 */
export function readSettings(
  environment: Environment,
  types: readonly Destination[],
  configPath?: string,
): Settings {
  const file: ConfigFile =
    configPath === undefined ? { plugins: [], destinations: [] } : readConfigFile(configPath, environment);
  const upstream = upstreamFrom(environment, file);
  const declared = file.destinations.map((entry) => destinationFrom(entry, types));
  const fromEnvironment = declared.some(({ type }) => type.type === "braintrust")
    ? []
    : braintrustFrom(environment, types);
  const { TRACECAST_DATA_DIR: folder, TRACECAST_ENCRYPTION_KEY: key } = environment;
  const managementKey = managementKeyFrom(environment["TRACECAST_MANAGEMENT_KEY"]);
  return {
    data: {
      folder: resolve(folder || ".tracecast"),
      ...(key && { encryptionKey: key }),
      ...(managementKey && { managementKey }),
    },
    privateNetworks: privateNetworksFrom(environment["TRACECAST_ALLOW_PRIVATE_NETWORKS"]),
    host: environment["TRACECAST_HOST"] || "127.0.0.1",
    port: portFrom(environment["TRACECAST_PORT"] || "8787"),
    ...(upstream && { upstream }),
    ...(file.management && { testBeforeSave: file.management.test_before_save }),
    ...(file.prices && { prices: pricesFrom(file.prices) }),
    ...(file.limits && { limits: limitsFrom(file.limits) }),
    destinations: [...declared, ...fromEnvironment],
    types,
  };
}

function pricesFrom(prices: NonNullable<ConfigFile["prices"]>): readonly ModelPrice[] {
  return Object.entries(prices).map(([model, { cache_write: cacheWrite, ...price }]) => ({
    model,
    ...price,
    cacheWrite,
  }));
}

function privateNetworksFrom(text: string | undefined): PrivateNetworks {
  if (text === "true") return "allow";
  if (!text || text === "false") return "refuse";
  throw new SettingsError(`TRACECAST_ALLOW_PRIVATE_NETWORKS is "${text}"; it must be true or false.`);
}

function managementKeyFrom(text: string | undefined): string | undefined {
  if (!text || /^[\x21-\x7e]{20,}$/.test(text)) return text;
  throw new SettingsError(
    "TRACECAST_MANAGEMENT_KEY must have at least 20 characters and no spaces. Make one with: openssl rand -hex 32",
  );
}

function portFrom(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SettingsError(`TRACECAST_PORT is "${text}"; it must be a port from 0 to 65535.`);
}

function upstreamFrom(environment: Environment, file: ConfigFile): UpstreamSettings | undefined {
  const url = environment["TRACECAST_UPSTREAM_URL"] || file.upstream?.url;
  const ownKey = environment["TRACECAST_UPSTREAM_API_KEY"];
  if (url === undefined) {
    if (!ownKey) return undefined;
    throw new SettingsError(
      "TRACECAST_UPSTREAM_API_KEY is set but no provider is; set TRACECAST_UPSTREAM_URL too.",
    );
  }
  if (!/^https?:$/.test(protocolOf(url))) {
    throw new SettingsError(
      `TRACECAST_UPSTREAM_URL is "${url}"; it must be an http(s) URL such as https://openrouter.ai/api/v1.`,
    );
  }
  const { username, password } = new URL(url);
  if (username || password)
    throw new SettingsError(
      "The provider's URL must not hold a user or a password; clients bring its key, or it is set as TRACECAST_UPSTREAM_API_KEY.",
    );
  if (ownKey && !/^[\x21-\x7e]+$/.test(ownKey))
    throw new SettingsError("TRACECAST_UPSTREAM_API_KEY must be printable ASCII without spaces.");
  const { tracing_fields: tracingFields = "strip", stream_usage: streamUsage = "ask" } = file.upstream ?? {};
  const apiKey = ownKey || file.upstream?.api_key;
  return { url, tracingFields, streamUsage, ...known({ apiKey, region: file.upstream?.region }) };
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : "");

function destinationFrom(
  entry: ConfigFile["destinations"][number],
  types: readonly Destination[],
): DeclaredDestination {
  const type = types.find((candidate) => candidate.type === entry.type);
  if (!type) {
    const all = types.map((candidate) => candidate.type).join(", ");
    throw new SettingsError(
      `Destination "${entry.name}" has the type "${entry.type}", which is not one of: ${all}.`,
    );
  }
  const { name, config, workspace } = entry;
  return { name, type, config, ...known({ workspace }), ...policyFrom(entry) };
}

function braintrustFrom(
  environment: Environment,
  types: readonly Destination[],
): readonly DeclaredDestination[] {
  const {
    BRAINTRUST_API_KEY: apiKey,
    BRAINTRUST_PROJECT_ID: projectId,
    BRAINTRUST_BASE_URL: baseUrl,
  } = environment;
  const type = types.find((candidate) => candidate.type === "braintrust");
  if (!type || (!apiKey && !projectId)) return [];
  if (!apiKey || !projectId) {
    const [set, missing] = apiKey
      ? ["BRAINTRUST_API_KEY", "BRAINTRUST_PROJECT_ID"]
      : ["BRAINTRUST_PROJECT_ID", "BRAINTRUST_API_KEY"];
    throw new SettingsError(`${set} is set but ${missing} is not; Braintrust needs both.`);
  }
  return [{ name: "Braintrust", type, config: { apiKey, projectId, ...(baseUrl && { baseUrl }) } }];
}

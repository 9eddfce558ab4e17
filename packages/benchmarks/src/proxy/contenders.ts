import { createRequire } from "node:module";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a contender finds the others. */
export interface Surroundings {
  readonly port: number;
  /** The provider's origin. */
  readonly provider: string;
  /** The origin of what takes traces. */
  readonly sink: string;
}

/** A program that answers chats at `/v1/chat/completions`. */
export interface ProxyContender {
  readonly program: string;
  readonly args: readonly string[];
  /** A module that is loaded before the program. */
  readonly preload?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What a client has to send beside what it sends anyway. */
  readonly headers: Readonly<Record<string, string>>;
  /** The key of the management API with which Broadcast is switched off first. */
  readonly switchOffWith?: string;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const managementKey = "benchmark-management-key-0123456789";

const tracecast = ({ port, provider, sink }: Surroundings): ProxyContender => ({
  program: join(dirname(resolve("@tracecast/gateway/package.json")), "dist/cli.js"),
  args: ["start"],
  environment: {
    TRACECAST_PORT: String(port),
    TRACECAST_UPSTREAM_URL: `${provider}/v1`,
    TRACECAST_DATA_DIR: mkdtempSync(join(tmpdir(), "tracecast-bench-")),
    TRACECAST_MANAGEMENT_KEY: managementKey,
    TRACECAST_ALLOW_PRIVATE_NETWORKS: "true",
    BRAINTRUST_API_KEY: "sk-benchmark-0123456789",
    BRAINTRUST_PROJECT_ID: "7a41ecf5-4698-4b9a-9937-4ad334cb6b90",
    BRAINTRUST_BASE_URL: `${sink}/0`,
  },
  headers: {},
});

/** Every contender, by its name. */
export const proxyContenders: Readonly<Record<string, (around: Surroundings) => ProxyContender>> = {
  "bare undici proxy": ({ port, provider }) => ({
    program: here("./bare-proxy.js"),
    args: [String(port), provider],
    environment: {},
    headers: {},
  }),
  "tracecast, Broadcast off": (around) => ({ ...tracecast(around), switchOffWith: managementKey }),
  "tracecast, one destination": tracecast,
  "Portkey gateway": ({ port, provider }) => ({
    program: join(dirname(resolve("@portkey-ai/gateway/package.json")), "build/start-server.js"),
    args: [`--port=${port}`, "--headless"],
    preload: here("./portkey-shim.js"),
    environment: { TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
    headers: { "x-portkey-provider": "openai", "x-portkey-custom-host": `${provider}/v1` },
  }),
};

import type { ContenderFactory } from "./contender.ts";

/** Everybody who takes part, by name. Loaded when it is their turn, so that nobody pays for another's imports. */
export const contenders: Readonly<Record<string, () => Promise<ContenderFactory>>> = {
  floor: async () => (await import("./contenders/floor.ts")).floor,
  "tracecast, memory": async () => (await import("./contenders/tracecast.ts")).tracecastMemory,
  "tracecast, LMDB": async () => (await import("./contenders/tracecast.ts")).tracecastLmdb,
  OpenTelemetry: async () => (await import("./contenders/open-telemetry.ts")).openTelemetry,
  "braintrust SDK": async () => (await import("./contenders/braintrust-sdk.ts")).braintrustSdk,
};

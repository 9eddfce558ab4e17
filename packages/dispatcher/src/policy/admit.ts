import type { TraceEvent } from "@tracecast/core";
import type { Policy } from "../settings.ts";
import { samplingPoint } from "./sampler.ts";

/** The rule that kept an event from a destination. */
export type FilterRule = "disabled" | "api_key";

/** Whether a destination gets an event, and if not, why. */
export type Verdict =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly by: FilterRule | "sampling" };

const admitted: Verdict = { admitted: true };
const refusedBy = (by: FilterRule | "sampling"): Verdict => ({ admitted: false, by });

/** Judges one event for many destinations; what several policies need of it is worked out once. */
export function judge(event: TraceEvent): (policy: Policy) => Verdict {
  let point: number | undefined;
  return (policy) => {
    if (!policy.enabled) return refusedBy("disabled");
    if (policy.apiKeyHashes && !(event.apiKey && policy.apiKeyHashes.has(event.apiKey.hash)))
      return refusedBy("api_key");
    if (policy.samplingRate < 1 && (point ??= samplingPoint(event)) >= policy.samplingRate)
      return refusedBy("sampling");
    return admitted;
  };
}

import type { TraceEvent } from "@tracecast/core";
import type { Policy } from "../settings.ts";
import { factsOf } from "./filter/event-facts.ts";
import type { EventFacts } from "./filter/event-facts.ts";
import { samplingPoint } from "./sampler.ts";

/** The rule that kept an event from a destination, in the order they are asked; sampling comes before the filter rules. */
export type FilterRule = "workspace" | "disabled" | "region" | "api_key" | "filter_rules";

/** Whether a destination gets an event, and if not, why. */
export type Verdict =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly by: FilterRule | "sampling" };

const noWorkspace: ReadonlySet<string> = new Set();
const admitted: Verdict = { admitted: true };
const refusedBy = (by: FilterRule | "sampling"): Verdict => ({ admitted: false, by });

/**
 * Judges one event for many destinations; what several policies need of it is worked out once.
 * @param silent - the workspaces whose events go nowhere
 */
export function judge(
  event: TraceEvent,
  silent: ReadonlySet<string> = noWorkspace,
): (policy: Policy) => Verdict {
  let point: number | undefined;
  let facts: EventFacts | undefined;
  const { workspaceId } = event;
  const isSilent = workspaceId !== undefined && silent.has(workspaceId);
  return (policy) => {
    if (isSilent || (policy.workspaceId !== undefined && policy.workspaceId !== workspaceId))
      return refusedBy("workspace");
    if (!policy.enabled) return refusedBy("disabled");
    if (policy.regions && !policy.regions.has(event.region ?? "global")) return refusedBy("region");
    if (!hasWantedKey(event, policy)) return refusedBy("api_key");
    if (policy.samplingRate < 1 && (point ??= samplingPoint(event)) >= policy.samplingRate)
      return refusedBy("sampling");
    if (policy.filter && !policy.filter.admits((facts ??= factsOf(event)))) return refusedBy("filter_rules");
    return admitted;
  };
}

function hasWantedKey({ apiKey }: TraceEvent, { apiKeyHashes, excludedApiKeyHashes }: Policy): boolean {
  if (apiKey && excludedApiKeyHashes?.has(apiKey.hash)) return false;
  return apiKeyHashes === undefined || (apiKey !== undefined && apiKeyHashes.has(apiKey.hash));
}

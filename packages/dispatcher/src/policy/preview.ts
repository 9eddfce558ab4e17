import type { TraceEvent } from "@tracecast/core";
import { parsePolicy } from "../settings.ts";
import type { Policy, PolicySettings } from "../settings.ts";
import { judge } from "./admit.ts";
import type { Verdict } from "./admit.ts";
import { factsOf } from "./filter/event-facts.ts";

/** A verdict that was only asked for: nothing was published. */
export type Foreseen = Verdict & {
  /** The filter rules that do not hold, such as `groups.0.rules.1`, where they are why. */
  readonly failing?: readonly string[];
};

/**
 * Foresees for one event what many policies would say of it.
 * @param silent - the workspaces whose events go nowhere
 */
export function foresee(event: TraceEvent, silent?: ReadonlySet<string>): (policy: Policy) => Foreseen {
  const verdictFor = judge(event, silent);
  return (policy) => {
    const verdict = verdictFor(policy);
    if (verdict.admitted || verdict.by !== "filter_rules") return verdict;
    return { ...verdict, failing: policy.filter?.failing(factsOf(event)) ?? [] };
  };
}

/**
 * What a policy that nobody has saved yet would say of each event.
 * @throws `TracecastError` `CONFIG_INVALID`
 */
export function previewPolicy(settings: PolicySettings, events: readonly TraceEvent[]): readonly Foreseen[] {
  const policy = parsePolicy(settings);
  return events.map((event) => foresee(event)(policy));
}

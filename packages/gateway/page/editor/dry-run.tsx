import { useEffect, useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { DryRun, FilterRules, Rule } from "../api.ts";
import { timeOfDay } from "../format.ts";
import type { policyOf } from "./draft.ts";
import { needsValue, ruleAt, ruleInWords } from "./rule-words.ts";

type Foreseen = DryRun["data"][number];

/** What decides which traces go, as it is sent; and the rules in it, to be named. */
export interface DryRunProps {
  readonly policy: ReturnType<typeof policyOf>;
  /** Whose traces it is tried on; undefined: those of all. */
  readonly workspace: string | undefined;
}

/** Whether the gateway would take a policy as far as it is written. */
function isJudgeable({
  sampling_rate: rate,
  api_key_hashes: keys,
  regions,
  filter_rules: rules,
}: DryRunProps["policy"]) {
  const isWritten = ({ operator, value }: Rule) => !needsValue(operator) || String(value ?? "") !== "";
  const areRulesWritten = rules?.groups.every((group) => group.rules.every(isWritten)) ?? true;
  return rate >= 0.0001 && rate <= 1 && keys?.length !== 0 && regions.length > 0 && areRulesWritten;
}

const settleMs = 300;

/** What the draft would let through of the traces of late, as it is edited. */
export function DryRunPreview({ policy, workspace }: DryRunProps) {
  const [found, setFound] = useState<DryRun>();
  const [failure, setFailure] = useState("");
  const body = JSON.stringify({ ...policy, ...(workspace !== undefined && { workspace_id: workspace }) });
  const isComplete = isJudgeable(policy);
  useEffect(() => {
    if (!isComplete) return undefined;
    const controller = new AbortController();
    const judge = async () => {
      try {
        const draft = JSON.parse(body) as object;
        setFound(await ask("POST", `${own}/destinations/dry-run`, draft, controller.signal));
        setFailure("");
      } catch (error) {
        if (!controller.signal.aborted) setFailure((error as Error).message);
      }
    };
    const timer = setTimeout(() => void judge(), settleMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [body, isComplete]);
  return (
    <fieldset class="dry-run">
      <legend>Tried on recent traces</legend>
      <div role="status">
        {!isComplete || failure ? (
          <p class="hint">{failure || "Complete the settings above to see what would go."}</p>
        ) : (
          <Sum found={found} />
        )}
      </div>
      {found && isComplete && !failure && <Reasons found={found} rules={policy.filter_rules} />}
    </fieldset>
  );
}

function Sum({ found }: { readonly found: DryRun | undefined }) {
  if (!found) return <p class="hint">Looking…</p>;
  const { total_count: total, admitted_count: admitted } = found;
  if (total === 0) return <p class="hint">The gateway has seen no trace yet to try it on.</p>;
  return (
    <>
      <p>
        <strong>
          {admitted} of the last {total} {total === 1 ? "trace" : "traces"} would go
        </strong>
        {admitted < total && `; ${total - admitted} not`}.
      </p>
      <meter min={0} max={total} value={admitted} aria-label="Share of the traces that would go" />
    </>
  );
}

function Reasons({ found, rules }: { readonly found: DryRun; readonly rules: FilterRules | null }) {
  const kept = new Map<string, number>();
  for (const one of found.data) {
    if (one.admitted) continue;
    const reason = reasonOf(one, rules);
    kept.set(reason, (kept.get(reason) ?? 0) + 1);
  }
  const reasons = [...kept].toSorted(([, a], [, b]) => b - a);
  return (
    <>
      <ul class="reasons">
        {reasons.map(([reason, times]) => (
          <li key={reason}>
            <span class="number">{times}</span> {reason}
          </li>
        ))}
      </ul>
      {found.total_count > 0 && (
        <details>
          <summary>Trace by trace</summary>
          <ul class="foreseen">
            {found.data.map((one) => (
              <li key={one.id}>
                <span class={one.admitted ? "good" : "idle"} aria-hidden="true">
                  {one.admitted ? "✓" : "✕"}
                </span>
                <time>{timeOfDay(one.startMs)}</time>
                <a href={`#/traces/${one.id}`}>{one.name ?? one.id}</a>
                <span class="hint">{one.admitted ? "would go" : reasonOf(one, rules)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Why a trace would not go. */
function reasonOf({ by, failing }: Foreseen, rules: FilterRules | null): string {
  switch (by) {
    case "disabled":
      return "The destination is not enabled.";
    case "workspace":
      return "Nothing of its workspace is broadcast.";
    case "region":
      return "It was served in a region that is not chosen.";
    case "api_key":
      return "The API key filter leaves it out.";
    case "sampling":
      return "Sampling leaves its session out.";
    default: {
      const broken = (failing ?? []).flatMap((place) => ruleAt(rules, place) ?? []).map(ruleInWords);
      return broken.length === 0 ? "The rules leave it out." : `Does not hold: ${broken.join("; ")}.`;
    }
  }
}

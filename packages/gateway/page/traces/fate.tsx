import type { Fate } from "../api.ts";
import { ruleInWords } from "../editor/rule-words.ts";
import { timeOfDay } from "../format.ts";

const kinds: Readonly<Record<Fate["state"], string>> = {
  delivered: "good",
  waiting: "warn",
  filtered: "idle",
  sampled_out: "idle",
  dropped: "bad",
  dead: "bad",
};

/** The states in the words people read. */
export const fateWords: Readonly<Record<Fate["state"], string>> = {
  delivered: "delivered",
  waiting: "waiting",
  filtered: "filtered",
  sampled_out: "sampled out",
  dropped: "dropped",
  dead: "dead",
};

const signs: Partial<Readonly<Record<Fate["state"], string>>> = {
  delivered: "✓",
  filtered: "–",
  sampled_out: "–",
};

/** What became of a trace at one destination, in two words; what is as it should be, in a sign. */
export function FateMark({ fate }: { fate: Fate }) {
  const sign = signs[fate.state];
  return (
    <span class={`tag ${kinds[fate.state]}`} title={`${fate.name}: ${fateWords[fate.state]}`}>
      {sign !== undefined && <span aria-hidden="true">{sign} </span>}
      {fate.name}
      <span class={sign === undefined ? "" : "out-of-sight"}>: {fateWords[fate.state]}</span>
    </span>
  );
}

/** The same in a sentence, with the reason. */
export function fateSentence(fate: Fate): string {
  const tries = fate.attempts === undefined || fate.attempts < 2 ? "" : ` after ${fate.attempts} attempts`;
  switch (fate.state) {
    case "delivered":
      return `Delivered${fate.atMs === undefined ? "" : ` at ${timeOfDay(fate.atMs)}`}${tries}.`;
    case "waiting":
      return fate.lastReason === undefined ? "Waiting to be sent." : `Waiting: ${fate.lastReason}${tries}.`;
    case "filtered":
      return filteredBecause(fate);
    case "sampled_out":
      return "Not sent: sampling left its session out.";
    case "dropped":
      return `Dropped: more was waiting than the limit of ${fate.limit ?? "the spool"} allows.`;
    default:
      return `Refused${tries}: ${fate.reason ?? "no reason given"}.`;
  }
}

function filteredBecause({ by, failing = [] }: Fate): string {
  if (by === "disabled") return "Not sent: the destination was switched off.";
  if (by === "region") return "Not sent: it takes no traces of the region that this call was served in.";
  if (by === "api_key") return "Not sent: it takes no traces of this API key.";
  if (failing.length === 0) return "Not sent: its filter rules did not let it through.";
  return `Not sent, for this does not hold: ${failing.map(ruleInWords).join("; ")}.`;
}

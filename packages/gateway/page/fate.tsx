import type { Fate } from "./api.ts";
import { timeOfDay } from "./format.ts";

const kinds: Readonly<Record<Fate["state"], string>> = {
  delivered: "good",
  waiting: "warn",
  filtered: "idle",
  sampled_out: "idle",
  dropped: "bad",
  dead: "bad",
};

const words: Readonly<Record<Fate["state"], string>> = {
  delivered: "delivered",
  waiting: "waiting",
  filtered: "filtered",
  sampled_out: "sampled out",
  dropped: "dropped",
  dead: "dead",
};

/** What became of a trace at one destination, in two words. */
export function FateMark({ fate }: { fate: Fate }) {
  return (
    <span class={`tag ${kinds[fate.state]}`}>
      {fate.name}: {words[fate.state]}
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
      return `Not sent: the ${(fate.by ?? "policy").replaceAll("_", " ")} does not want it.`;
    case "sampled_out":
      return "Not sent: sampling left its session out.";
    case "dropped":
      return `Dropped: more was waiting than the limit of ${fate.limit ?? "the spool"} allows.`;
    default:
      return `Refused${tries}: ${fate.reason ?? "no reason given"}.`;
  }
}

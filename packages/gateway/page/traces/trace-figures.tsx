import type { TraceDetail } from "../api.ts";
import { Facts } from "./facts.tsx";
import { count, duration, usd } from "../format.ts";

type Event = TraceDetail["event"];

/** The figures that are asked for first. */
export function KeyFigures({ event }: { event: Event }) {
  const { timing, usage = {}, cost, finishReason } = event;
  const { promptTokens, completionTokens, totalTokens } = usage;
  const first = timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs;
  const parts = [
    promptTokens === undefined ? undefined : `${count(promptTokens)} in`,
    completionTokens === undefined ? undefined : `${count(completionTokens)} out`,
  ].filter((part) => part !== undefined);
  return (
    <dl class="key-figures">
      <Figure name="Took" value={duration(timing.endMs - timing.startMs)}>
        {first === undefined
          ? event.streamed
            ? "streamed"
            : "not streamed"
          : `first token ${duration(first)}`}
      </Figure>
      <Figure name="Tokens" value={totalTokens === undefined ? "unknown" : count(totalTokens)}>
        {parts.join(", ")}
      </Figure>
      <Figure name="Cost" value={cost?.totalUsd === undefined ? "unknown" : usd(cost.totalUsd)}>
        {cost?.totalUsd === undefined ? "" : cost.estimated ? "estimated from list prices" : "as reported"}
      </Figure>
      <Figure name="Finish" value={finishReason?.normalized ?? finishReason?.native ?? "unknown"}>
        {finishReason?.native !== finishReason?.normalized && finishReason?.native}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children?: string | false | undefined;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div class="card">
      <dt>{name}</dt>
      <dd>
        {value}
        <span class="hint">{children || "\u00a0"}</span>
      </dd>
    </div>
  );
}

/** Every count and amount there is. */
export function AllFigures({ event }: { event: Event }) {
  const { usage = {}, cost = {} } = event;
  const tokens = Object.entries(usage).map(([name, value]) => [inWords(name), count(value)] as const);
  const amounts = Object.entries(cost).flatMap(([name, value]) =>
    typeof value === "number" ? [[inWords(name.replace(/Usd$/, "Cost")), usd(value)] as const] : [],
  );
  const paid = cost.byok === true ? "with one's own key" : undefined;
  return <Facts facts={{ ...Object.fromEntries([...tokens, ...amounts]), paid }} />;
}

/** `cacheWrite5mTokens`: cache write 5m tokens. */
const inWords = (name: string): string => name.replace(/([A-Z]|\d+)/g, " $1").toLowerCase();

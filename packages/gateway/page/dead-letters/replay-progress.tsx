import { useRef } from "preact/hooks";
import type { Stats } from "../api.ts";
import { count } from "../format.ts";

/** Dead letters that were handed on again. */
export interface Replay {
  /** The destination they went to. */
  readonly to: string;
  readonly name: string;
  readonly replayed: number;
}

/** How far a replay has come. What waits is sent in order, so it is through when all that waited at its start is settled. */
export function ReplayProgress(props: { readonly replay: Replay; readonly stats: Stats | undefined }) {
  const { replay, stats } = props;
  const start = useRef<{ readonly settled: number; readonly waiting: number }>();
  if (!stats || replay.replayed === 0) return null;
  const settled = settledOf(stats);
  start.current ??= { settled, waiting: Math.max(stats.pending, replay.replayed) };
  const { waiting } = start.current;
  const left = Math.min(stats.pending, waiting - (settled - start.current.settled));
  const done = Math.max(0, waiting - Math.max(0, left));
  const isStuck = left > 0 && (stats.state === "paused" || stats.lastFailure !== undefined);
  return (
    <div class="replay">
      <label for="replay">
        {left > 0
          ? `${count(left)} still wait to be sent to ${replay.name}`
          : `${replay.name} has decided on all of them`}
        {isStuck && `: ${stats.pausedReason ?? stats.lastFailure}`}
      </label>
      <progress id="replay" max={waiting} value={done} />
    </div>
  );
}

const settledOf = ({ delivered, dead, dropped }: Stats): number =>
  delivered + dead + Object.values(dropped).reduce((sum, lost) => sum + lost, 0);

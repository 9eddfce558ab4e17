import type { Stats } from "../api.ts";
import { sinceWhen } from "../format.ts";

/** Whether a destination works, or what is wrong with it and since when. */
export interface Health {
  readonly mark: string;
  readonly words: string;
  readonly kind: "good" | "warn" | "bad" | "idle";
}

/** What to say of a destination. */
export function healthOf(stats: Stats | undefined, enabled: boolean): Health {
  if (!enabled) return { mark: "○", words: "Disabled: it gets nothing", kind: "idle" };
  if (!stats) return { mark: "○", words: "Not known yet", kind: "idle" };
  if (stats.state === "paused") {
    const words = sentence(stats.pausedReason ?? "paused");
    return { mark: "❚❚", words: withTime(words, stats.pausedSinceMs), kind: "warn" };
  }
  if (stats.lastFailure !== undefined)
    return { mark: "✕", words: withTime(sentence(stats.lastFailure), stats.failingSinceMs), kind: "bad" };
  const dropped = Object.values(stats.dropped).reduce((sum, lost) => sum + lost, 0);
  if (dropped > 0)
    return {
      mark: "!",
      words: `Connection healthy; ${dropped} dropped before they could be sent`,
      kind: "warn",
    };
  return { mark: "✓", words: "Connection healthy", kind: "good" };
}

/** Without the name it begins with, which stands beside it, and the full stop. */
function sentence(text: string): string {
  const said = text.replace(/^[^"]* "[^"]*": /, "").replace(/\.$/, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

const withTime = (words: string, epochMs: number | undefined): string =>
  epochMs === undefined ? words : `${words}; since ${sinceWhen(epochMs)}`;

/** The same on the page. */
export function HealthLine({
  stats,
  enabled,
}: {
  readonly stats: Stats | undefined;
  readonly enabled: boolean;
}) {
  const { mark, words, kind } = healthOf(stats, enabled);
  return (
    <p class={`health ${kind}`}>
      <span class="mark" aria-hidden="true">
        {mark}
      </span>
      <span>{words}</span>
    </p>
  );
}

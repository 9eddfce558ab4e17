import { own } from "../api.ts";
import type { Stats } from "../api.ts";
import { usePolled } from "../use-polled.ts";

/** How much a destination had delivered at a moment. */
export interface Sample {
  readonly atMs: number;
  readonly delivered: number;
}

const keptMs = 60_000;
// Outlives the page it is shown on: whoever comes back sees the line go on.
const histories = new Map<string, readonly Sample[]>();
let recorded: object | undefined;

/** How every destination fares, asked for once a second and all at once. */
export function useStats() {
  const polled = usePolled<{ readonly data: readonly Stats[] }>(`${own}/stats`, 1000);
  if (polled.value && polled.value !== recorded) {
    recorded = polled.value;
    record(polled.value.data, Date.now());
  }
  return {
    statsOf: (id: string) => polled.value?.data.find((one) => one.id === id),
    historyOf: (id: string): readonly Sample[] => histories.get(id) ?? [],
    isKnown: polled.value !== undefined,
    failure: polled.failure,
    refresh: polled.refresh,
  };
}

function record(all: readonly Stats[], nowMs: number): void {
  for (const { id, delivered } of all) {
    const before = (histories.get(id) ?? []).filter(({ atMs }) => nowMs - atMs < keptMs);
    histories.set(id, [...before, { atMs: nowMs, delivered }]);
  }
}

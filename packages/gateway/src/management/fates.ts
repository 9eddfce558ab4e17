import type { TraceEvent } from "@tracecast/core";
import type { Dispatcher, Disposition, FilterRuleSettings, FilterRulesSettings } from "@tracecast/dispatcher";
import type { Destinations } from "./destinations.ts";

/** What became of an event at one destination, by the names people know. */
export type Fate = Disposition & {
  /** Of the destination; absent where it cannot be managed. */
  readonly id: string | undefined;
  readonly name: string;
  readonly type: string;
  /** It gets, or got, no content. */
  readonly private: boolean;
  /** The filter rules that keep it away, as they are now. */
  readonly failing?: readonly FilterRuleSettings[];
};

/** What fates are read from. */
export interface FateSources {
  readonly dispatcher: Dispatcher;
  readonly destinations: Destinations;
}

/** Tells what became of events, many of them, at each destination of their workspace. The gateway's own keeping is not one. */
export function fateTeller({ dispatcher, destinations }: FateSources): (eventId: string) => readonly Fate[] {
  const known = new Map(
    dispatcher
      .stats()
      .filter(({ id }) => id !== "local")
      .map(({ id, name, type }) => [id, { name, type, saved: destinations.byDispatcherId(id)?.saved }]),
  );
  return (eventId) => {
    const [explanation] = dispatcher.explain(eventId);
    return [...known].flatMap(([id, { name, type, saved }]) => {
      const disposition = explanation?.destinations[id];
      if (!disposition || isOfAnotherWorkspace(disposition)) return [];
      const isPrivate = (saved?.privacyMode ?? false) || (explanation?.private?.includes(id) ?? false);
      return [{ id: saved?.id, name, type, private: isPrivate, ...disposition }];
    });
  };
}

const isOfAnotherWorkspace = (disposition: Disposition): boolean =>
  disposition.state === "filtered" && disposition.by === "workspace";

/** The same for one event, with the very rules that filtered it. */
export function fatesWithRules(event: TraceEvent, sources: FateSources): readonly Fate[] {
  const { dispatcher, destinations } = sources;
  const failing = new Map(
    dispatcher.dryRun(event).map((one) => {
      const { saved } = destinations.byDispatcherId(one.destinationId) ?? {};
      return [saved?.id, rulesAt(saved?.filterRules, one.failing ?? [])] as const;
    }),
  );
  return fateTeller(sources)(event.id).map((fate) => {
    const isByRules = fate.state === "filtered" && fate.by === "filter_rules";
    return isByRules ? { ...fate, failing: failing.get(fate.id) ?? [] } : fate;
  });
}

/** The rules at places such as `groups.0.rules.1`. */
function rulesAt(
  rules: FilterRulesSettings | null | undefined,
  places: readonly string[],
): readonly FilterRuleSettings[] {
  return places.flatMap((place) => {
    const [, group, , rule] = place.split(".").map(Number);
    return rules?.groups[group ?? -1]?.rules[rule ?? -1] ?? [];
  });
}

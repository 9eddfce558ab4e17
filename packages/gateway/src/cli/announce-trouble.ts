import type { Dispatcher, DropLimit } from "@tracecast/dispatcher";

const droppedWords: Readonly<Record<DropLimit, string>> = {
  spool_bytes: "of the oldest waiting traces were dropped; the spool is full",
  spool_age: "of the oldest waiting traces were dropped; they had waited too long",
  spool_failed: "traces were lost; the spool could not take them",
  dead_letters: "of the oldest refused traces were dropped; only the newest are kept",
};

/** Puts into words, for an operator's log, what goes wrong in delivery. No content and no secret is in the events it listens to. */
export function announceTrouble(dispatcher: Dispatcher, complain: (sentence: string) => void): void {
  const nameOf = (id: string) => dispatcher.stats().find((one) => one.id === id)?.name ?? id;
  const { events } = dispatcher;
  for (const { destinationId, events: count } of dispatcher.orphans()) {
    complain(
      `${count} traces of an earlier run wait for "${destinationId}", which is not set up any more; add it again under this name, or they are dropped in time.`,
    );
  }
  events.on("refused", ({ reason }) => complain(`A trace was not taken: ${reason}`));
  events.on("paused", ({ reason }) => complain(reason));
  events.on("dropped", ({ destinationId, events: count, limit }) =>
    complain(`${nameOf(destinationId)}: ${count} ${droppedWords[limit]}.`),
  );
  events.on("rejected", ({ destinationId, eventId, reason }) =>
    complain(`${nameOf(destinationId)}: trace ${eventId} was refused for good: ${reason}.`),
  );
  events.on("retried", ({ destinationId, events: count, reason, delayMs }) =>
    complain(
      `${nameOf(destinationId)}: ${reason}; ${count} traces are tried again in ${(delayMs / 1000).toFixed(1)} s.`,
    ),
  );
}

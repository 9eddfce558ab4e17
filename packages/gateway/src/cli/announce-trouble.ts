import type { Dispatcher } from "@tracecast/dispatcher";

/** Puts into words, for an operator's log, what goes wrong in delivery. No content and no secret is in the events it listens to. */
export function announceTrouble(dispatcher: Dispatcher, complain: (sentence: string) => void): void {
  const nameOf = (id: string) => dispatcher.stats().find((one) => one.id === id)?.name ?? id;
  const { events } = dispatcher;
  events.on("refused", ({ reason }) => complain(`A trace was not taken: ${reason}`));
  events.on("paused", ({ reason }) => complain(reason));
  events.on("dropped", ({ destinationId, events: count }) =>
    complain(
      `${nameOf(destinationId)}: ${count} of the oldest waiting traces were dropped; the spool is full.`,
    ),
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

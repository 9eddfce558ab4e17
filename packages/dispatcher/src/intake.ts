import { withAskedDetails } from "@tracecast/core";
import type { GenerationBlocks, TraceEvent } from "@tracecast/core";
import type { Lane, LaneTools } from "./lane.ts";
import type { Refusal } from "./ledger.ts";
import { judge } from "./policy/admit.ts";
import { privateView } from "./policy/privacy.ts";
import type { Dropped, Recipient } from "./spool/spool.ts";

/** The way of an event into the spool: who gets it, what of it is kept, and the account of what there was no room for. */
export class Intake {
  readonly #tools: LaneTools;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #silent: ReadonlySet<string>;
  #waking = false;

  /** @param silent - the workspaces that are switched off */
  constructor(tools: LaneTools, lanes: ReadonlyMap<string, Lane>, silent: ReadonlySet<string>) {
    this.#tools = tools;
    this.#lanes = lanes;
    this.#silent = silent;
  }

  /** Takes an event for every destination whose policy admits it. Answers who gets it. */
  accept(event: TraceEvent): readonly Recipient[] {
    const verdictFor = judge(event, this.#silent);
    const refusals: Refusal[] = [];
    const recipients: Recipient[] = [];
    for (const [id, { route, tally }] of this.#lanes) {
      const verdict = verdictFor(route.policy);
      tally.judged(verdict);
      if (verdict.admitted) recipients.push({ destinationId: id, private: route.policy.privacyMode });
      else refusals.push({ destinationId: id, verdict });
    }
    this.#tools.ledger.judged(event, recipients, refusals);
    if (recipients.length > 0) this.store(event, recipients);
    return recipients;
  }

  /** Puts an event into the spool for destinations that are to have it. */
  store(event: TraceEvent, recipients: readonly Recipient[]): void {
    const { spool, clock, ledger } = this.#tools;
    // What nobody asked for, and content that nobody entitled wants, is dropped here, before it is kept anywhere.
    const asked = event.generation ? withAskedDetails(event, this.#blocksFor(recipients)) : event;
    const kept = recipients.every((to) => to.private) ? privateView(asked) : asked;
    try {
      const dropped = spool.append(kept, recipients, clock.now());
      ledger.stored(event.id, spool.lastPosition);
      this.#countDropped(dropped);
    } catch {
      return this.#countUnstored(event.id, recipients);
    }
    this.#wakeSoon();
  }

  /** Drops what has waited too long, and says so. */
  expire(): void {
    const { spool, clock, drops } = this.#tools;
    this.#countDropped(spool.expire(clock.now()));
    drops.sayWhatIsDue(clock.now());
  }

  /** What of a generation's details any of the recipients asked for. */
  #blocksFor(recipients: readonly Recipient[]): GenerationBlocks {
    const asked = recipients.flatMap(
      ({ destinationId }) => this.#lanes.get(destinationId)?.route.policy.blocks ?? [],
    );
    return {
      cost: asked.some(({ cost }) => cost),
      identity: asked.some(({ identity }) => identity),
      requestContext: asked.some(({ requestContext }) => requestContext),
    };
  }

  /** Wakes the workers once the caller of `publish` is through with this turn of the event loop. */
  #wakeSoon(): void {
    if (this.#waking) return;
    this.#waking = true;
    setImmediate(() => {
      this.#waking = false;
      for (const { worker } of this.#lanes.values()) worker.wake();
    });
  }

  #countDropped(dropped: readonly Dropped[]): void {
    const { ledger, drops, clock } = this.#tools;
    for (const { destinationId, positions, limit } of dropped) {
      this.#lanes.get(destinationId)?.tally.lost(positions.length, limit);
      for (const position of positions) ledger.dropped(position, destinationId, limit);
      drops.add(destinationId, limit, positions.length, clock.now());
    }
  }

  #countUnstored(eventId: string, recipients: readonly Recipient[]): void {
    const { ledger, drops, clock } = this.#tools;
    for (const { destinationId } of recipients) {
      this.#lanes.get(destinationId)?.tally.lost(1, "spool_failed");
      ledger.set(eventId, destinationId, { state: "dropped", limit: "spool_failed" });
      drops.add(destinationId, "spool_failed", 1, clock.now());
    }
  }
}

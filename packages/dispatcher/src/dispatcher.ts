import { createHttpClient, parseTraceEvent, TracecastError } from "@tracecast/core";
import type { HttpClient, TestResult, TraceEvent } from "@tracecast/core";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { DeliveryWorker } from "./delivery/worker.ts";
import { createAnnouncer } from "./events.ts";
import type { Announce, DispatcherEmitter } from "./events.ts";
import { judge } from "./policy/admit.ts";
import { privateView } from "./policy/privacy.ts";
import { parseSettings } from "./settings.ts";
import type { DestinationSettings, Route } from "./settings.ts";
import { MemorySpool } from "./spool/memory-spool.ts";
import type { Recipient, Spool } from "./spool/spool.ts";
import { Tally } from "./stats.ts";
import type { DestinationStats } from "./stats.ts";

/** What a dispatcher is made of. Only `destinations` has no default. */
export interface DispatcherOptions {
  readonly destinations: readonly DestinationSettings[];
  /** Where events wait. The dispatcher closes it. @defaultValue a {@link MemorySpool} of 256 MiB */
  readonly spool?: Spool;
  /** The client lent to destinations. The dispatcher closes it. @defaultValue `createHttpClient()` */
  readonly http?: HttpClient;
  /** @defaultValue {@link systemClock} */
  readonly clock?: Clock;
  /** A number from 0 to 1, for jitter. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/** What a flush or a close achieved. */
export interface FlushReport {
  /** Events delivered since the call, over all destinations. */
  readonly delivered: number;
  /** Where events of before the call still wait, how many, and why if that is known. Empty: everything went out. */
  readonly left: readonly {
    readonly destinationId: string;
    readonly events: number;
    readonly reason?: string;
  }[];
}

interface Lane {
  readonly route: Route;
  readonly worker: DeliveryWorker;
  readonly tally: Tally;
}

/** Hands each trace event to every destination that asked for it. Make one with {@link createDispatcher}. */
export class Dispatcher {
  /** What happens, as it happens. Listeners observe; they change nothing. */
  readonly events: DispatcherEmitter;
  readonly #announce: Announce;
  readonly #clock: Clock;
  readonly #spool: Spool;
  readonly #http: HttpClient;
  readonly #deadLetters = new DeadLetters();
  readonly #lanes: ReadonlyMap<string, Lane>;
  #closing: Promise<FlushReport> | undefined;

  /** @throws `TracecastError` `CONFIG_INVALID` */
  constructor(options: DispatcherOptions) {
    const routes = options.destinations.map(parseSettings);
    refuseTwins(routes);
    const { events, announce } = createAnnouncer();
    this.events = events;
    this.#announce = announce;
    this.#clock = options.clock ?? systemClock;
    this.#spool = options.spool ?? new MemorySpool();
    this.#http = options.http ?? createHttpClient();
    const random = options.random ?? Math.random;
    const tools = {
      spool: this.#spool,
      http: this.#http,
      clock: this.#clock,
      random,
      announce,
      deadLetters: this.#deadLetters,
    };
    this.#lanes = new Map(
      routes.map((route) => {
        const tally = new Tally();
        return [route.id, { route, tally, worker: new DeliveryWorker(route, { ...tools, tally }) }];
      }),
    );
  }

  /**
   * Takes one event for every destination whose policy admits it. Never throws and never waits: what is not a trace event, or
   * comes after {@link close}, is announced as `refused`. The event must not be changed afterwards.
   */
  publish(event: TraceEvent): void {
    if (this.#closing) return this.#announce("refused", { reason: "The dispatcher is closed." });
    try {
      this.#accept(parseTraceEvent(event));
    } catch (error) {
      const reason = error instanceof TracecastError ? error.message : "The event could not be stored.";
      this.#announce("refused", { reason });
    }
  }

  /** What became of everything, destination by destination. */
  stats(): readonly DestinationStats[] {
    return [...this.#lanes.values()].map(({ route, worker, tally }) => {
      const backlog = this.#spool.backlog(route.id);
      const paused = worker.pausedReason !== undefined;
      return {
        id: route.id,
        name: route.name,
        type: route.type.type,
        state: paused ? "paused" : route.policy.enabled ? "running" : "disabled",
        ...(paused && { pausedReason: worker.pausedReason }),
        published: tally.published,
        filtered: { ...tally.filtered },
        sampledOut: tally.sampledOut,
        delivered: tally.delivered,
        dead: tally.dead,
        dropped: { ...tally.dropped },
        pending: backlog.events,
        ...(backlog.oldestMs !== undefined && { oldestPendingMs: backlog.oldestMs }),
        retries: tally.retries,
      };
    });
  }

  /** The events a destination will not take, oldest first. */
  deadLetters(destinationId: string): readonly DeadLetter[] {
    return this.#deadLetters.list(destinationId);
  }

  /**
   * Finds out whether a destination would take events, without sending any.
   * @throws `TracecastError` `DESTINATION_UNKNOWN`
   */
  async test(destinationId: string, signal: AbortSignal): Promise<TestResult> {
    const lane = this.#lanes.get(destinationId);
    if (!lane) throw new TracecastError("DESTINATION_UNKNOWN", `There is no destination "${destinationId}".`);
    return await lane.worker.test(signal);
  }

  /** Stops a destination's delivery and keeps what waits. Nothing happens for an unknown id. */
  pause(destinationId: string, reason = "paused by hand"): void {
    this.#lanes.get(destinationId)?.worker.pause(reason);
  }

  /** Takes a paused destination's delivery up again. Nothing happens for an unknown id. */
  resume(destinationId: string): void {
    this.#lanes.get(destinationId)?.worker.resume();
  }

  /**
   * Sends what was accepted before the call, in flight included, without waiting for batches to fill. Resolves when all of it is
   * settled, when what is left belongs to paused destinations, or after `timeoutMs` milliseconds.
   */
  async flush(options: { readonly timeoutMs: number }): Promise<FlushReport> {
    const position = this.#spool.lastPosition;
    const deliveredBefore = this.#delivered();
    const timer = new AbortController();
    await Promise.race([
      Promise.all([...this.#lanes.values()].map(({ worker }) => worker.flush(position))),
      this.#clock.sleep(options.timeoutMs, timer.signal),
    ]);
    timer.abort();
    return { delivered: this.#delivered() - deliveredBefore, left: this.#leftUpTo(position) };
  }

  /** Refuses new events, flushes, and ends all workers. Safe to call twice: the first call's report is given again. */
  close(options: { readonly timeoutMs: number }): Promise<FlushReport> {
    this.#closing ??= this.#shutDown(options);
    return this.#closing;
  }

  async #shutDown(options: { readonly timeoutMs: number }): Promise<FlushReport> {
    const deliveredBefore = this.#delivered();
    await this.flush(options);
    await Promise.all([...this.#lanes.values()].map(({ worker }) => worker.stop()));
    const report = { delivered: this.#delivered() - deliveredBefore, left: this.#leftUpTo(Infinity) };
    await Promise.all([this.#spool.close(), this.#http.close()]);
    return report;
  }

  #accept(event: TraceEvent): void {
    const verdictFor = judge(event);
    const recipients: Recipient[] = [];
    for (const { route, tally } of this.#lanes.values()) {
      const verdict = verdictFor(route.policy);
      tally.judged(verdict);
      if (verdict.admitted) recipients.push({ destinationId: route.id, private: route.policy.privacyMode });
    }
    if (recipients.length > 0) this.#store(event, recipients);
    this.#announce("admitted", {
      eventId: event.id,
      destinationIds: recipients.map((to) => to.destinationId),
    });
  }

  #store(event: TraceEvent, recipients: readonly Recipient[]): void {
    // Content that nobody entitled wants is dropped here, before it is kept anywhere.
    const kept = recipients.every((to) => to.private) ? privateView(event) : event;
    for (const { destinationId, events, limit } of this.#spool.append(kept, recipients, this.#clock.now())) {
      this.#lanes.get(destinationId)?.tally.lost(events, limit);
      this.#announce("dropped", { destinationId, events, limit });
    }
    for (const { destinationId } of recipients) this.#lanes.get(destinationId)?.worker.wake();
  }

  #delivered(): number {
    return [...this.#lanes.values()].reduce((sum, { tally }) => sum + tally.delivered, 0);
  }

  #leftUpTo(position: number): FlushReport["left"] {
    return [...this.#lanes.values()].flatMap(({ route, worker }) => {
      const events = this.#spool
        .read(route.id, 0, Infinity)
        .filter((spooled) => spooled.position <= position).length;
      const reason = worker.pausedReason ?? worker.lastFailure;
      return events > 0 ? [{ destinationId: route.id, events, ...(reason !== undefined && { reason }) }] : [];
    });
  }
}

/**
 * Makes a dispatcher and starts its workers. Nothing is sent before the first event.
 * @throws `TracecastError` `CONFIG_INVALID` when a destination's settings do not fit.
 */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  return new Dispatcher(options);
}

function refuseTwins(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const { id } of routes) {
    if (seen.has(id)) {
      throw new TracecastError(
        "CONFIG_INVALID",
        `Two destinations are called "${id}"; give one of them another id.`,
      );
    }
    seen.add(id);
  }
}

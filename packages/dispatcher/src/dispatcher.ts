import { createHttpClient, parseTraceEvent, TracecastError } from "@tracecast/core";
import type { HttpClient, TestResult, TraceEvent } from "@tracecast/core";
import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { SharedEncodings } from "./delivery/shared-encodings.ts";
import type { DispatcherOptions, Encoded, FlushReport, Preview } from "./dispatcher-options.ts";
import { DropLog } from "./drop-log.ts";
import { createAnnouncer } from "./events.ts";
import type { Announce, DispatcherEmitter } from "./events.ts";
import { Intake } from "./intake.ts";
import { Lane } from "./lane.ts";
import type { LaneTools } from "./lane.ts";
import { Ledger } from "./ledger.ts";
import type { Explanation } from "./ledger.ts";
import { foresee } from "./policy/preview.ts";
import { parseSettings } from "./settings.ts";
import type { DestinationSettings, Route } from "./settings.ts";
import { MemorySpool } from "./spool/memory-spool.ts";
import type { Spool } from "./spool/spool.ts";
import type { DestinationStats } from "./stats.ts";

const housekeepingMs = 60_000;

/** Hands each trace event to every destination that asked for it. Make one with {@link createDispatcher}. */
export class Dispatcher {
  /** What happens, as it happens. Listeners observe; they change nothing. */
  readonly events: DispatcherEmitter;
  readonly #announce: Announce;
  readonly #clock: Clock;
  readonly #spool: Spool;
  readonly #http: HttpClient;
  readonly #ledger = new Ledger();
  readonly #laneTools: LaneTools;
  readonly #lanes = new Map<string, Lane>();
  readonly #silent = new Set<string>();
  readonly #intake: Intake;
  #callOffHousekeeping: (() => void) | undefined;
  #closing: Promise<FlushReport> | undefined;

  /** @throws `TracecastError` `CONFIG_INVALID` */
  constructor(options: DispatcherOptions) {
    const routes = options.destinations.map(parseSettings);
    const twin = routes.find(({ id }, index) => routes.findIndex((other) => other.id === id) < index);
    if (twin)
      throw new TracecastError("CONFIG_INVALID", `Two destinations are called "${twin.id}"; rename one.`);
    ({ events: this.events, announce: this.#announce } = createAnnouncer());
    this.#clock = options.clock ?? systemClock;
    this.#spool = options.spool ?? new MemorySpool();
    this.#http = options.http ?? createHttpClient();
    this.#laneTools = {
      spool: this.#spool,
      http: this.#http,
      clock: this.#clock,
      random: options.random ?? Math.random,
      announce: this.#announce,
      ledger: this.#ledger,
      drops: new DropLog(this.#announce),
      encodings: new SharedEncodings(),
    };
    this.#intake = new Intake(this.#laneTools, this.#lanes, this.#silent);
    for (const route of routes) this.#lanes.set(route.id, new Lane(route, this.#laneTools));
    this.#keepHouse();
  }

  /**
   * Takes one event for every destination whose policy admits it. Never throws and never waits: what is not a trace event, or
   * comes after {@link close}, is announced as `refused`. The event must not be changed afterwards.
   */
  publish(event: TraceEvent): void {
    if (this.#closing) return this.#announce("refused", { reason: "The dispatcher is closed." });
    try {
      const parsed = parseTraceEvent(event);
      const recipients = this.#intake.accept(parsed);
      if (this.events.listenerCount("admitted") === 0) return;
      const destinationIds = recipients.map((to) => to.destinationId);
      this.#announce("admitted", { eventId: parsed.id, destinationIds });
    } catch (error) {
      const reason = error instanceof TracecastError ? error.message : "The event could not be read.";
      this.#announce("refused", { reason });
    }
  }

  /**
   * Takes one event for one destination alone, whatever its filters and sampling say of it; its privacy holds. For what is handed in again by
   * hand, such as an archive of traces.
   * @throws `TracecastError` `EVENT_INVALID`, `DESTINATION_UNKNOWN`
   */
  submit(destinationId: string, event: TraceEvent): void {
    const parsed = parseTraceEvent(event);
    const { route, tally } = this.#lane(destinationId);
    const recipient = { destinationId, private: route.policy.privacyMode };
    if (this.#ledger.explain(parsed.id).length === 0) this.#ledger.judged(parsed, [recipient], []);
    else this.#ledger.handed(parsed.id, recipient);
    tally.judged({ admitted: true });
    this.#intake.store(parsed, [recipient]);
  }

  /** Resolves when everything published so far is as safe as the spool makes it; rejects when it could not be made safe. */
  stored(): Promise<void> {
    return this.#spool.stored();
  }

  /**
   * Adds a destination, or changes the one with its id, while events flow. What waits goes on under the new settings; of an old and
   * a new privacy the stricter holds.
   * @throws `TracecastError` `CONFIG_INVALID`; everything then stays as it was.
   */
  configure(settings: DestinationSettings): void {
    const route = parseSettings(settings);
    const lane = this.#lanes.get(route.id);
    if (lane) lane.update(route);
    else this.#lanes.set(route.id, new Lane(route, this.#laneTools));
    this.#announce("configured", { destinationId: route.id });
  }

  /** Removes a destination and what waits for it. Answers how many events that were. Nothing happens for an unknown id. */
  async remove(destinationId: string): Promise<number> {
    const lane = this.#lanes.get(destinationId);
    if (!lane) return 0;
    this.#lanes.delete(destinationId);
    await lane.worker.stop();
    const events = this.#spool.forget(destinationId);
    this.#spool.deadLetters.purge(destinationId);
    this.#announce("removed", { destinationId, events });
    return events;
  }

  /** Switches a workspace: while it is off, its events go to no destination. Every one is on at first. What waits is sent all the same. */
  switchWorkspace(workspaceId: string, isOn: boolean): void {
    if (isOn) this.#silent.delete(workspaceId);
    else this.#silent.add(workspaceId);
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
   * Finds out whether a destination would take events, without sending any.
   * @throws `TracecastError` `DESTINATION_UNKNOWN`
   */
  async test(destinationId: string, signal: AbortSignal): Promise<TestResult> {
    return await this.#lane(destinationId).worker.test(signal);
  }

  /** Whether any destination asked for the details of generations. */
  get wantsDetails(): boolean {
    const asked = [...this.#lanes.values()].map(({ route }) => route.policy.blocks);
    return asked.some(({ cost, identity, requestContext }) => cost || identity || requestContext);
  }

  /** What became of everything, destination by destination. */
  stats(): readonly DestinationStats[] {
    return [...this.#lanes.values()].map((lane) => lane.stats());
  }

  /**
   * What would become of an event, destination by destination, without publishing it. Where filter rules keep it away, `failing` names those
   * that do not hold, such as `groups.0.rules.1`.
   * @throws `TracecastError` `EVENT_INVALID`
   */
  dryRun(event: TraceEvent): readonly Preview[] {
    const foreseenFor = foresee(parseTraceEvent(event), this.#silent);
    return [...this.#lanes].map(([destinationId, { route }]) => ({
      destinationId,
      ...foreseenFor(route.policy),
    }));
  }

  /** What waits in the spool for destinations that are not set up, of an earlier run. It is sent once they are, and dropped when it is too old. */
  orphans(): readonly { readonly destinationId: string; readonly events: number }[] {
    const ids = this.#spool.destinationIds().filter((id) => !this.#lanes.has(id));
    return ids.map((destinationId) => ({ destinationId, events: this.#spool.backlog(destinationId).events }));
  }

  /** What became of an event, or of all events of a trace, at each destination and why. Reaches back 10,000 events. */
  explain(eventOrTraceId: string): readonly Explanation[] {
    return this.#ledger.explain(eventOrTraceId);
  }

  /**
   * What an event becomes for a destination, encoded as for sending and not sent, whether or not its filters admit it. Of its privacy
   * now and when the event was accepted, the stricter holds.
   * @throws `TracecastError` `DESTINATION_UNKNOWN`, `EVENT_INVALID`
   */
  encode(destinationId: string, event: TraceEvent): Encoded {
    const { worker, route } = this.#lane(destinationId);
    const checked = parseTraceEvent(event);
    const isPrivate = this.#isPrivate(checked.id, route);
    const { item, failure } = worker.encode(checked, isPrivate);
    return {
      private: isPrivate,
      pieces: item?.encoded.pieces ?? [],
      ...(failure && { failure: failure.reason }),
    };
  }

  /** The events a destination will not take, oldest first; the last 1,000 are kept. */
  deadLetters(destinationId: string): readonly DeadLetter[] {
    return this.#spool.deadLetters.list(destinationId);
  }

  /**
   * Sends dead letters again, under their old ids: one, or all of a destination; to that destination, or to another, which then
   * sees no more of them than the first one was to see. Answers how many; letters without an event cannot be sent.
   * @throws `TracecastError` `DESTINATION_UNKNOWN`
   */
  replay(destinationId: string, options: { readonly eventId?: string; readonly to?: string } = {}): number {
    const source = this.#lane(destinationId);
    const target = this.#lane(options.to ?? destinationId);
    const letters = this.deadLetters(destinationId).filter(
      ({ eventId }) => eventId === (options.eventId ?? eventId),
    );
    let replayed = 0;
    for (const { event, eventId } of letters) {
      if (!event) continue;
      if (target === source) {
        source.tally.revived();
        this.#spool.deadLetters.remove(destinationId, eventId);
      } else target.tally.judged({ admitted: true });
      const isPrivate = target.route.policy.privacyMode || this.#isPrivate(eventId, source.route);
      const recipient = { destinationId: target.route.id, private: isPrivate };
      this.#intake.store(event, [recipient]);
      this.#ledger.handed(eventId, recipient);
      replayed += 1;
    }
    return replayed;
  }

  /** Throws a destination's dead letters away. Answers how many that were. */
  purge(destinationId: string): number {
    return this.#spool.deadLetters.purge(destinationId);
  }

  /**
   * Sends what was accepted before the call, in flight included, without waiting for batches to fill. Resolves when all of it is
   * settled, when what is left belongs to paused destinations, or after `timeoutMs` milliseconds.
   */
  async flush(options: { readonly timeoutMs: number }): Promise<FlushReport> {
    const position = this.#spool.lastPosition;
    const deliveredBefore = this.#delivered();
    let callOff: (() => void) | undefined;
    // The workers' own timers let a process end; somebody who waits for a flush wants to see its end.
    const keepAlive = setInterval(() => undefined, housekeepingMs);
    await Promise.race([
      Promise.all([...this.#lanes.values()].map(({ worker }) => worker.flush(position))),
      new Promise<void>((resolve) => (callOff = this.#clock.after(options.timeoutMs, resolve))),
    ]);
    callOff?.();
    clearInterval(keepAlive);
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
    this.#callOffHousekeeping?.();
    await Promise.all([...this.#lanes.values()].map(({ worker }) => worker.stop()));
    const report = { delivered: this.#delivered() - deliveredBefore, left: this.#leftUpTo(Infinity) };
    await Promise.all([this.#spool.close(), this.#http.close()]);
    return report;
  }

  #keepHouse(): void {
    this.#intake.expire();
    this.#callOffHousekeeping = this.#clock.after(housekeepingMs, () => this.#keepHouse());
  }

  #lane(destinationId: string): Lane {
    const lane = this.#lanes.get(destinationId);
    if (lane) return lane;
    throw new TracecastError("DESTINATION_UNKNOWN", `There is no destination "${destinationId}".`);
  }

  /** Of a destination's privacy now, and when it was to get an event, the stricter. */
  #isPrivate(eventId: string, { id, policy }: Route): boolean {
    if (policy.privacyMode) return true;
    return this.#ledger.explain(eventId)[0]?.private?.includes(id) ?? false;
  }

  #delivered(): number {
    return [...this.#lanes.values()].reduce((sum, { tally }) => sum + tally.delivered, 0);
  }

  #leftUpTo(position: number): FlushReport["left"] {
    return [...this.#lanes.values()].flatMap(({ route, worker }) => {
      const events = this.#spool.count(route.id, position);
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

import { setMaxListeners } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection, HttpClient, Limits, Rejected, TestResult, TraceEvent } from "@tracecast/core";
import type { Clock } from "../clock.ts";
import type { Announce } from "../events.ts";
import type { Route } from "../settings.ts";
import type { Spool } from "../spool/spool.ts";
import { attempt } from "./attempt.ts";
import type { Item } from "./batch.ts";
import { cutBatch } from "./batch.ts";
import { encodeEvent, unshared } from "./encode-event.ts";
import type { Encoding } from "./encode-event.ts";
import { Flushes } from "./flushes.ts";
import { Naps } from "./naps.ts";
import type { Settlement } from "./settlement.ts";
import type { SharedEncodings, TypeEncodings } from "./shared-encodings.ts";
import { sortOutcomes } from "./sort-outcomes.ts";
import { DeliveryWindow } from "./window.ts";

/** What a worker works with. */
export interface WorkerTools {
  readonly spool: Spool;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly announce: Announce;
  readonly settlement: Settlement;
  readonly encodings: SharedEncodings;
}

/** Why a worker is paused, and who may end that: a person, or whoever mends the settings. */
interface Pause {
  readonly reason: string;
  readonly sinceMs: number;
  readonly by: "person" | "destination";
}

const attemptTimeoutMs = 60_000;
const defaultDelayMs = 1000;

/**
 * The loop that carries one destination's events: waits until a batch is due, cuts it, and sees it through until every event of it
 * is settled, several batches at a time as far as its window allows.
 */
export class DeliveryWorker {
  #route: Route;
  #connection: Connection;
  #encodings: TypeEncodings;
  readonly #tools: WorkerTools;
  readonly #window = new DeliveryWindow();
  readonly #naps: Naps;
  #stopped = false;
  readonly #loop: Promise<void>;
  readonly #deliveries = new Set<Promise<void>>();
  /** What is at or before this position has been cut into a batch. */
  #cutUpTo = 0;
  #cutAnew = false;
  #inFlight = 0;
  #attempting = 0;
  /** Ends what is being sent: replaced when the settings change, so that what was encoded under the old ones is not sent any more. */
  #sending = forMany();
  readonly #flushes = new Flushes();
  #pause: Pause | undefined;
  #lastFailure: string | undefined;
  #failingSinceMs: number | undefined;

  constructor(route: Route, tools: WorkerTools) {
    this.#route = route;
    this.#tools = tools;
    this.#naps = new Naps(tools.clock);
    this.#connection = route.type.connect(route.config, { http: tools.http });
    this.#encodings = tools.encodings.join(route.type);
    this.#loop = this.#run();
  }

  get pausedReason(): string | undefined {
    return this.#pause?.reason;
  }

  /** Why the last attempt failed; absent after one that did not. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  /** When the first of the failures since the last delivery was, in epoch milliseconds. */
  get failingSinceMs(): number | undefined {
    return this.#failingSinceMs;
  }

  /** When it was paused, in epoch milliseconds. */
  get pausedSinceMs(): number | undefined {
    return this.#pause?.sinceMs;
  }

  /** Open: the destination has failed five times in a row and is only probed. */
  get circuit(): "closed" | "open" {
    return this.#window.circuit;
  }

  /** Says that something may have become due. Cheap: it stirs the loop only if that is so. */
  wake(): void {
    if (this.#naps.longest > 0 && this.#dueMs() < this.#naps.longest) this.#naps.stir();
  }

  /** See {@link Connection.test}. */
  test(signal: AbortSignal): Promise<TestResult> {
    return this.#connection.test(signal);
  }

  /** What an event becomes for this destination, made as for sending; it is not sent. */
  encode(event: TraceEvent, isPrivate: boolean): Encoding {
    const spooled = { position: 0, event, acceptedMs: this.#tools.clock.now(), private: isPrivate };
    return encodeEvent(this.#connection, spooled, this.#route.policy, unshared);
  }

  /** Stops sending and keeps everything until {@link resume}. */
  pause(reason: string, by: Pause["by"] = "person"): void {
    const alreadyPaused = this.#pause !== undefined;
    const sinceMs = this.#pause?.sinceMs ?? this.#tools.clock.now();
    if (!alreadyPaused || by === "person") this.#pause = { reason, by, sinceMs };
    if (!alreadyPaused) this.#tools.announce("paused", { destinationId: this.#route.id, reason });
    this.#answerFlushes();
  }

  resume(): void {
    this.#window.reset();
    if (this.#pause) this.#tools.announce("resumed", { destinationId: this.#route.id });
    this.#pause = undefined;
    this.#naps.stir();
  }

  /**
   * Goes on under other settings. What waits, also what is being sent, is encoded anew, so that tightened privacy holds for it; a
   * pause that the destination caused is over.
   * @throws `TracecastError` `CONFIG_INVALID`; the old settings then stay.
   */
  update(route: Route): void {
    this.#connection = route.type.connect(route.config, { http: this.#tools.http });
    this.#encodings.leave();
    this.#encodings = this.#tools.encodings.join(route.type);
    this.#route = route;
    this.#sending.abort();
    this.#sending = forMany();
    this.#cutAnew = true;
    if (this.#pause?.by === "destination") this.resume();
    this.#window.reset();
    this.#naps.stir();
    this.#answerFlushes();
  }

  /** Sends without waiting for company, until nothing up to `position` waits or nothing may be sent. */
  flush(position: number): Promise<void> {
    const flushed = this.#flushes.add(position);
    this.#answerFlushes();
    this.#naps.stir();
    return flushed;
  }

  /** Ends the loop, attempts in flight included. What is not settled stays in the spool. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sending.abort();
    this.#naps.stir();
    await this.#loop;
    await Promise.all(this.#deliveries);
    this.#encodings.leave();
    this.#flushes.answer(() => true);
  }

  get #halted(): boolean {
    return this.#pause !== undefined || !this.#route.policy.enabled;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#cutAnewIfAsked();
      const dueMs = this.#dueMs();
      if (dueMs > this.#tools.clock.now()) {
        await this.#naps.until(dueMs, () => this.#stopped);
        // Whoever woke the loop is in the middle of something; encoding can wait until it is done.
        await nextTurn();
      } else {
        this.#startDelivery();
        // Encoding a batch takes its time; others get a turn before the next one.
        await nextTurn();
      }
    }
  }

  /** When the next batch is due, in epoch milliseconds. */
  #dueMs(): number {
    if (this.#halted || this.#cutAnew || this.#deliveries.size >= this.#window.limit) return Infinity;
    const { spool } = this.#tools;
    const [next] = spool.read(this.#route.id, this.#cutUpTo, 1);
    if (!next) return Infinity;
    const { maxPieces, maxBytes, maxDelayMs = defaultDelayMs } = this.#limits();
    const { events, bytes } = spool.backlog(this.#route.id);
    const uncut = Math.max(1, events - this.#inFlight);
    const full = uncut >= maxPieces || (bytes / events) * uncut >= maxBytes;
    const flushing = this.#flushes.want(next.position);
    return Math.max(this.#window.notBeforeMs, full || flushing ? 0 : next.acceptedMs + maxDelayMs);
  }

  #limits(): Limits {
    return this.#connection.limits ?? this.#route.type.limits;
  }

  /** Begins again at the oldest, once nothing is in flight that would then be sent twice. */
  #cutAnewIfAsked(): void {
    if (!this.#cutAnew || this.#deliveries.size > 0) return;
    this.#cutAnew = false;
    this.#cutUpTo = 0;
  }

  #startDelivery(): void {
    const { signal } = this.#sending;
    const batch = cutBatch(this.#encodeWaiting(), this.#limits());
    this.#cutUpTo = batch.at(-1)?.position ?? this.#cutUpTo;
    this.#inFlight += batch.length;
    const delivery = this.#deliver(batch, signal)
      .catch(() => this.#stumble())
      .finally(() => {
        this.#deliveries.delete(delivery);
        this.#inFlight -= batch.length;
        this.#sayWhenDrained();
        this.#naps.stir();
      });
    this.#deliveries.add(delivery);
  }

  /** Our own machinery failed, most likely the spool: what was in flight is taken up again after a while. */
  #stumble(): void {
    const { clock, random } = this.#tools;
    this.#failed("the spool could not be written");
    this.#window.failed(clock.now(), clock.now(), random());
    this.#cutAnew = true;
  }

  *#encodeWaiting(): Generator<Item> {
    const { policy, id } = this.#route;
    for (const spooled of this.#tools.spool.read(id, this.#cutUpTo, this.#limits().maxPieces)) {
      const encoding = encodeEvent(this.#connection, spooled, policy, this.#encodings);
      if (encoding.item) yield encoding.item;
      else {
        const which = { position: spooled.position, eventId: encoding.eventId, attempts: 0 };
        this.#tools.settlement.buried(which, encoding.failure, encoding.view);
      }
    }
  }

  async #deliver(batch: readonly Item[], signal: AbortSignal): Promise<void> {
    const parts = batch.length > 0 ? [batch] : [];
    for (let part = parts.pop(); part; part = parts.pop()) {
      if (!(await this.#allowed(signal))) return;
      parts.push(...(await this.#try(part, signal)));
    }
  }

  /** Waits until an attempt may start. Answers false if it never may: the worker stopped, or its settings changed. */
  async #allowed(signal: AbortSignal): Promise<boolean> {
    const over = () => signal.aborted;
    while (!over()) {
      const busy = this.#halted || this.#attempting >= this.#window.limit;
      const allowedMs = busy ? Infinity : this.#window.notBeforeMs;
      if (allowedMs <= this.#tools.clock.now()) return true;
      await this.#naps.until(allowedMs, over);
    }
    return false;
  }

  /** Makes one attempt and settles what it decided. Answers with the batches that are to be tried next, the first one last. */
  async #try(part: readonly Item[], signal: AbortSignal): Promise<readonly (readonly Item[])[]> {
    const { clock, settlement } = this.#tools;
    const startedMs = clock.now();
    for (const item of part) item.attempts += 1;
    this.#attempting += 1;
    const batch = part.map(({ encoded }) => encoded);
    const result = await attempt(this.#connection, batch, { clock, timeoutMs: attemptTimeoutMs, signal });
    this.#attempting -= 1;
    if (signal.aborted && result.outcome.status !== "delivered") return [];

    const sorted = sortOutcomes(part, result);
    const durationMs = clock.now() - startedMs;
    if (sorted.delivered.length > 0) {
      this.#lastFailure = undefined;
      this.#failingSinceMs = undefined;
      this.#window.succeeded(durationMs);
      settlement.delivered(sorted.delivered, durationMs);
    }
    for (const { item, why } of sorted.dead) {
      const { position, attempts, encoded } = item;
      settlement.buried({ position, attempts, eventId: encoded.eventId }, why, item.view());
    }
    if (sorted.retryReason)
      this.#backOff(sorted.retry, startedMs, sorted.retryReason.reason, sorted.retryReason.retryAfterMs);
    if (sorted.blockedReason) this.pause(this.#pauseSentence(sorted.blockedReason), "destination");
    this.#answerFlushes();
    this.#naps.stir();
    return [sorted.blocked, sorted.retry, ...sorted.smaller.toReversed()].filter((rest) => rest.length > 0);
  }

  #backOff(
    items: readonly Item[],
    startedMs: number,
    reason: string,
    retryAfterMs: number | undefined,
  ): void {
    const { clock, random, settlement } = this.#tools;
    this.#failed(reason);
    const delayMs = this.#window.failed(startedMs, clock.now(), random(), retryAfterMs);
    settlement.retried(items, reason, delayMs);
  }

  #failed(reason: string): void {
    this.#lastFailure = reason;
    this.#failingSinceMs ??= this.#tools.clock.now();
  }

  #pauseSentence({ code, reason }: Rejected): string {
    const { name, type } = this.#route;
    const remedy = code === "unauthorized" ? "its key is replaced" : "its settings are mended";
    return `${type.name} "${name}": ${reason}; paused until ${remedy}.`;
  }

  #sayWhenDrained(): void {
    const { spool, announce } = this.#tools;
    if (spool.backlog(this.#route.id).events === 0) announce("drained", { destinationId: this.#route.id });
    this.#answerFlushes();
  }

  #answerFlushes(): void {
    const { oldestPosition = Infinity } = this.#tools.spool.backlog(this.#route.id);
    this.#flushes.answer((position) => oldestPosition > position || this.#halted);
  }
}

/** A controller whose signal many attempts listen to at a time. */
function forMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

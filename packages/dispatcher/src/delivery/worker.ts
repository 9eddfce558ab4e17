import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection, HttpClient, Rejected, TestResult, TraceEvent } from "@tracecast/core";
import type { Clock } from "../clock.ts";
import type { DeadLetters } from "../dead-letters.ts";
import type { Announce } from "../events.ts";
import type { Route } from "../settings.ts";
import type { Spool } from "../spool/spool.ts";
import type { Tally } from "../stats.ts";
import { attempt } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import type { Item } from "./batch.ts";
import { cutBatch } from "./batch.ts";
import { encodeEvent } from "./encode-event.ts";
import { sortOutcomes } from "./sort-outcomes.ts";

/** What a worker works with. */
export interface WorkerTools {
  readonly spool: Spool;
  readonly http: HttpClient;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly announce: Announce;
  readonly deadLetters: DeadLetters;
  readonly tally: Tally;
}

const attemptTimeoutMs = 60_000;
const defaultDelayMs = 1000;
const forever = 2 ** 31 - 1;

/** The loop that carries one destination's events: waits until a batch is due, cuts it, and sends it until every event is settled. */
export class DeliveryWorker {
  readonly #route: Route;
  readonly #tools: WorkerTools;
  readonly #connection: Connection;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #flushWaiters: { readonly position: number; readonly resolve: () => void }[] = [];
  #sleep: AbortController | undefined;
  #sleepsUntilMs = 0;
  #failures = 0;
  #notBeforeMs = 0;
  #pausedReason: string | undefined;
  #lastFailure: string | undefined;

  constructor(route: Route, tools: WorkerTools) {
    this.#route = route;
    this.#tools = tools;
    this.#connection = route.type.connect(route.config, { http: tools.http });
    this.#loop = this.#run();
  }

  get pausedReason(): string | undefined {
    return this.#pausedReason;
  }

  /** Why the last attempt failed; absent after one that did not. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  /** Says that something may have become due. Cheap: it stirs the loop only if that is so. */
  wake(): void {
    if (this.#sleep && this.#dueMs() < this.#sleepsUntilMs) this.#sleep.abort();
  }

  /** See {@link Connection.test}. */
  test(signal: AbortSignal): Promise<TestResult> {
    return this.#connection.test(signal);
  }

  /** Stops sending and keeps everything until {@link resume}. */
  pause(reason: string): void {
    this.#pausedReason = reason;
    this.#tools.announce("paused", { destinationId: this.#route.id, reason });
    this.#answerFlushes();
  }

  resume(): void {
    if (this.#pausedReason === undefined) return;
    this.#pausedReason = undefined;
    this.#failures = 0;
    this.#notBeforeMs = 0;
    this.#tools.announce("resumed", { destinationId: this.#route.id });
    this.#sleep?.abort();
  }

  /** Sends without waiting for company, until nothing up to `position` waits or the worker is paused. */
  flush(position: number): Promise<void> {
    return new Promise((resolve) => {
      this.#flushWaiters.push({ position, resolve });
      this.#answerFlushes();
      this.#sleep?.abort();
    });
  }

  /** Ends the loop, in-flight attempt included. What is not settled stays in the spool. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#sleep?.abort();
    await this.#loop;
    for (const { resolve } of this.#flushWaiters) resolve();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const dueMs = this.#dueMs();
      if (dueMs > this.#tools.clock.now()) {
        await this.#sleepUntil(dueMs);
        // Whoever woke the loop is in the middle of something; encoding can wait until it is done.
        await nextTurn();
      } else {
        await this.#deliver(cutBatch(this.#encodeWaiting(), this.#route.type.limits));
        this.#sayWhenDrained();
      }
    }
  }

  /** When the next batch is due, in epoch milliseconds. */
  #dueMs(): number {
    const { events, bytes, oldestMs = 0, oldestPosition = 0 } = this.#tools.spool.backlog(this.#route.id);
    if (events === 0 || this.#pausedReason !== undefined) return Infinity;
    const { maxPieces, maxBytes, maxDelayMs = defaultDelayMs } = this.#route.type.limits;
    const full = events >= maxPieces || bytes >= maxBytes;
    const flushing = this.#flushWaiters.some(({ position }) => oldestPosition <= position);
    return Math.max(this.#notBeforeMs, full || flushing ? 0 : oldestMs + maxDelayMs);
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    this.#sleep = new AbortController();
    this.#sleepsUntilMs = dueMs;
    if (!this.#stop.signal.aborted) {
      await this.#tools.clock.sleep(Math.min(dueMs - this.#tools.clock.now(), forever), this.#sleep.signal);
    }
    this.#sleep = undefined;
  }

  *#encodeWaiting(): Generator<Item> {
    const { type, policy, id } = this.#route;
    for (const spooled of this.#tools.spool.read(id, 0, type.limits.maxPieces)) {
      const encoding = encodeEvent(this.#connection, spooled, policy.privacyMode);
      if (encoding.item) yield encoding.item;
      else this.#bury(spooled.position, spooled.event.id, encoding.failure, encoding.view);
    }
  }

  async #deliver(batch: readonly Item[]): Promise<void> {
    const parts = batch.length > 0 ? [batch] : [];
    for (let part = parts.pop(); part; part = parts.pop()) {
      await this.#untilAllowed();
      if (this.#stop.signal.aborted) return;
      parts.push(...(await this.#try(part)));
    }
  }

  async #untilAllowed(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const allowedMs = this.#pausedReason === undefined ? this.#notBeforeMs : Infinity;
      if (allowedMs <= this.#tools.clock.now()) return;
      await this.#sleepUntil(allowedMs);
    }
  }

  /** Makes one attempt and settles what it decided. Answers with the batches that are to be tried next, the first one last. */
  async #try(part: readonly Item[]): Promise<readonly (readonly Item[])[]> {
    const { clock } = this.#tools;
    const startMs = clock.now();
    const result = await attempt(
      this.#connection,
      part.map(({ encoded }) => encoded),
      { clock, timeoutMs: attemptTimeoutMs, signal: this.#stop.signal },
    );
    if (this.#stop.signal.aborted && result.outcome.status === "retry") return [];
    const sorted = sortOutcomes(part, result);
    if (sorted.delivered.length > 0) this.#settleDelivered(sorted.delivered, clock.now() - startMs);
    for (const { item, why } of sorted.dead) this.#bury(item.position, item.encoded.eventId, why, item.view);
    if (sorted.retryReason)
      this.#backOff(sorted.retry.length, sorted.retryReason.reason, sorted.retryReason.retryAfterMs);
    if (sorted.blockedReason) this.pause(this.#pauseSentence(sorted.blockedReason));
    this.#answerFlushes();
    return [sorted.blocked, sorted.retry, ...sorted.smaller.toReversed()].filter((rest) => rest.length > 0);
  }

  #settleDelivered(items: readonly Item[], durationMs: number): void {
    const { spool, tally, announce } = this.#tools;
    const destinationId = this.#route.id;
    this.#failures = 0;
    this.#lastFailure = undefined;
    tally.delivered += spool.settle(
      destinationId,
      items.map(({ position }) => position),
    );
    announce("delivered", {
      destinationId,
      eventIds: items.map(({ encoded }) => encoded.eventId),
      durationMs,
    });
  }

  #backOff(events: number, reason: string, retryAfterMs: number | undefined): void {
    const { clock, random, tally, announce } = this.#tools;
    this.#failures += 1;
    this.#lastFailure = reason;
    tally.retries += 1;
    const delayMs = backoffMs(this.#failures, random(), retryAfterMs);
    this.#notBeforeMs = clock.now() + delayMs;
    announce("retried", { destinationId: this.#route.id, events, reason, delayMs });
  }

  #bury(position: number, eventId: string, why: Rejected, event: TraceEvent | undefined): void {
    const { spool, tally, announce, deadLetters, clock } = this.#tools;
    const destinationId = this.#route.id;
    const { code, reason, detail } = why;
    const settled = spool.settle(destinationId, [position]);
    if (settled === 0) return;
    tally.dead += settled;
    deadLetters.add({
      destinationId,
      eventId,
      code,
      reason,
      diedMs: clock.now(),
      ...(detail !== undefined && { detail }),
      ...(event && { event }),
    });
    announce("rejected", { destinationId, eventId, code, reason });
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
    const done = (position: number) => oldestPosition > position || this.#pausedReason !== undefined;
    for (const { position, resolve } of this.#flushWaiters) if (done(position)) resolve();
    this.#flushWaiters = this.#flushWaiters.filter(({ position }) => !done(position));
  }
}

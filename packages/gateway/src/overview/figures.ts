import { DDSketch } from "@datadog/sketches-js";
import type { TraceEvent } from "@tracecast/core";

/** Times within one percent and a half, in a few hundred numbers at most, however many are taken in; two can be put together. */
const newSketch = () => new DDSketch({ relativeAccuracy: 0.015 });

/** How long things took, in milliseconds; null where nothing did. */
export interface Percentiles {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** What the requests of a while come to. */
export interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly cancelled: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the requests whose cost is known; null where it is of none. */
  readonly costUsd: number | null;
  /** The part of it that was worked out from list prices. */
  readonly estimatedUsd: number;
  /** Of the requests that were answered whole. */
  readonly took: Percentiles;
  /** Of those that were streamed. */
  readonly firstToken: Percentiles;
}

/** Adds requests up. */
export class FigureSum {
  #requests = 0;
  #errors = 0;
  #cancelled = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #costUsd: number | null = null;
  #estimatedUsd = 0;
  #took: DDSketch | undefined;
  #firstToken: DDSketch | undefined;

  get requests(): number {
    return this.#requests;
  }

  add({ usage, cost, timing, error, cancelled }: TraceEvent): void {
    this.#requests += 1;
    this.#promptTokens += usage?.promptTokens ?? 0;
    this.#completionTokens += usage?.completionTokens ?? 0;
    if (cost?.totalUsd !== undefined) this.#costUsd = (this.#costUsd ?? 0) + cost.totalUsd;
    if (cost?.estimated) this.#estimatedUsd += cost.totalUsd ?? 0;
    if (error) this.#errors += 1;
    else if (cancelled) this.#cancelled += 1;
    else (this.#took ??= newSketch()).accept(Math.max(0, timing.endMs - timing.startMs));
    if (timing.firstTokenMs !== undefined)
      (this.#firstToken ??= newSketch()).accept(Math.max(0, timing.firstTokenMs - timing.startMs));
  }

  addAll(other: FigureSum): void {
    this.#requests += other.#requests;
    this.#errors += other.#errors;
    this.#cancelled += other.#cancelled;
    this.#promptTokens += other.#promptTokens;
    this.#completionTokens += other.#completionTokens;
    if (other.#costUsd !== null) this.#costUsd = (this.#costUsd ?? 0) + other.#costUsd;
    this.#estimatedUsd += other.#estimatedUsd;
    if (other.#took) (this.#took ??= newSketch()).merge(other.#took);
    if (other.#firstToken) (this.#firstToken ??= newSketch()).merge(other.#firstToken);
  }

  figures(): Figures {
    return {
      requests: this.#requests,
      errors: this.#errors,
      cancelled: this.#cancelled,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      costUsd: this.#costUsd,
      estimatedUsd: this.#estimatedUsd,
      took: percentilesOf(this.#took),
      firstToken: percentilesOf(this.#firstToken),
    };
  }
}

function percentilesOf(sketch: DDSketch | undefined): Percentiles {
  if (!sketch) return { p50Ms: null, p95Ms: null };
  const at = (quantile: number) => Math.round(sketch.getValueAtQuantile(quantile) * 10) / 10;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

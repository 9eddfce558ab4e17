import type { Json } from "@tracecast/core";

/** What traces and spans have in common, but for their content and project. Times are ISO 8601. What is undefined is unknown. */
export interface Row {
  /** UUIDv7. */
  readonly id: string;
  readonly name: string;
  readonly start_time: string;
  readonly end_time: string;
  readonly metadata?: Readonly<Record<string, Json | undefined>>;
  readonly tags?: readonly string[] | undefined;
  readonly error_info?: ErrorInfo | undefined;
  /** Milliseconds to the first token. */
  readonly ttft?: number | undefined;
}

/**
 * A trace as Opik takes it.
 * @see https://www.comet.com/docs/opik/reference/rest-api/traces/create-traces
 */
export interface TraceRow extends Row {
  /** Traces of one thread are shown as one conversation. */
  readonly thread_id?: string | undefined;
}

/**
 * A span as Opik takes it.
 * @see https://www.comet.com/docs/opik/reference/rest-api/spans/create-spans
 */
export interface SpanRow extends Row {
  readonly trace_id: string;
  readonly parent_span_id?: string | undefined;
  readonly type: "llm" | "general";
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  /** 32-bit integers. */
  readonly usage?: Readonly<Record<string, number>> | undefined;
  /** US dollars. */
  readonly total_estimated_cost?: number | undefined;
}

/** A failure; type and traceback may not be blank. */
export interface ErrorInfo {
  readonly exception_type: string;
  readonly message?: string | undefined;
  readonly traceback: string;
}

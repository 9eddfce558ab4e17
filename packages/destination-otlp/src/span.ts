import type { Attributes } from "./attributes.ts";

/**
 * A span before it is written.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
export interface Span {
  readonly place: SpanPlace;
  readonly name: string;
  readonly kind: typeof internal | typeof client;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly error?: SpanError;
  /** It is the same span for other requests of the trace; whether this request knows its name or lends it one. */
  readonly shared?: "named" | "unnamed";
}

/** Ids in lower-case hexadecimal. */
export interface SpanPlace {
  /** 32 digits. */
  readonly traceId: string;
  /** 16 digits. */
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** Why the call failed. */
export interface SpanError {
  readonly type: string;
  readonly message?: string;
}

/** A step inside a program. */
export const internal = 1;
/** A call to something else. */
export const client = 3;

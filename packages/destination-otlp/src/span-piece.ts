import { piece } from "@tracecast/core";
import type { Piece, TraceEvent } from "@tracecast/core";
import type { Dialect } from "./dialects/dialect.ts";
import type { Span } from "./span.ts";
import { spansOf } from "./spans.ts";
import { writeSpan } from "./write-span.ts";

/** A span ready to be sent; its key is its trace id and span id. */
export interface SpanPiece extends Piece {
  /** See {@link Span.shared}. */
  readonly shared?: "named" | "unnamed";
}

/** How much of an event one far end takes. */
export interface SpanLimits {
  /** All spans of one event together, in bytes. */
  readonly maxBytes: number;
  /** One text, in characters. */
  readonly maxTextLength: number;
}

/** Encodes an event as its spans. Where they are too large, their long texts are shortened until they are not. Pure. */
export function encodeSpans(event: TraceEvent, dialect: Dialect, limits: SpanLimits): readonly SpanPiece[] {
  const spans = spansOf(event, dialect);
  const { maxTextLength, maxBytes } = limits;
  let pieces = written(spans, maxTextLength);
  for (const length of [1_000_000, 200_000, 40_000, 8000, 1000, 100]) {
    if (bytesOf(pieces) <= maxBytes) break;
    if (length < maxTextLength) pieces = written(spans, length);
  }
  return pieces;
}

function written(spans: readonly Span[], maxTextLength: number): readonly SpanPiece[] {
  return spans.map((span) => {
    const { traceId, spanId } = span.place;
    const ready = piece(writeSpan(span, maxTextLength), `${traceId}:${spanId}`);
    return span.shared ? Object.assign(ready, { shared: span.shared }) : ready;
  });
}

const bytesOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { bytes }) => sum + bytes + 1, 0);

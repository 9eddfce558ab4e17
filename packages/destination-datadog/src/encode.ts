import { piece } from "@tracecast/core";
import type { Piece, TraceEvent } from "@tracecast/core";
import type { Span } from "./span.ts";
import { spansOf } from "./spans.ts";

// Source: dd-trace leaves the content of a larger span behind (llmobs/constants/writers.js); less, for the spans around it.
const maxSpanBytes = 5 * 1024 * 1024 - 16 * 1024;

/** Encodes an event as its spans, each under its own id. One that is too large leaves its content behind and says so in `cut`. */
export function encodeSpans(event: TraceEvent): readonly Piece[] {
  const pieces = spansOf(event).map(pieceOf);
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  return bytes <= maxSpanBytes ? pieces : spansOf(withoutContent(event)).map(pieceOf);
}

const pieceOf = (span: Span): Piece => piece(JSON.stringify(span), span.span_id);

function withoutContent(event: TraceEvent): TraceEvent {
  const { input: _input, output: _output, contentParameters: _parameters, ...rest } = event;
  return { ...rest, cut: [...(event.cut ?? []), "input", "output", "contentParameters"] };
}

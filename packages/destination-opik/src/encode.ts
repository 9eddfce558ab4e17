import { jsonFragment, piece } from "@tracecast/core";
import type { Json, Piece, TraceEvent } from "@tracecast/core";
import { generationOf, spanOf, traceOf } from "./rows.ts";

// What one event may have, with the trace and the generation both carrying its content.
const maxEventBytes = 4 * 1024 * 1024 - 16 * 1024;

/**
 * An event as a trace, its generation and, where it has a name for it, a span between them. The project is not in them: `send` knows it. An
 * event that is too large for a request leaves its content behind and says so in `cut`.
 */
export function encodeEvent(event: TraceEvent): readonly Piece[] {
  const pieces = piecesOf(event);
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  return bytes <= maxEventBytes ? pieces : piecesOf(withoutContent(event));
}

function piecesOf(event: TraceEvent): readonly Piece[] {
  const [trace, span, generation] = [traceOf(event), spanOf(event), generationOf(event)];
  const content = contentOf(event);
  return [
    piece(JSON.stringify(trace).slice(0, -1) + content, `traces ${trace.id}`),
    ...(span ? [piece(JSON.stringify(span), `spans ${span.id}`)] : []),
    piece(JSON.stringify(generation).slice(0, -1) + content, `spans ${generation.id}`),
  ];
}

/** Input and output as the last members of a row, in the shape that Opik shows as a conversation: `{ messages }`, `{ choices }`. */
function contentOf({ input, output }: TraceEvent): string {
  return `${member("input", "messages", input)}${member("output", "choices", output)}}`;
}

function member(name: string, list: string, value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  const text = jsonFragment(value);
  return `,"${name}":${Array.isArray(value) ? `{"${list}":${text}}` : text}`;
}

function withoutContent(event: TraceEvent): TraceEvent {
  const { input: _input, output: _output, contentParameters: _parameters, ...rest } = event;
  return { ...rest, cut: [...(event.cut ?? []), "input", "output", "contentParameters"] };
}

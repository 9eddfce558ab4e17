import { piece } from "@tracecast/core";
import type { Piece, TraceEvent } from "@tracecast/core";
import { rowJson } from "./row-json.ts";
import type { Row } from "./row.ts";
import { rowsOf } from "./rows.ts";
import { fittingJson } from "./shrink.ts";

/** A row ready to be sent; its key is the row's id. */
export interface RowPiece extends Piece {
  /** For a shared root whose request gave it no name: the same row without the stand-in for one. */
  readonly unnamed?: Piece;
}

// What stands around and between the rows of a request.
const envelopeBytes = 64;

/** Encodes an event as its rows. Pure. */
export function encodeRows(event: TraceEvent, maxBytes: number): readonly RowPiece[] {
  const { root, span, generation } = rowsOf(event);
  const wrappers = [
    ...(root ? [rootPiece(event, root)] : []),
    ...(span ? [piece(rowJson(span), span.id)] : []),
  ];
  const taken = wrappers.reduce((bytes, { bytes: more }) => bytes + more, envelopeBytes);
  return [...wrappers, piece(fittingJson(generation, maxBytes - taken), generation.id)];
}

function rootPiece(event: TraceEvent, root: Row): RowPiece {
  const named = piece(rowJson(root), root.id);
  const isShared = event.trace.traceId !== undefined;
  if (!isShared || event.trace.traceName !== undefined) return named;
  const unnamed = piece(rowJson({ ...root, span_attributes: { type: "task" } }), root.id);
  return Object.assign(named, { unnamed });
}

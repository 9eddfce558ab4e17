import type { Fate } from "../api.ts";

/** What a destination got of a trace. */
export interface Sent {
  readonly fate: Fate;
  /** It was made without content. */
  readonly private: boolean;
  readonly pieces: readonly Piece[];
  /** Why nothing could be made of the trace. */
  readonly failure?: string;
}

/** One row, span or line of a request. */
export interface Piece {
  /** What it is stored under. */
  readonly key?: string;
  readonly bytes: number;
  readonly json?: unknown;
  /** What it says, where that is no JSON. */
  readonly text?: string;
}

import type { TraceEvent } from "@tracecast/core";
import type { Attributes } from "../attributes.ts";

/** What a far end wants to be told in its own terms. The conventions' own attributes go to every one. */
export interface Dialect {
  /** On each span: the trace's name, who, which session, tags, custom metadata. */
  readonly grouping: (event: TraceEvent) => Attributes;
  /** On the generation: the messages, and what else only this far end has a name for. */
  readonly generation: (event: TraceEvent) => Attributes;
  /** On a root or a named span: what tells it from a generation. */
  readonly wrapper?: Attributes;
}

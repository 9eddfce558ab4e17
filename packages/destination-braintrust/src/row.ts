import type { Json, JsonObject } from "@tracecast/core";
import type { Metrics } from "./metrics.ts";

/**
 * A row of Braintrust's project logs, as far as Tracecast writes it. What is undefined is not written.
 * @see https://www.braintrust.dev/docs/api-reference, "Insert project logs events"
 */
export interface Row {
  /** The key inside the project: a second row of one id overwrites or merges. */
  readonly id: string;
  readonly span_id: string;
  readonly root_span_id: string;
  /** The span id of the parent; empty for a root. */
  readonly span_parents: readonly string[];
  /** Merge into what is there: a resend changes nothing, and what people added since stays. */
  readonly _is_merge: true;
  /** ISO 8601. */
  readonly created: string;
  readonly span_attributes: { readonly name?: string; readonly type: "llm" | "task" };
  readonly input?: Json | undefined;
  readonly output?: Json | undefined;
  readonly error?: string | undefined;
  readonly metadata: JsonObject;
  /** Root rows only: the API refuses tags elsewhere. */
  readonly tags?: readonly string[] | undefined;
  readonly metrics?: Metrics | undefined;
  readonly context?: JsonObject | undefined;
}

/** Where the rows of one event stand in their trace. */
export interface Placement {
  readonly rootSpanId: string;
  /** Absent where the trace's root is not ours to write. */
  readonly root?: RowPlace;
  readonly span?: RowPlace;
  readonly generation: RowPlace;
  /** The root belongs to this one request, so that figures of the request may stand on it. */
  readonly ownsRoot: boolean;
}

/** A row's key and its place among the spans. */
export interface RowPlace {
  readonly id: string;
  readonly spanId: string;
  readonly parents: readonly string[];
}

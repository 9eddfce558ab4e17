import { jsonText } from "../attributes.ts";
import type { Dialect } from "./dialect.ts";
import { groupingAttributes } from "./grouping.ts";

/**
 * Weave's own names: threads from sessions, and the messages where its table of attributes looks first.
 * @see https://docs.wandb.ai/weave/guides/tracking/otel, "Attribute reference"
 */
export const weaveDialect: Dialect = {
  grouping: (event) =>
    groupingAttributes(event, {
      metadata: "trace.metadata.",
      traceName: "trace.name",
      tags: "trace.tags",
    }),
  generation: (event) => ({
    "weave.span.kind": "llm",
    "wandb.thread_id": event.sessionId,
    "wandb.is_turn": event.sessionId === undefined ? undefined : true,
    "gen_ai.prompt": jsonText(event.input, "messages"),
    "gen_ai.completion": jsonText(event.output, "choices"),
  }),
};

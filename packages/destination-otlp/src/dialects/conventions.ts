import { jsonText } from "../attributes.ts";
import { inputMessages, outputMessages } from "../genai-messages.ts";
import type { Dialect } from "./dialect.ts";
import { groupingAttributes } from "./grouping.ts";
import type { GroupingNames } from "./grouping.ts";

/** The GenAI conventions and nothing else; the fields that group traces stand under the given names. */
export function conventionsWith(names: GroupingNames): Dialect {
  return {
    grouping: (event) => groupingAttributes(event, names),
    generation: ({ input, output }) => ({
      "gen_ai.input.messages": jsonText(input && inputMessages(input)),
      "gen_ai.output.messages": jsonText(output && outputMessages(output)),
    }),
  };
}

/**
 * What a collector and whatever stands behind it is told: the GenAI conventions, and `trace.*` for what groups traces.
 * @see https://openrouter.ai/docs/guides/features/broadcast/otel-collector
 */
export const conventions: Dialect = conventionsWith({
  metadata: "trace.metadata.",
  traceName: "trace.name",
  tags: "trace.tags",
});

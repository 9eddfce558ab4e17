import { isJsonObject } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import type { FilterField } from "./filter-rules.ts";

/** What rules can ask of an event. A field may have several values, such as the model that was asked for and the one that answered; or none. */
export type EventFacts = (field: FilterField) => readonly (string | number)[];

// A text is searched while the caller of `publish` waits.
const maxTextLength = 1_000_000;

/** The facts of an event; each is worked out when it is first asked for, and once. */
export function factsOf(event: TraceEvent): EventFacts {
  const known = new Map<FilterField, readonly (string | number)[]>();
  return (field) => {
    const found =
      known.get(field) ?? readers[field](event).filter((value) => value !== undefined && value !== "");
    known.set(field, found as readonly (string | number)[]);
    return found as readonly (string | number)[];
  };
}

type Reader = (event: TraceEvent) => readonly (string | number | undefined)[];

const readers: Readonly<Record<FilterField, Reader>> = {
  model: ({ model }) => [model.requested, model.resolved],
  provider: ({ provider }) => [provider],
  session_id: ({ sessionId }) => [sessionId],
  user_id: ({ user }) => [user],
  api_key_name: ({ apiKey }) => [apiKey?.name],
  finish_reason: ({ finishReason }) => [finishReason?.normalized, finishReason?.native],
  input: ({ input }) => [contentText(input)],
  output: ({ output }) => [contentText(output)],
  total_cost: ({ cost }) => [cost?.totalUsd],
  total_tokens: ({ usage }) => [usage?.totalTokens],
  prompt_tokens: ({ usage }) => [usage?.promptTokens],
  completion_tokens: ({ usage }) => [usage?.completionTokens],
};

// What tells the parts of a message apart, and is not said by anybody.
const structure: ReadonlySet<string> = new Set([
  "role",
  "type",
  "id",
  "tool_call_id",
  "finish_reason",
  "native_finish_reason",
]);

/** Everything that is said in a content, a line each: texts, reasoning, names and arguments of tools. At most a million characters of it. */
export function contentText(content: Json | undefined): string {
  const texts: string[] = [];
  let left = maxTextLength;
  const collect = (value: Json | undefined): void => {
    if (left <= 0) return;
    if (typeof value === "string") {
      texts.push(value.slice(0, left));
      left -= value.length + 1;
    } else if (Array.isArray(value)) (value as readonly Json[]).forEach(collect);
    else if (isJsonObject(value))
      for (const key of Object.keys(value)) if (!structure.has(key)) collect(value[key]);
  };
  collect(content);
  return texts.join("\n");
}

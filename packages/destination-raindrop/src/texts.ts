import { isJsonObject, jsonFragment } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/** What the user said last: the latest message of the role `user`, else the whole input. */
export function questionIn(input: Json | undefined): string | undefined {
  if (input === undefined || input === null) return undefined;
  const question = objectsIn(input).findLast(({ role }) => role === "user");
  return textOf(question?.["content"] ?? input);
}

/** What the model said: the text of each choice, else its refusal, else the tools it called; else the whole output. */
export function answerIn(output: Json | undefined): string | undefined {
  if (output === undefined || output === null) return undefined;
  const answers = objectsIn(output).flatMap(({ message, text }) => {
    const { content, refusal, tool_calls: calls } = isJsonObject(message) ? message : { content: text };
    return content ?? refusal ?? calls ?? [];
  });
  return answers.length > 0 ? answers.map(textOf).join("\n\n") : textOf(output);
}

function objectsIn(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

/** A text as it is, the text parts of a content a line each, anything else as JSON. */
function textOf(content: Json): string {
  if (typeof content === "string") return content;
  const texts = objectsIn(content).flatMap(({ text }) => (typeof text === "string" ? [text] : []));
  return texts.length > 0 ? texts.join("\n") : jsonFragment(content);
}

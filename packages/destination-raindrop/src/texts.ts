import { isJsonObject, jsonFragment } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/** What the user said last: the latest message of the role `user`, else the whole input. */
export function questionIn(input: Json | undefined): string | undefined {
  if (input === undefined || input === null) return undefined;
  const question = objectsIn(input).findLast(({ role }) => role === "user");
  return textOf(question?.["content"] ?? input);
}

/** What the model was told to be: the messages of the roles `system` and `developer`. */
export function systemPromptIn(input: Json | undefined): string | undefined {
  const told = objectsIn(input).filter(({ role }) => role === "system" || role === "developer");
  return joined(told.map(({ content }) => content));
}

/** What the model said: of each choice its text, its refusal, what it spoke, and the tools it called; else the whole output. */
export function answerIn(output: Json | undefined): string | undefined {
  if (output === undefined || output === null) return undefined;
  const answers = objectsIn(output).flatMap(({ message, text }) => {
    const said: JsonObject = isJsonObject(message) ? message : { content: text };
    const { content, refusal, audio, tool_calls: calls } = said;
    return [content, refusal, isJsonObject(audio) ? audio["transcript"] : undefined, calls];
  });
  return joined(answers) ?? textOf(output);
}

/** What the model thought, as far as its provider says so. */
export function reasoningIn(output: Json | undefined): string | undefined {
  return joined(
    objectsIn(output).map(({ message }) => (isJsonObject(message) ? message["reasoning"] : undefined)),
  );
}

/** Those that say something, a paragraph each; nothing where none does. */
function joined(parts: readonly (Json | undefined)[]): string | undefined {
  const texts = parts.flatMap((part) => (part === undefined || part === null ? [] : [textOf(part)]));
  return texts.length > 0 ? texts.join("\n\n") : undefined;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

/** A text as it is, the text parts of a content a line each, anything else as JSON. */
function textOf(content: Json): string {
  if (typeof content === "string") return content;
  const texts = objectsIn(content).flatMap(({ text }) => (typeof text === "string" ? [text] : []));
  return texts.length > 0 ? texts.join("\n") : jsonFragment(content);
}

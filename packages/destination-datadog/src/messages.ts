import { isJsonObject, jsonFragment, parseJson } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";
import type { Exchange, Message, ToolCall } from "./span.ts";

/** What was asked: messages where it is a list of them, else a text. */
export function exchangeOfInput(input: Json): Exchange {
  return isListOfObjects(input) ? { messages: input.map(messageOf) } : { value: textOf(input) };
}

/** What was answered: the message of each choice, its reasoning before it. */
export function exchangeOfOutput(output: Json): Exchange {
  if (!isListOfObjects(output)) return { value: textOf(output) };
  return {
    messages: output.flatMap(({ message, text }) => {
      const said = isJsonObject(message) ? message : { content: text };
      const { reasoning } = said;
      const thought =
        typeof reasoning === "string" && reasoning !== "" ? [{ role: "reasoning", content: reasoning }] : [];
      return [...thought, messageOf({ role: "assistant", ...said })];
    }),
  };
}

function messageOf(message: JsonObject): Message {
  const { role, tool_calls: calls, tool_call_id: toolId } = message;
  return {
    role: typeof role === "string" ? role : "",
    content: saidIn(message),
    ...(isListOfObjects(calls) && { tool_calls: calls.map(toolCallOf) }),
    ...(typeof toolId === "string" && { tool_id: toolId }),
  };
}

/** All that a message says, a line each: its content, its refusal, and what was spoken. */
function saidIn({ content, refusal, audio }: JsonObject): string {
  const transcript = isJsonObject(audio) ? audio["transcript"] : undefined;
  return [content, refusal, transcript]
    .filter((said) => said !== undefined && said !== null && said !== "")
    .map(textOf)
    .join("\n");
}

function toolCallOf({ id, type, function: called }: JsonObject): ToolCall {
  const { name, arguments: given } = isJsonObject(called) ? called : {};
  const parsed = typeof given === "string" ? parseJson(given) : given;
  return {
    name: typeof name === "string" ? name : "",
    arguments: isJsonObject(parsed) ? parsed : { value: given ?? null },
    tool_id: typeof id === "string" ? id : undefined,
    type: typeof type === "string" ? type : undefined,
  };
}

/** Datadog takes texts only: the text parts of a content, a line each, and anything else as JSON. */
function textOf(content: Json | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  if (!isListOfObjects(content)) return jsonFragment(content);
  return content
    .map((part) => (typeof part["text"] === "string" ? part["text"] : jsonFragment(part)))
    .join("\n");
}

function isListOfObjects(value: Json | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every(isJsonObject);
}

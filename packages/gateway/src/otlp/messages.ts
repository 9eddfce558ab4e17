import { isJsonObject, parseJson } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/**
 * Messages of the GenAI conventions (`{ role, parts }`) as a chat has them. What is not such a list stays as it is.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
export function chatMessages(value: Json): Json {
  return Array.isArray(value) ? (value as readonly Json[]).map(chatMessage) : value;
}

/** Answers of the conventions as the choices of a chat. */
export function chatChoices(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return (value as readonly Json[]).map((message, index) => ({
    index,
    finish_reason: (isJsonObject(message) ? message["finish_reason"] : undefined) ?? null,
    message: chatMessage(message),
  }));
}

function chatMessage(message: Json): Json {
  if (!isJsonObject(message) || !Array.isArray(message["parts"])) return message;
  const parts = (message["parts"] as readonly Json[]).filter(isJsonObject);
  const ofType = (type: string) => parts.filter((part) => part["type"] === type);
  const texts = ofType("text").map(textOf);
  const reasoning = ofType("reasoning").map(textOf);
  const calls = ofType("tool_call").map(toolCall);
  const [answer] = ofType("tool_call_response");
  const others = parts.filter(({ type }) => typeof type !== "string" || !known.has(type));
  const content: Json =
    others.length > 0
      ? [...texts.map((text) => ({ type: "text", text })), ...others]
      : answer
        ? (answer["response"] ?? answer["result"] ?? null)
        : texts.length > 0
          ? texts.join("\n")
          : null;
  return {
    role: message["role"] ?? "user",
    content,
    ...(reasoning.length > 0 && { reasoning: reasoning.join("\n") }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(answer?.["id"] !== undefined && { tool_call_id: answer["id"] }),
  };
}

const known = new Set(["text", "reasoning", "tool_call", "tool_call_response"]);

const textOf = ({ content }: JsonObject): string =>
  typeof content === "string" ? content : JSON.stringify(content ?? "");

function toolCall({ id, name, arguments: given }: JsonObject): JsonObject {
  const text = typeof given === "string" ? given : JSON.stringify(given ?? {});
  return {
    ...(id !== undefined && { id }),
    type: "function",
    function: { name: name ?? "", arguments: text },
  };
}

/** What OpenRouter's Broadcast puts into `gen_ai.prompt`: `{ messages }`. */
export function promptMessages(text: string): Json {
  const value = parseJson(text);
  if (value === undefined) return text;
  return isJsonObject(value) && value["messages"] !== undefined ? value["messages"] : value;
}

/** What OpenRouter's Broadcast puts into `gen_ai.completion`: `{ completion, reasoning, toolCalls }`. */
export function completionChoices(text: string, finishReason: string | undefined): Json {
  const value = parseJson(text);
  if (value === undefined || !isJsonObject(value)) return text;
  if (!("completion" in value)) return value;
  const { completion, reasoning, toolCalls } = value;
  const message = {
    role: "assistant",
    content: completion ?? null,
    ...(typeof reasoning === "string" && { reasoning }),
    ...(Array.isArray(toolCalls) && toolCalls.length > 0 && { tool_calls: toolCalls as Json }),
  };
  return [{ index: 0, finish_reason: finishReason ?? null, message }];
}

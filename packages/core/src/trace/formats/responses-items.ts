import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";

/** The chat message that an item of the input stands for. What a chat has no message for stays as it is. */
export function itemMessages(item: Json): readonly Json[] {
  if (!isJsonObject(item)) return [item];
  const { type, role, content } = item;
  if (type === "function_call") return [{ role: "assistant", content: null, tool_calls: [toolCall(item)] }];
  if (type === "function_call_output")
    return [{ role: "tool", tool_call_id: item["call_id"] ?? null, content: item["output"] ?? null }];
  if (type === "reasoning") return [{ role: "assistant", content: null, reasoning: summaryOf(item) }];
  if (typeof role !== "string") return [item];
  return [
    {
      role,
      content: Array.isArray(content) ? (content as readonly Json[]).map(chatPart) : (content ?? null),
    },
  ];
}

/** What the model said, as one message of a chat. An item that a chat has no place for is kept under `other`. */
export function answerMessage(items: readonly Json[]): JsonObject {
  const texts: string[] = [];
  const refusals: string[] = [];
  const thoughts: string[] = [];
  const calls: Json[] = [];
  const other: Json[] = [];
  for (const item of items) {
    const type = isJsonObject(item) ? item["type"] : undefined;
    if (type === "message" && isJsonObject(item)) {
      for (const part of partsOf(item)) {
        if (typeof part["text"] === "string") texts.push(part["text"]);
        else if (typeof part["refusal"] === "string") refusals.push(part["refusal"]);
        else other.push(part);
      }
    } else if (type === "function_call" && isJsonObject(item)) calls.push(toolCall(item));
    else if (type === "reasoning" && isJsonObject(item)) thoughts.push(summaryOf(item));
    else other.push(item);
  }
  const reasoning = thoughts.filter(Boolean).join("\n\n");
  return {
    role: "assistant",
    content: texts.length > 0 ? texts.join("") : null,
    ...(refusals.length > 0 && { refusal: refusals.join("") }),
    ...(reasoning && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(other.length > 0 && { other }),
  };
}

const partsOf = ({ content }: JsonObject): readonly JsonObject[] =>
  Array.isArray(content) ? (content as readonly Json[]).filter(isJsonObject) : [];

const toolCall = ({ call_id: id, name, arguments: text }: JsonObject): Json => ({
  id: id ?? null,
  type: "function",
  function: { name: name ?? null, arguments: text ?? "" },
});

/** What is shown of the model's reasoning. The encrypted whole of it says nothing to anybody else. */
function summaryOf({ summary, content }: JsonObject): string {
  const parts = [summary, content].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  return parts
    .flatMap((part) => (isJsonObject(part) && typeof part["text"] === "string" ? part["text"] : []))
    .join("\n\n");
}

function chatPart(part: Json): Json {
  if (!isJsonObject(part)) return part;
  const { type, text } = part;
  return (type === "input_text" || type === "output_text") && typeof text === "string"
    ? { type: "text", text }
    : part;
}

import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";

/** The chat messages that one of Anthropic's messages stands for: answers of tools are messages of their own there. */
export function chatMessages(message: Json): readonly Json[] {
  if (!isJsonObject(message) || !Array.isArray(message["content"])) return [message];
  const blocks = message["content"] as readonly Json[];
  if (message["role"] === "assistant") return [assistantMessage(blocks)];
  const messages: Json[] = [];
  let said: Json[] = [];
  const flush = () => {
    if (said.length > 0) messages.push({ ...message, content: said });
    said = [];
  };
  for (const block of blocks) {
    if (isJsonObject(block) && block["type"] === "tool_result") {
      flush();
      messages.push(toolMessage(block));
    } else said.push(plain(block));
  }
  flush();
  return messages;
}

/** What the model said, as one message of a chat. A block that a chat has no place for is kept under `other`. */
export function assistantMessage(blocks: readonly Json[]): JsonObject {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: Json[] = [];
  const other: Json[] = [];
  for (const block of blocks) {
    const { type, text, thinking } = isJsonObject(block) ? block : {};
    if (type === "text" && typeof text === "string") texts.push(text);
    else if (type === "thinking" && typeof thinking === "string") thoughts.push(thinking);
    else if (type === "tool_use" && isJsonObject(block)) calls.push(toolCall(block));
    else if (type !== "redacted_thinking") other.push(block);
  }
  return {
    role: "assistant",
    content: texts.length > 0 ? texts.join("") : null,
    ...(thoughts.length > 0 && { reasoning: thoughts.join("\n\n") }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(other.length > 0 && { other }),
  };
}

const toolCall = ({ id, name, input }: JsonObject): Json => ({
  id: id ?? null,
  type: "function",
  function: {
    name: name ?? null,
    arguments: typeof input === "string" ? input : JSON.stringify(input ?? {}),
  },
});

const toolMessage = ({ tool_use_id: id, content, is_error: failed }: JsonObject): Json => ({
  role: "tool",
  tool_call_id: id ?? null,
  content: Array.isArray(content) ? (content as readonly Json[]).map(plain) : (content ?? null),
  ...(failed === true && { is_error: true }),
});

/** A block without the marks that say what is to be cached. */
function plain(block: Json): Json {
  if (!isJsonObject(block)) return block;
  const { cache_control: _, ...rest } = block;
  return rest;
}

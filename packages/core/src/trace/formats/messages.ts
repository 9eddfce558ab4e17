import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import { finishReasonOf } from "../finish-reason.ts";
import { costOf } from "../usage.ts";
import type { OperationFormat } from "./format.ts";
import { assistantMessage, chatMessages } from "./messages-blocks.ts";
import { foldMessagesStream } from "./messages-stream.ts";
import { messagesUsage } from "./messages-usage.ts";

/**
 * Anthropic's messages. Blocks become what a chat has for them: texts, tool calls, answers of tools, reasoning.
 * @see https://docs.anthropic.com/en/api/messages
 */
export const messagesFormat: OperationFormat = {
  inputFields: ["system", "messages"],
  input({ system, messages }) {
    const list = Array.isArray(messages) ? (messages as readonly Json[]) : undefined;
    const said = list?.flatMap(chatMessages) ?? messages;
    if (system === undefined || system === null) return said;
    return [{ role: "system", content: system }, ...(Array.isArray(said) ? (said as readonly Json[]) : [])];
  },
  user: ({ metadata }) => (isJsonObject(metadata) ? metadata["user_id"] : undefined),
  read: (answer) => ({
    output: outputOf(answer),
    usage: messagesUsage(answer["usage"]),
    cost: costOf(answer["usage"]),
    finishReason: reasonOf(answer),
  }),
  fold: foldMessagesStream,
};

const reasonOf = ({ stop_reason: reason }: JsonObject) => finishReasonOf(undefined, reason);

function outputOf(answer: JsonObject): Json | undefined {
  const { content } = answer;
  if (!Array.isArray(content)) return undefined;
  const reason = reasonOf(answer);
  const message = assistantMessage(content as readonly Json[]);
  return [{ index: 0, finish_reason: reason?.normalized ?? reason?.native ?? null, message }];
}

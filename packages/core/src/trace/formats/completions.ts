import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import { foldChatStream } from "../chat-stream.ts";
import { readChatAnswer } from "./chat.ts";
import type { OperationFormat } from "./format.ts";

/**
 * Legacy completions: a prompt in, texts out. Told as a chat whose messages are the texts.
 * @see https://platform.openai.com/docs/api-reference/completions
 */
export const completionsFormat: OperationFormat = {
  inputFields: ["prompt"],
  input: (request) => request["prompt"],
  read: (answer) => readChatAnswer(withChoices(answer, "message")),
  fold: (chunks) =>
    foldChatStream(
      chunks.map(({ atMs, data }) => ({
        atMs,
        data: isJsonObject(data) ? withChoices(data, "delta") : data,
      })),
    ),
};

/** The same with each text where a chat has it. */
function withChoices(body: JsonObject, place: "message" | "delta"): JsonObject {
  const { choices } = body;
  if (!Array.isArray(choices)) return body;
  return { ...body, choices: (choices as readonly Json[]).map((choice) => withMessage(choice, place)) };
}

function withMessage(choice: Json, place: "message" | "delta"): Json {
  if (!isJsonObject(choice) || typeof choice["text"] !== "string") return choice;
  const { text, ...rest } = choice;
  return { ...rest, [place]: { role: "assistant", content: text } };
}

import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import { isError } from "../call-error.ts";
import { foldChatStream } from "../chat-stream.ts";
import { finishReasonOf } from "../finish-reason.ts";
import { costOf, usageOf } from "../usage.ts";
import type { AnswerFacts, OperationFormat } from "./format.ts";

/** Chat completions, as OpenAI, OpenRouter and those who follow them write them. */
export const chatFormat: OperationFormat = {
  inputFields: ["messages"],
  input: (request) => request["messages"],
  read: readChatAnswer,
  fold: foldChatStream,
};

/** Reads what has choices. */
export function readChatAnswer({ choices, usage, error }: JsonObject): AnswerFacts {
  const list = Array.isArray(choices) ? (choices as readonly Json[]) : [];
  const first = isJsonObject(list[0]) ? list[0] : {};
  return {
    output: Array.isArray(choices) && list.length === 0 ? undefined : choices,
    usage: usageOf(usage),
    cost: costOf(usage),
    finishReason: finishReasonOf(first["finish_reason"], first["native_finish_reason"]),
    // OpenRouter may say it in a choice.
    error: isError(error)
      ? error
      : list.map((choice) => (isJsonObject(choice) ? choice["error"] : undefined)).find(isError),
  };
}

import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { TraceEvent } from "../event.ts";
import { finishReasonOf } from "../finish-reason.ts";
import { costOf, usageOf } from "../usage.ts";
import type { OperationFormat } from "./format.ts";
import { answerMessage, itemMessages } from "./responses-items.ts";
import { foldResponsesStream } from "./responses-stream.ts";

/**
 * OpenAI's responses. Items become what a chat has for them: messages, tool calls, answers of tools, reasoning.
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const responsesFormat: OperationFormat = {
  inputFields: ["instructions", "input"],
  input({ instructions, input }) {
    const said = Array.isArray(input) ? (input as readonly Json[]).flatMap(itemMessages) : saidAsText(input);
    if (instructions === undefined || instructions === null) return said;
    return [{ role: "system", content: instructions }, ...(Array.isArray(said) ? said : [])];
  },
  read: (answer) => ({
    output: outputOf(answer),
    usage: responsesUsage(answer["usage"]),
    cost: costOf(answer["usage"]),
    finishReason: reasonOf(answer),
  }),
  fold: foldResponsesStream,
};

function saidAsText(input: Json | undefined): readonly Json[] | undefined {
  return input === undefined || input === null ? undefined : [{ role: "user", content: input }];
}

function outputOf(answer: JsonObject): Json | undefined {
  const { output } = answer;
  if (!Array.isArray(output) || output.length === 0) return undefined;
  const reason = reasonOf(answer);
  const message = answerMessage(output as readonly Json[]);
  return [{ index: 0, finish_reason: reason?.normalized ?? reason?.native ?? null, message }];
}

/** Why it ended: what was wrong if it is incomplete, `tool_calls` where it waits for tools, else its status. */
function reasonOf({ status, incomplete_details: details, output }: JsonObject): TraceEvent["finishReason"] {
  if (isJsonObject(details) && typeof details["reason"] === "string")
    return finishReasonOf(undefined, details["reason"]);
  const calls = Array.isArray(output) && (output as readonly Json[]).some(isFunctionCall);
  if (status === "completed" && calls) return finishReasonOf("tool_calls", status);
  if (status === "failed") return finishReasonOf("error", status);
  return status === "in_progress" || status === "queued" ? undefined : finishReasonOf(undefined, status);
}

const isFunctionCall = (item: Json): boolean => isJsonObject(item) && item["type"] === "function_call";

function responsesUsage(raw: Json | undefined) {
  if (!isJsonObject(raw)) return undefined;
  return usageOf({
    prompt_tokens: raw["input_tokens"],
    completion_tokens: raw["output_tokens"],
    total_tokens: raw["total_tokens"],
    prompt_tokens_details: raw["input_tokens_details"],
    completion_tokens_details: raw["output_tokens_details"],
  });
}

import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/** What the demo provider says, word by word, and what it charges for it. */
export interface DemoAnswer {
  readonly id: string;
  readonly model: string;
  readonly words: readonly string[];
  readonly usage: JsonObject;
}

// Demo prices in USD per token; nobody is charged.
const inputPrice = 2.5e-6;
const outputPrice = 10e-6;

const text =
  "This is the demo provider of Tracecast: no model was asked. A trace keeps what was said, who said it, how long it took and what it cost, " +
  "so that a surprising answer can be looked at after the fact instead of being guessed at.";

/** Makes an answer to a chat request. Tokens are estimated at four characters each. */
export function demoAnswer(request: JsonObject, id: string): DemoAnswer {
  const model = typeof request["model"] === "string" ? request["model"] : "tracecast/demo";
  const promptTokens = tokensIn(JSON.stringify(request["messages"]));
  const completionTokens = tokensIn(text);
  const promptCost = round(promptTokens * inputPrice);
  const completionCost = round(completionTokens * outputPrice);
  const total = round(promptCost + completionCost);
  return {
    id,
    model,
    words: text.split(/(?<= )/),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
      cost: total,
      is_byok: false,
      cost_details: {
        upstream_inference_cost: total,
        upstream_inference_prompt_cost: promptCost,
        upstream_inference_completions_cost: completionCost,
      },
    },
  };
}

/** The answer in one piece. */
export function wholeAnswer({ id, model, words, usage }: DemoAnswer): JsonObject {
  return {
    ...head(id, model, "chat.completion"),
    choices: [choice({ message: { role: "assistant", content: words.join(""), refusal: null } }, "stop")],
    usage,
  };
}

/** The answer as the chunks of a stream, usage in the last one. */
export function streamedAnswer({ id, model, words, usage }: DemoAnswer): readonly JsonObject[] {
  const chunk = head(id, model, "chat.completion.chunk");
  return [
    ...words.map((content) => ({
      ...chunk,
      choices: [choice({ delta: { role: "assistant", content } }, null)],
    })),
    { ...chunk, choices: [choice({ delta: { role: "assistant", content: "" } }, "stop")], usage },
  ];
}

/** What is wrong with a request, in the shape that OpenAI clients read; `undefined` where nothing is. */
export function complaintAbout(request: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(request)) return complaint("The body is not a JSON object.");
  if (!Array.isArray(request["messages"])) return complaint("`messages` must be a list.");
  return undefined;
}

const complaint = (message: string): JsonObject => ({
  error: { message, type: "invalid_request_error", code: 400 },
});

function head(id: string, model: string, object: string): JsonObject {
  return { id, object, created: Math.floor(Date.now() / 1000), model, provider: "Tracecast demo" };
}

function choice(said: JsonObject, reason: string | null): JsonObject {
  return { index: 0, ...said, finish_reason: reason, native_finish_reason: reason };
}

const tokensIn = (value: string): number => Math.max(1, Math.round(value.length / 4));
const round = (usd: number): number => Number(usd.toFixed(10));

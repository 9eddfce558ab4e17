import {
  customHeaders,
  defineDestination,
  isJsonObject,
  outcomeOf,
  parseJson,
  secret,
} from "@tracecast/core";
import type { Destination, HttpResult, Outcome, TestResult } from "@tracecast/core";
import { z } from "zod";
import { encodeEvent } from "./encode.ts";

const earlier = "Raindrop is told of the last question only, not of what was said before it.";

/**
 * The Raindrop destination: each event becomes one `llm_generation`, with the user's last words and the model's answer.
 * @see https://www.raindrop.ai/docs/sdk/http-api
 */
export const raindrop: Destination = defineDestination({
  type: "raindrop",
  name: "Raindrop",
  docsUrl: "https://www.raindrop.ai/docs",
  config: z.object({
    writeKey: secret().meta({ title: "Write Key", description: "The write key from the Raindrop settings." }),
    baseUrl: z
      .url({ protocol: /^https?$/, error: "must be a URL such as https://api.raindrop.ai" })
      .overwrite((url) => url.replace(/\/+$/, ""))
      .default("https://api.raindrop.ai")
      .meta({ title: "Base Url" }),
    headers: customHeaders(),
  }),
  // Source: the vendor's SDK sends 50 events at once. Of a request's bytes nothing is said; an event may have 1 MB.
  limits: { maxPieces: 50, maxBytes: 4 * 1024 * 1024 },
  // An interaction is one question and one answer, as text. Source: https://www.raindrop.ai/docs/core-concepts
  notCarried: {
    "input.assistant": earlier,
    "input.tool": earlier,
    "input.tool_calls": earlier,
    "input.name": "Raindrop has no place for the names of a chat's participants.",
    "input.image": "Raindrop is told of the texts of a question, not of pictures by their address.",
    "output.reasoning_details":
      "Raindrop is told of reasoning as text, without the provider's signed or encrypted details.",
    "output.annotations": "Raindrop has no place for the citations of an answer.",
    "output.logprobs": "Raindrop has no place for the log probabilities of tokens.",
  },
  connect({ writeKey, baseUrl, headers: custom }, { http }) {
    const headers = { ...custom, authorization: `Bearer ${writeKey}`, "content-type": "application/json" };
    const track = (body: string, signal: AbortSignal) =>
      http.request({ url: `${baseUrl}/v1/events/track`, method: "POST", headers, body, signal });
    return {
      // No events at all: Raindrop documents no other way to ask about a key, nor what it answers to this.
      test: async (signal) => verdict(await track("[]", signal), baseUrl),
      encode: (event) => [encodeEvent(event)],
      async send(batch, signal) {
        const events = batch.flatMap(({ pieces }) => pieces.map(({ json }) => json));
        return { outcome: judge(await track(`[${events.join(",")}]`, signal)) };
      },
    };
  },
});

/** A success is 204, says the documentation, or JSON, says the vendor's SDK. Anything else is another host's. */
function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status !== "delivered" || result.kind === "failure") return outcome;
  if (result.status === 204 || isJsonObject(parseJson(result.body))) return outcome;
  return {
    status: "rejected",
    code: "misconfigured",
    reason: `${result.host} does not answer as Raindrop does`,
  };
}

function verdict(result: HttpResult, baseUrl: string): TestResult {
  const outcome = judge(result);
  const fail = (message: string): TestResult => ({ ok: false, message });
  if (outcome.status === "delivered") return { ok: true, message: "Raindrop takes events with this key." };
  if (outcome.status === "retry") {
    return fail(
      `${outcome.reason}, so the key could not be checked; check the Base Url or try again in a while.`,
    );
  }
  if (outcome.code === "unauthorized")
    return fail("Raindrop does not know this key; paste the Write Key again.");
  if (outcome.code === "invalid")
    return { ok: true, message: "Raindrop answered and did not refuse this key." };
  return fail(`${new URL(baseUrl).host} does not answer as Raindrop does; check the Base Url (${baseUrl}).`);
}

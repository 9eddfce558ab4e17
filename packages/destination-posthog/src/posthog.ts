import {
  customHeaders,
  defineDestination,
  isJsonObject,
  outcomeOf,
  parseJson,
  requestBody,
  secret,
} from "@tracecast/core";
import type { Destination, HttpResult, Outcome } from "@tracecast/core";
import { z } from "zod";
import { testConnection } from "./connection-test.ts";
import { encodeEvent } from "./event-json.ts";

/**
 * The PostHog destination: each event becomes one `$ai_generation`, or `$ai_embedding`, of a project.
 * @see https://posthog.com/docs/llm-analytics/manual-capture
 */
export const posthog: Destination = defineDestination({
  type: "posthog",
  name: "PostHog",
  docsUrl: "https://posthog.com/docs/llm-analytics",
  config: z.object({
    apiKey: secret().meta({
      title: "Api Key",
      description: "The project's API key, which begins with phc_, from the project settings.",
    }),
    endpoint: z
      .url({ protocol: /^https?$/, error: "must be a URL such as https://us.i.posthog.com" })
      .overwrite((url) => url.replace(/\/+$/, ""))
      .default("https://us.i.posthog.com")
      .meta({ title: "Endpoint", description: "https://eu.i.posthog.com in the EU, or one's own PostHog." }),
    headers: customHeaders(),
  }),
  // Source: 100 is the batch of the vendor's own client, and a body may have 20 MiB (https://posthog.com/docs/api/capture): half of it.
  limits: { maxPieces: 100, maxBytes: 10 * 1024 * 1024 },
  connect({ apiKey, endpoint, headers: custom }, { http }) {
    const headers = { ...custom, "content-type": "application/json" };
    return {
      test: (signal) => testConnection({ http, headers, apiKey, endpoint }, signal),
      encode: (event) => [encodeEvent(event)],
      async send(batch, signal) {
        const events = batch.flatMap(({ pieces }) => pieces);
        const body = requestBody(`{"api_key":${JSON.stringify(apiKey)},"batch":[`, events, "]}");
        return {
          outcome: judge(
            await http.request({ url: `${endpoint}/batch/`, method: "POST", headers, body, signal }),
          ),
        };
      },
    };
  },
});

/**
 * A success counts only if it says so in PostHog's words: `{"status":"Ok"}`, of older versions `{"status":1}`.
 * @see https://github.com/PostHog/posthog/blob/master/rust/capture/src/api.rs
 */
function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status !== "delivered" || result.kind === "failure") return outcome;
  const answer = parseJson(result.body);
  if (isJsonObject(answer) && (answer["status"] === "Ok" || answer["status"] === 1)) return outcome;
  return {
    status: "rejected",
    code: "misconfigured",
    reason: `${result.host} does not answer as PostHog does`,
  };
}

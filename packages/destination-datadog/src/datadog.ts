import { customHeaders, defineDestination, outcomeOf, secret } from "@tracecast/core";
import type { Batch, Destination, HttpResult, Outcome } from "@tracecast/core";
import { z } from "zod";
import { testConnection } from "./connection-test.ts";
import { encodeSpans } from "./encode.ts";

/**
 * The Datadog destination: each event becomes spans of LLM Observability.
 * @see https://docs.datadoghq.com/llm_observability/instrumentation/api/
 */
export const datadog: Destination = defineDestination({
  type: "datadog",
  name: "Datadog",
  docsUrl: "https://docs.datadoghq.com/llm_observability/",
  config: z.object({
    apiKey: secret().meta({
      title: "Api Key",
      description: "A Datadog API key, from the organization settings.",
    }),
    mlApp: z
      .string({ error: "is required" })
      .trim()
      .min(1, "is required")
      // Source: https://docs.datadoghq.com/llm_observability/instrumentation/api/, "Application naming guidelines"
      .max(193, "must have at most 193 characters")
      .meta({
        title: "Ml App",
        description: "The name of the application, which its traces are listed under.",
      }),
    url: z
      .url({ protocol: /^https?$/, error: "must be a URL such as https://api.datadoghq.com" })
      .overwrite((url) => url.replace(/\/+$/, ""))
      .default("https://api.datadoghq.com")
      .meta({
        title: "Url",
        description: "The API of one's Datadog site, such as https://api.us5.datadoghq.com.",
      }),
    headers: customHeaders(),
  }),
  // Source: dd-trace sends at most 1000 spans and 5 MiB, of the 5.1 MB that the intake takes (llmobs/constants/writers.js).
  limits: { maxPieces: 1000, maxBytes: 5 * 1024 * 1024 },
  // Source: a message has a role, a content, tool calls and tool results, says the documentation; the rest would be dropped unseen.
  notCarried: {
    "input.name": "Datadog has no place for the names of a chat's participants.",
    "output.reasoning_details":
      "Datadog shows reasoning as text, without the provider's signed or encrypted details.",
    "output.annotations": "Datadog has no place for the citations of an answer.",
    "output.logprobs": "Datadog has no place for the log probabilities of tokens.",
  },
  connect({ apiKey, mlApp, url, headers: custom }, { http }) {
    const headers = { ...custom, "dd-api-key": apiKey, "content-type": "application/json" };
    const envelope = JSON.stringify({ ml_app: mlApp, tags: [`service:${mlApp}`, "source:tracecast"] });
    return {
      test: (signal) => testConnection({ http, headers, url }, signal),
      encode: encodeSpans,
      async send(batch, signal) {
        const spans = distinctSpans(batch).join(",");
        const result = await http.request({
          url: `${url}/api/intake/llm-obs/v1/trace/spans`,
          method: "POST",
          headers,
          body: `{"data":{"type":"span","attributes":${envelope.slice(0, -1)},"spans":[${spans}]}}}`,
          signal,
        });
        return { outcome: judge(result) };
      },
    };
  },
});

/** Each span once: requests that share a trace bring its root along. */
function distinctSpans(batch: Batch): readonly string[] {
  const pieces = batch.flatMap((event) => event.pieces);
  return [...new Map(pieces.map(({ key = "", json }) => [key, json])).values()];
}

/** The intake says 202 with an empty body; anything else is another host. */
function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status !== "delivered" || result.kind === "failure" || result.status === 202) return outcome;
  return {
    status: "rejected",
    code: "misconfigured",
    reason: `${result.host} does not answer as Datadog does`,
  };
}

import { customHeaders, defineDestination, delivered, outcomeOf, secret } from "@tracecast/core";
import type { Batch, Destination, HttpResult, Outcome } from "@tracecast/core";
import { z } from "zod";
import { testConnection } from "./connection-test.ts";
import { encodeEvent } from "./encode.ts";

const required = z.string({ error: "is required" }).trim().min(1, "is required");

/**
 * The Opik destination: each event becomes a trace of a project, with its spans.
 * @see https://www.comet.com/docs/opik/reference/rest-api/overview
 */
export const opik: Destination = defineDestination({
  type: "opik",
  name: "Opik",
  docsUrl: "https://www.comet.com/docs/opik/",
  config: z.object({
    apiKey: secret().meta({ title: "Api Key", description: "A Comet API key, from the account settings." }),
    workspace: required.meta({ title: "Workspace", description: "The name of the Comet workspace." }),
    projectName: required.meta({
      title: "Project Name",
      description: "Opik makes the project if there is none.",
    }),
    baseUrl: z
      .url({ protocol: /^https?$/, error: "must be a URL such as https://www.comet.com/opik/api" })
      .overwrite((url) => url.replace(/\/+$/, ""))
      .default("https://www.comet.com/opik/api")
      .meta({ title: "Base Url", description: "One's own Opik has it at http://<host>:5173/api." }),
    headers: customHeaders(),
  }),
  // Source: the server takes 1000 traces and 1000 spans a request (apps/opik-backend, SpanBatch.java). It documents no bytes.
  limits: { maxPieces: 1000, maxBytes: 4 * 1024 * 1024 },
  connect({ apiKey, workspace, projectName, baseUrl, headers: custom }, { http }) {
    const headers = {
      ...custom,
      authorization: apiKey,
      "comet-workspace": workspace,
      "content-type": "application/json",
      accept: "application/json",
    };
    const project = `{"project_name":${JSON.stringify(projectName)},`;
    const post = async (kind: "traces" | "spans", batch: Batch, signal: AbortSignal): Promise<Outcome> => {
      const pieces = batch.flatMap((event) => event.pieces).filter(({ key }) => key?.startsWith(kind));
      const items = pieces.map(({ json }) => project + json.slice(1));
      const body = `{"${kind}":[${items.join(",")}]}`;
      return judge(
        await http.request({
          url: `${baseUrl}/v1/private/${kind}/batch`,
          method: "POST",
          headers,
          body,
          signal,
        }),
      );
    };
    return {
      test: (signal) => testConnection({ http, headers, baseUrl, workspace }, signal),
      encode: encodeEvent,
      // Opik has no address that takes both, and shows no span whose trace it has not got. A resend writes both again, under the same ids.
      async send(batch, signal) {
        const traces = await post("traces", batch, signal);
        if (traces.status !== "delivered") return { outcome: traces };
        return { outcome: await post("spans", batch, signal) };
      },
    };
  },
});

/** Opik says 204 with an empty body; any other success is another host's. */
function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status !== "delivered" || result.kind === "failure") return outcome;
  if (result.status === 204) return delivered;
  return { status: "rejected", code: "misconfigured", reason: `${result.host} does not answer as Opik does` };
}

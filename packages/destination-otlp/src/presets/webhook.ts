import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { address } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";
import { webhookSignature } from "../webhook-signature.ts";

const secrets = /^whsec_[A-Za-z\d+/]+=*(?:\s+whsec_[A-Za-z\d+/]+=*)*$/;

/**
 * One's own server: OTLP/JSON by POST or PUT, not compressed, signed where a secret is set. Every 2xx is a success; a connection test carries
 * `X-Test-Connection: true` and no span, and a 400 passes it too.
 * @see https://openrouter.ai/docs/guides/features/broadcast/webhook
 */
export const webhook: Destination = otlpDestination({
  type: "webhook",
  name: "Webhook",
  docsUrl: "https://www.standardwebhooks.com/",
  config: z.object({
    url: address("https://example.com/traces").meta({ title: "Url" }),
    method: z.enum(["POST", "PUT"]).default("POST").meta({ title: "Method" }),
    signingSecret: secret()
      .regex(secrets, "must be whsec_ and Base64; several of them are separated by spaces")
      .optional()
      .meta({
        secret: true,
        title: "Signing Secret",
        description: "Signs each request by Standard Webhooks. While you exchange secrets, give both.",
      }),
    headers: customHeaders({ credentials: true }),
  }),
  target: ({ url, method, signingSecret, headers }) => ({
    url,
    method,
    headers,
    compression: "none",
    ...(signingSecret !== undefined && {
      sign: (body) => webhookSignature(signingSecret, body, Date.now()),
    }),
    takesAnySuccess: true,
    testHeaders: { "x-test-connection": "true" },
    labels: { address: "Url", key: "key in the Headers" },
  }),
});

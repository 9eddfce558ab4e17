import { customHeaders, defineDestination, outcomeOf, piece, requestBody, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";

/** Sends each trace as one JSON object to Acme's collector. */
export const acme: Destination = defineDestination({
  type: "acme",
  name: "Acme",
  config: z.object({
    apiKey: secret().meta({ title: "Api Key" }),
    baseUrl: z.url().default("https://api.acme.example").meta({ title: "Base Url" }),
    headers: customHeaders(),
  }),
  limits: { maxPieces: 100, maxBytes: 1024 * 1024 },
  connect({ apiKey, baseUrl, headers: custom }, { http }) {
    const headers = { ...custom, authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    return {
      async test(signal) {
        const outcome = outcomeOf(
          await http.request({ url: `${baseUrl}/v1/me`, headers, signal, timeoutMs: 10_000 }),
        );
        if (outcome.status === "delivered") return { ok: true, message: "Acme knows this key." };
        return {
          ok: false,
          message: `Acme does not take this key (${outcome.reason}); check Api Key and Base Url.`,
        };
      },
      // The event as it is: it holds what Acme may see, and nothing else.
      encode: (event) => [piece(JSON.stringify(event), event.id)],
      async send(batch, signal) {
        const body = requestBody(
          "[",
          batch.flatMap(({ pieces }) => pieces),
          "]",
        );
        return {
          outcome: outcomeOf(
            await http.request({ url: `${baseUrl}/v1/traces`, method: "POST", headers, body, signal }),
          ),
        };
      },
    };
  },
});

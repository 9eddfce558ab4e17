import { customHeaders, isJsonObject, secret } from "@tracecast/core";
import type { Destination, Json } from "@tracecast/core";
import { z } from "zod";
import { langfuseDialect } from "../dialects/langfuse.ts";
import { address, at } from "../endpoint.ts";
import { basicAuth } from "../basic-auth.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Langfuse. Its endpoint reads JSON and gzip, and takes an export of nothing once it knows the key.
 * @see https://github.com/langfuse/langfuse/blob/main/web/src/pages/api/public/otel/v1/traces/index.ts
 * @see https://api.reference.langfuse.com, "Get Project associated with API key"
 */
export const langfuse: Destination = otlpDestination({
  type: "langfuse",
  name: "Langfuse",
  docsUrl: "https://langfuse.com/docs/opentelemetry/get-started",
  dialect: langfuseDialect,
  config: z.object({
    secretKey: secret().meta({ title: "Secret Key", description: "sk-lf-…, from the project's settings." }),
    publicKey: secret().meta({ title: "Public Key", description: "pk-lf-…, from the project's settings." }),
    baseUrl: address("https://cloud.langfuse.com").default("https://us.cloud.langfuse.com").meta({
      title: "Base Url",
      description: "https://cloud.langfuse.com in the EU, or one's own, version 3 or later.",
    }),
    headers: customHeaders(),
  }),
  target: ({ secretKey, publicKey, baseUrl, headers }) => ({
    url: at(baseUrl, "/api/public/otel/v1/traces"),
    credentials: basicAuth(publicKey, secretKey),
    headers,
    check: { url: at(baseUrl, "/api/public/projects"), nameIn: projectName },
    labels: { address: "Base Url", key: "Public Key with this Secret Key" },
  }),
});

function projectName(answer: Json | undefined): string | undefined {
  const projects = isJsonObject(answer) ? answer["data"] : undefined;
  const [first] = Array.isArray(projects) ? (projects as readonly Json[]) : [];
  const name = isJsonObject(first) ? first["name"] : undefined;
  return typeof name === "string" ? `project "${name}"` : undefined;
}

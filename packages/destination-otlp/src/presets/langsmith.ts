import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { langsmithDialect } from "../dialects/langsmith.ts";
import { address, at, tracesAt } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * LangSmith. Its own exporter sends Protocol Buffers, so this one does; its guide forwards through a
 * collector, which compresses. A span whose parent it is never sent is dropped there without a word: a
 * `parent_span_id` must be that of a span which LangSmith has too.
 *
 * Source: `LangSmithOTLPTraceExporter` of the npm package `langsmith`: path, `x-api-key`, `x-tenant-id`.
 * @see https://docs.langchain.com/langsmith/trace-with-opentelemetry
 */
export const langsmith: Destination = otlpDestination({
  type: "langsmith",
  name: "LangSmith",
  docsUrl: "https://docs.langchain.com/langsmith/trace-with-opentelemetry",
  dialect: langsmithDialect,
  config: z.object({
    apiKey: secret().meta({ title: "Api Key" }),
    project: z
      .string()
      .trim()
      .regex(/^[\x20-\x7e]+$/, "must be printable ASCII")
      .default("main")
      .meta({ title: "Project" }),
    endpoint: address("https://api.smith.langchain.com").default("https://api.smith.langchain.com").meta({
      title: "Endpoint",
      description: "https://eu.api.smith.langchain.com in the EU; one's own ends in /api/v1.",
    }),
    workspaceId: z
      .string()
      .trim()
      .regex(/^[\w-]+$/, "must be the workspace's id, a UUID")
      .optional()
      .meta({ title: "Workspace Id", description: "For a key that belongs to an organization." }),
    headers: customHeaders(),
  }),
  target: ({ apiKey, project, endpoint, workspaceId, headers }) => ({
    url: tracesAt(/\/otel\b/.test(new URL(endpoint).pathname) ? endpoint : at(endpoint, "/otel")),
    credentials: {
      "x-api-key": apiKey,
      "langsmith-project": project,
      ...(workspaceId !== undefined && { "x-tenant-id": workspaceId }),
    },
    headers,
    encoding: "protobuf",
    labels: { address: "Endpoint", key: "Api Key" },
  }),
});

import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { weaveDialect } from "../dialects/weave.ts";
import { address, at } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

const name = () => z.string({ error: "is required" }).trim().min(1, "is required");

/**
 * W&B Weave. It reads Protocol Buffers only. The project is told by attributes of the resource; an older server of one's own wants a header
 * `project_id: entity/project` beside it. That it takes gzip is not documented, so nothing is compressed.
 * @see https://docs.wandb.ai/weave/guides/tracking/otel
 */
export const weave: Destination = otlpDestination({
  type: "weave",
  name: "W&B Weave",
  docsUrl: "https://docs.wandb.ai/weave/guides/tracking/otel",
  dialect: weaveDialect,
  config: z.object({
    apiKey: secret().meta({ title: "Api Key", description: "From the user settings of W&B." }),
    entity: name().meta({ title: "Entity", description: "A user or a team of W&B." }),
    project: name().meta({ title: "Project" }),
    baseUrl: address("https://trace.wandb.ai")
      .default("https://trace.wandb.ai")
      .meta({ title: "Base Url", description: "One's own: https://acme.wandb.io/traces." }),
    headers: customHeaders(),
  }),
  target: ({ apiKey, entity, project, baseUrl, headers }) => ({
    url: at(baseUrl, "/otel/v1/traces"),
    credentials: { "wandb-api-key": apiKey },
    headers,
    resource: { "wandb.entity": entity, "wandb.project": project },
    encoding: "protobuf",
    compression: "none",
    labels: { address: "Base Url", key: "Api Key" },
  }),
});

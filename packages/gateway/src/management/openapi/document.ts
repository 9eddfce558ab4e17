import type { Json, JsonObject } from "@tracecast/core";
import { z } from "zod";
import { version } from "../../version.ts";
import { errorAnswer } from "./answers.ts";
import { apiOperations } from "./operations.ts";
import type { ApiOperation } from "./operations.ts";

/** The management API in OpenAPI 3.1, made from the schemas that check what is sent. */
export function openApiDocument(): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of apiOperations) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: described(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Tracecast management API",
      version,
      description: "Destinations, keys, traces and what became of them.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ managementKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Error: schemaOf(errorAnswer, "output") },
      securitySchemes: {
        managementKey: { type: "http", scheme: "bearer", description: "The management key of the gateway." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "tracecast_session",
          description: "That of the settings page. Changes need the header x-tracecast-page too.",
        },
      },
    },
  };
}

function described({
  path,
  summary,
  query,
  body,
  answer,
  status = 200,
  isOpen,
  type,
}: ApiOperation): JsonObject {
  const parameters = [...inPath(path), ...(query ? inQuery(query) : [])];
  return {
    summary,
    ...(isOpen && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, "input")) } }),
    responses: {
      [status]: { description: "As asked.", content: json(schemaOf(answer, "output"), type) },
      default: {
        description: "What is wrong and what to do.",
        content: json({ $ref: "#/components/schemas/Error" }),
      },
    },
  };
}

function inPath(path: string): readonly JsonObject[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function inQuery(query: z.ZodObject): readonly JsonObject[] {
  const { properties = {} } = schemaOf(query, "output") as { readonly properties?: JsonObject };
  return Object.entries(properties).map(([name, schema = {}]) => ({
    name,
    in: "query",
    required: false,
    schema,
  }));
}

const json = (schema: JsonObject, type = "application/json"): JsonObject => ({ [type]: { schema } });

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonObject {
  // What a transform makes of a value is not asked for: only what may be sent, and what is answered.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest as JsonObject;
}

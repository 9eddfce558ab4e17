import { z } from "zod";
import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import type { HttpClient } from "../http/client.ts";

/** A config field whose value is hidden in forms and masked in every answer, log line and error. Trimmed; never empty. */
export function secret(): z.ZodString {
  return z
    .string({ error: "is required" })
    .trim()
    .min(1, "is required")
    .regex(/^[^\p{Cc}]*$/u, "has control characters; paste it again")
    .meta({ secret: true });
}

/** A secret as people may see it: enough to recognise, not enough to use. */
export function maskSecret(value: string): string {
  return value.length < 12 ? "********" : `${value.slice(0, 4)}...${value.slice(-4)}`;
}

/** A copy of a parsed config with every value of a {@link secret} field masked. */
export function maskConfig(schema: z.ZodObject, config: JsonObject): JsonObject {
  return mapSecrets(formSchemaOf(schema), config, maskSecret) as JsonObject;
}

/** Every secret value in a parsed config that is not empty. */
export function secretsIn(schema: z.ZodObject, config: JsonObject): readonly string[] {
  const found: string[] = [];
  mapSecrets(formSchemaOf(schema), config, (value) => {
    // An empty one, such as the password of a user who has none, stands between any two characters.
    if (value !== "") found.push(value);
    return value;
  });
  return found;
}

/** The JSON Schema of a config as a form sees it; fields made by {@link secret} carry `"secret": true`. */
export function formSchemaOf(schema: z.ZodObject): JsonObject {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
}

function mapSecrets(schema: JsonObject, value: Json, change: (secret: string) => string): Json {
  if (schema["secret"] === true && typeof value === "string") return change(value);
  if (!isJsonObject(value)) return value;
  const properties = isJsonObject(schema["properties"]) ? schema["properties"] : {};
  const others = schema["additionalProperties"];
  const mapped: Record<string, Json> = {};
  for (const [key, child] of Object.entries(value)) {
    if (child === undefined) continue;
    const childSchema = properties[key] ?? others;
    mapped[key] = isJsonObject(childSchema) ? mapSecrets(childSchema, child, change) : child;
  }
  return mapped;
}

/** What masks the given secrets wherever they stand in a text. */
export function masking(secrets: readonly string[]): (text: string) => string {
  return (text) => secrets.reduce((masked, value) => masked.replaceAll(value, maskSecret(value)), text);
}

/**
 * An HTTP client whose answers and failures show no secret, so that a destination which quotes its answer in a reason or a test message
 * cannot leak the key it sent.
 * @param mask - see {@link masking}
 */
export function maskingHttp(http: HttpClient, mask: (text: string) => string): HttpClient {
  return {
    async request(request) {
      const result = await http.request(request);
      return result.kind === "failure"
        ? { ...result, message: mask(result.message) }
        : { ...result, body: mask(result.body) };
    },
    close: () => http.close(),
  };
}

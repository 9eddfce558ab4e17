import { readFileSync } from "node:fs";
import type { Json } from "@tracecast/core";
import { filterRulesSchema } from "@tracecast/dispatcher";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { expandVariables } from "./expand-variables.ts";
import type { Environment } from "./expand-variables.ts";
import { redaction } from "./redaction.ts";
import { region } from "./region.ts";
import { limitsSchema } from "./limits.ts";
import { SettingsError } from "./settings-error.ts";
import { wording } from "./wording.ts";

const upstream = z.strictObject({
  /** Where the provider is: an origin, or an origin with the base path of its API. */
  url: z.url({ protocol: /^https?$/, error: "must be an http(s) URL" }),
  /** Whether `trace` and `session_id` are taken out of what the provider gets. */
  tracing_fields: z.enum(["strip", "keep"]).default("strip"),
  /** Whether the provider is asked for usage in streams whose client did not ask. */
  stream_usage: z.enum(["ask", "never"]).default("ask"),
  /** The gateway's own key there; clients then need a key that the gateway issued. */
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional(),
  /** Where it serves calls. */
  region: region.optional(),
});

// The names are those of the management API, so that what is written here and what is sent there read alike.
const destination = z.strictObject({
  name: z.string().trim().min(1).max(200),
  type: z.string(),
  config: z.record(z.string(), z.unknown()),
  /** The slug of the workspace that it is in. */
  workspace: z.string().optional(),
  enabled: z.boolean().optional(),
  privacy_mode: z.boolean().optional(),
  broadcast_generation_cost: z.boolean().optional(),
  broadcast_generation_identity: z.boolean().optional(),
  broadcast_generation_request_context: z.boolean().optional(),
  sampling_rate: z.number().min(0.0001).max(1).optional(),
  api_key_hashes: z.array(z.string()).nullish(),
  excluded_api_key_hashes: z.array(z.string()).nullish(),
  filter_rules: filterRulesSchema.nullish(),
  /** What is taken out of content and metadata. */
  redaction: redaction.nullish(),
  regions: z.array(region).min(1).optional(),
});

const configFile = z.strictObject({
  upstream: upstream.optional(),
  limits: limitsSchema.optional(),
  /** Packages by name, or files by a path that begins with a dot or a slash: destination types of others. */
  plugins: z.array(z.string().trim().min(1)).default([]),
  /** What the tokens of models cost, in USD a million, by the models' names, in which `*` stands for anything. The first that fits holds. */
  prices: z
    .record(
      z.string().min(1),
      z.strictObject({
        input: z.number().min(0),
        output: z.number().min(0),
        cached: z.number().min(0).optional(),
        cache_write: z.number().min(0).optional(),
      }),
    )
    .optional(),
  management: z
    .strictObject({
      /** Whether OpenRouter's clients, too, can save only what passes its test. */
      test_before_save: z.enum(["always", "page"]).default("page"),
    })
    .optional(),
  destinations: z.array(destination).default([]),
});

/** What stands in a `tracecast.yaml`, checked, with `${NAME}` replaced by the environment's value. */
export type ConfigFile = z.infer<typeof configFile>;

/**
 * Reads a `tracecast.yaml`.
 * @throws {@link SettingsError} when it cannot be read, is not YAML, does not fit, or asks for a variable that is not set.
 */
export function readConfigFile(path: string, environment: Environment): ConfigFile {
  const parsed = configFile.safeParse(expandVariables(readYaml(path), environment, ""), {
    error: wording,
  });
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
  throw new SettingsError(`${path} does not fit: ${complaints.join("; ")}.`);
}

function readYaml(path: string): Json {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(`${path} cannot be read (${code}); --config must name a YAML file.`);
  }
  try {
    return (parse(text) as Json) ?? {};
  } catch (error) {
    // Only its first line: the rest quotes the file, which may hold a key.
    const [reason = "not YAML"] = error instanceof YAMLParseError ? error.message.split(":\n") : [];
    throw new SettingsError(`${path} is not YAML: ${reason}.`);
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

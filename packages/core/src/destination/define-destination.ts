import type { z } from "zod";
import { isTracecastError, TracecastError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { fieldPaths } from "../trace/field-path.ts";
import type { Destination, DestinationDefinition, FormField, NotCarried } from "./destination.ts";
import { formSchemaOf, maskConfig, masking, maskingHttp, secretsIn } from "./secret.ts";

/**
 * Makes a destination type from its definition.
 * @throws {@link TracecastError} `DEFINITION_INVALID` where `notCarried` names no field of the trace event, or says nothing of one.
 */
export function defineDestination<Config extends z.ZodObject>(
  definition: DestinationDefinition<Config>,
): Destination {
  const { type, name, docsUrl, limits, notCarried = {}, config: schema } = definition;
  assertFields(name, notCarried);
  const form = formOf(schema);
  const parse = (config: unknown) => parseConfig(name, form, schema, config);
  return {
    type,
    name,
    ...(docsUrl !== undefined && { docsUrl }),
    limits,
    notCarried,
    form,
    parseConfig: (config) => parse(config) as JsonObject,
    maskConfig: (config) => maskConfig(schema, config),
    connect(config, tools) {
      const parsed = parse(config);
      const mask = masking(secretsIn(schema, parsed as JsonObject));
      try {
        return definition.connect(parsed, { ...tools, http: maskingHttp(tools.http, mask) });
      } catch (error) {
        throw isTracecastError(error) ? error : notConnected(name, error, mask);
      }
    },
  };
}

/** Its reason's first line alone: what follows is for the plugin's author. */
function notConnected(name: string, error: unknown, mask: (text: string) => string): TracecastError {
  const [reason = ""] = error instanceof Error ? mask(error.message).split("\n") : [];
  return new TracecastError(
    "CONFIG_INVALID",
    `${name} cannot work with its config: ${reason.replace(/\.$/, "") || "it throws"}.`,
  );
}

function assertFields(name: string, notCarried: NotCarried): void {
  for (const [path, reason] of Object.entries(notCarried)) {
    if (!fieldPaths.has(path))
      throw new TracecastError(
        "DEFINITION_INVALID",
        `${name} says that it does not carry "${path}", which is no field of a trace event.`,
      );
    if (!/^[^\n]+\.$/.test(reason))
      throw new TracecastError(
        "DEFINITION_INVALID",
        `${name} says that it does not carry "${path}", but not why; give it one sentence that ends in a full stop.`,
      );
  }
}

function formOf(schema: z.ZodObject): readonly FormField[] {
  const { properties = {}, required = [] } = formSchemaOf(schema);
  return Object.entries(properties as JsonObject).map(([name, field]) => {
    const {
      title,
      description,
      secret,
      multiline,
      type,
      enum: options,
      default: defaultValue,
    } = isJsonObject(field) ? field : {};
    return {
      name,
      label: typeof title === "string" ? title : name,
      required: (required as readonly string[]).includes(name),
      secret: secret === true,
      ...((type === "number" || type === "boolean" || type === "object") && { kind: type }),
      ...(multiline === true && { multiline }),
      ...(Array.isArray(options) && { options: options as readonly string[] }),
      ...(defaultValue !== undefined && { defaultValue }),
      ...(typeof description === "string" && { description }),
    };
  });
}

function parseConfig<Config extends z.ZodObject>(
  name: string,
  form: readonly FormField[],
  schema: Config,
  config: unknown,
): z.output<Config> {
  if (!isJsonObject(config))
    throw new TracecastError(
      "CONFIG_INVALID",
      `${name} is not configured right: its config must be an object.`,
    );
  const parsed = schema.strict().safeParse(config);
  if (parsed.success) return parsed.data as z.output<Config>;
  const complaints = parsed.error.issues.flatMap((issue) => complaintsOf(form, issue, config));
  throw new TracecastError("CONFIG_INVALID", `${name} is not configured right: ${complaints.join("; ")}.`);
}

function complaintsOf(
  form: readonly FormField[],
  issue: z.core.$ZodIssue,
  config: JsonObject,
): readonly string[] {
  if (issue.code === "unrecognized_keys") {
    const known = form.map((field) => field.name).join(", ");
    return issue.keys.map((key) => `${key} is not one of its settings (${known})`);
  }
  const [first, ...rest] = issue.path.map(String);
  const field = form.find(({ name }) => name === first);
  const place = [field ? `${field.label} (${field.name})` : "its config", ...rest].join(".");
  if (field && config[field.name] === undefined) return [`${place} is required`];
  // A key may be refused for its own sake: what is wrong with it stands one level down.
  const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${place} ${message}`];
}

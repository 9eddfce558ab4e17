import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";
import type { ToolDefinition } from "./span.ts";

/** A request's tools, parted by whether Datadog has a form for them. */
export interface Tools {
  readonly definitions: readonly ToolDefinition[];
  /** Such as a provider's own tools: they are told as they are. */
  readonly others: readonly Json[];
}

/**
 * Parts the tools of a request. Datadog's form has a name, a description and a schema.
 * @see https://github.com/DataDog/dd-trace-js/blob/master/packages/dd-trace/src/llmobs/util.js, `validateToolDefinitions`
 */
export function toolsOf(tools: Json | undefined): Tools {
  const definitions: ToolDefinition[] = [];
  const others: Json[] = [];
  const all = Array.isArray(tools) ? (tools as readonly Json[]) : tools === undefined ? [] : [tools];
  for (const tool of all) {
    const definition = definitionOf(tool);
    if (definition) definitions.push(definition);
    else others.push(tool);
  }
  return { definitions, others };
}

const known = new Set(["name", "description", "parameters"]);

/** Nothing where the tool is no function, or says more than Datadog's form can. */
function definitionOf(tool: Json): ToolDefinition | undefined {
  if (!isJsonObject(tool) || tool["type"] !== "function" || !isJsonObject(tool["function"])) return undefined;
  const called: JsonObject = tool["function"];
  if (Object.keys(called).some((key) => !known.has(key))) return undefined;
  const { name, description, parameters: schema } = called;
  if (typeof name !== "string" || name === "") return undefined;
  if (description !== undefined && typeof description !== "string") return undefined;
  if (schema !== undefined && !isJsonObject(schema)) return undefined;
  return { name, description, schema };
}

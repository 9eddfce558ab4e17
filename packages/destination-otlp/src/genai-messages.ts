import { isJsonObject, parseJson } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/**
 * The messages of a request in the form of the GenAI conventions: `[{ role, parts }]`. What the conventions have no word for stays, as a part of
 * its own type or as a field of the message. Made once for each input.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json
 */
export function inputMessages(input: Json): Json {
  return once(input, () => {
    if (!Array.isArray(input)) return [{ role: "user", parts: partsOf(input) }];
    const items = input as readonly Json[];
    return items.map((item) => (isMessage(item) ? message(item) : { role: "user", parts: partsOf([item]) }));
  });
}

/**
 * The choices of an answer in the form of the GenAI conventions: one message for each. Made once for each output.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-output-messages.json
 */
export function outputMessages(output: Json): Json {
  return once(output, () => (Array.isArray(output) ? (output as readonly Json[]) : [output]).map(answer));
}

/**
 * The tools of a request in the form of the GenAI conventions, which have the fields of a function beside its type. Made once for each list.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-tool-definitions.json
 */
export function toolDefinitions(tools: Json): Json {
  if (!Array.isArray(tools)) return tools;
  return once(tools, () => (tools as readonly Json[]).map(toolDefinition));
}

const made = new WeakMap<object, Json>();

function once(source: Json, make: () => Json): Json {
  if (typeof source !== "object" || source === null) return make();
  const known = made.get(source);
  if (known !== undefined) return known;
  const result = make();
  made.set(source, result);
  return result;
}

const isMessage = (item: Json): item is JsonObject => isJsonObject(item) && typeof item["role"] === "string";

function message(raw: JsonObject): JsonObject {
  const { role = "user", content, reasoning, tool_calls: calls, tool_call_id: callId, ...rest } = raw;
  const said = role === "tool" ? [toolResponse(callId, content)] : partsOf(content);
  const parts = [
    ...(typeof reasoning === "string" ? [{ type: "reasoning", content: reasoning }] : []),
    ...said,
    ...(Array.isArray(calls) ? (calls as readonly Json[]).map(toolCall) : []),
  ];
  return { ...rest, role, parts };
}

function answer(choice: Json): Json {
  if (!isJsonObject(choice)) return { role: "assistant", parts: partsOf(choice), finish_reason: "" };
  const { message: said, finish_reason: reason, text, ...rest } = choice;
  const finished = { finish_reason: typeof reason === "string" ? reason : "" };
  if (isJsonObject(said)) return { ...rest, ...message({ role: "assistant", ...said }), ...finished };
  // A legacy completion has its text where a chat has its message; an item of another API stands as it is.
  const parts = typeof text === "string" ? partsOf(text) : partsOf([choice]);
  return { ...(typeof text === "string" && rest), role: "assistant", parts, ...finished };
}

function partsOf(content: Json | undefined): readonly Json[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", content }];
  return Array.isArray(content) ? (content as readonly Json[]).map(part) : [part(content)];
}

function part(raw: Json): Json {
  if (!isJsonObject(raw))
    return { type: "text", content: typeof raw === "string" ? raw : JSON.stringify(raw) };
  const { type, text, ...rest } = raw;
  if (typeof text === "string" && (type === "text" || type === undefined))
    return { ...rest, type: "text", content: text };
  return typeof type === "string" ? raw : { ...raw, type: "unknown" };
}

function toolCall(raw: Json): Json {
  const call = isJsonObject(raw) ? raw : {};
  const { function: called, type: _type, id, ...rest } = call;
  if (!isJsonObject(called)) return { ...call, type: "tool_call", name: nameOf(call) };
  const text = called["arguments"];
  const parsed = typeof text === "string" ? parseJson(text) : undefined;
  return {
    ...rest,
    type: "tool_call",
    ...(id !== undefined && { id }),
    name: nameOf(called),
    arguments: parsed ?? text ?? null,
  };
}

const nameOf = ({ name }: JsonObject): string => (typeof name === "string" ? name : "");

function toolResponse(id: Json | undefined, response: Json | undefined): Json {
  return { type: "tool_call_response", ...(id !== undefined && { id }), response: response ?? null };
}

function toolDefinition(tool: Json): Json {
  if (!isJsonObject(tool) || !isJsonObject(tool["function"])) return tool;
  const { function: definition, ...rest } = tool;
  return { ...rest, ...definition };
}

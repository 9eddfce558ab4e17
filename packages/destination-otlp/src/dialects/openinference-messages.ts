import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject, TraceEvent } from "@tracecast/core";
import { jsonText, plainValue } from "../attributes.ts";
import type { Attributes } from "../attributes.ts";

// OpenInference spreads every message over several attributes, and far ends take a limited number of those on a span. `input.value` has them all.
const maxMessages = 32;

/** The messages, tools and tool calls that OpenInference wants one by one: the first message and the newest ones. */
export function messageAttributes({ input, output, contentParameters }: TraceEvent): Attributes {
  const choices = listOf(output).map((choice) => choice["message"]);
  return {
    ...numbered("llm.input_messages", firstAndNewest(listOf(input)), messageFields),
    ...numbered("llm.output_messages", choices.filter(isJsonObject), messageFields),
    ...numbered("llm.tools", listOf(contentParameters?.["tools"]), (tool) => ({
      "tool.json_schema": jsonText(tool),
    })),
  };
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}

function firstAndNewest(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.length <= maxMessages
    ? messages
    : [...messages.slice(0, 1), ...messages.slice(1 - maxMessages)];
}

function numbered(
  prefix: string,
  items: readonly JsonObject[],
  fieldsOf: (item: JsonObject) => Attributes,
): Attributes {
  const entries = items.flatMap((item, index) =>
    Object.entries(fieldsOf(item)).map(([name, value]) => [`${prefix}.${index}.${name}`, value] as const),
  );
  return Object.fromEntries(entries);
}

function messageFields(message: JsonObject): Attributes {
  return {
    "message.role": textOf(message["role"]),
    "message.name": textOf(message["name"]),
    "message.tool_call_id": textOf(message["tool_call_id"]),
    "message.content": textOf(message["content"]),
    ...numbered("message.contents", listOf(message["content"]), partFields),
    ...numbered("message.tool_calls", listOf(message["tool_calls"]), toolCallFields),
  };
}

function partFields(part: JsonObject): Attributes {
  const image = isJsonObject(part["image_url"]) ? part["image_url"]["url"] : undefined;
  return {
    "message_content.type": image === undefined ? textOf(part["type"]) : "image",
    "message_content.text": textOf(part["text"]),
    "message_content.image.image.url": textOf(image),
  };
}

function toolCallFields(call: JsonObject): Attributes {
  const called = isJsonObject(call["function"]) ? call["function"] : {};
  const text = called["arguments"];
  return {
    "tool_call.id": textOf(call["id"]),
    "tool_call.function.name": textOf(called["name"]),
    "tool_call.function.arguments": text === undefined ? undefined : plainValue(text),
  };
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { StreamChunk } from "../chat-stream.ts";
import type { FoldedStream } from "./format.ts";

// Each carries the response as it then stands.
const snapshots: ReadonlySet<unknown> = new Set([
  "response.created",
  "response.in_progress",
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

/**
 * Puts the event stream of OpenAI's responses together. The last event holds all of it; what broke off before is put together from its deltas.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function foldResponsesStream(chunks: readonly StreamChunk[]): FoldedStream {
  let body: JsonObject = {};
  const items = new Map<number, ItemBuilder>();
  let firstTokenMs: number | undefined;
  for (const { atMs, data } of chunks) {
    if (!isJsonObject(data)) continue;
    const { type, response, output_index: index, item } = data;
    const place = typeof index === "number" ? index : 0;
    if (snapshots.has(type) && isJsonObject(response)) body = response;
    else if (type === "response.output_item.added" && isJsonObject(item))
      items.set(place, new ItemBuilder(item));
    else if (type === "response.output_item.done" && isJsonObject(item))
      items.set(place, new ItemBuilder(item));
    else if (typeof type === "string" && type.endsWith(".delta")) {
      if (items.get(place)?.add(type, data)) firstTokenMs ??= atMs;
    } else if (type === "error") body = { ...body, error: errorOf(data) };
    else if (data["error"] !== undefined && type === undefined) body = { ...body, error: data["error"] };
  }
  const whole = Array.isArray(body["output"]) && body["output"].length > 0;
  const output = [...items].toSorted(([a], [b]) => a - b).map(([, builder]) => builder.build());
  return {
    body: whole || output.length === 0 ? body : { ...body, output },
    ...(firstTokenMs !== undefined && { firstTokenMs }),
  };
}

/** An `error` event has the error's fields itself. */
function errorOf({ code, message, error }: JsonObject): Json {
  return error ?? { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
}

// Where the deltas of a type belong: into a list of parts, or into a field of the item.
const lists: Readonly<
  Record<string, readonly [list: string, index: string, part: JsonObject, field: string]>
> = {
  "response.output_text.delta": ["content", "content_index", { type: "output_text" }, "text"],
  "response.refusal.delta": ["content", "content_index", { type: "refusal" }, "refusal"],
  "response.reasoning_text.delta": ["content", "content_index", { type: "reasoning_text" }, "text"],
  "response.reasoning_summary_text.delta": ["summary", "summary_index", { type: "summary_text" }, "text"],
};

class ItemBuilder {
  readonly #item: JsonObject;
  readonly #parts = new Map<
    string,
    { readonly list: string; readonly part: JsonObject; readonly field: string; readonly texts: string[] }
  >();
  readonly #arguments: string[] = [];

  constructor(item: JsonObject) {
    this.#item = item;
  }

  /** Answers whether the delta says something. */
  add(type: string, data: JsonObject): boolean {
    const { delta } = data;
    if (typeof delta !== "string" || delta === "") return false;
    if (type === "response.function_call_arguments.delta") {
      this.#arguments.push(delta);
      return true;
    }
    const [list, index, part, field] = lists[type] ?? [];
    if (list === undefined || index === undefined || part === undefined || field === undefined) return false;
    const at = data[index];
    const key = `${list} ${typeof at === "number" ? at : 0} ${field}`;
    const known = this.#parts.get(key) ?? { list, part, field, texts: [] };
    this.#parts.set(key, known);
    known.texts.push(delta);
    return true;
  }

  build(): JsonObject {
    const built: Record<string, Json[]> = {};
    for (const { list, part, field, texts } of this.#parts.values())
      (built[list] ??= []).push({ ...part, [field]: texts.join("") });
    return {
      ...this.#item,
      ...built,
      ...(this.#arguments.length > 0 && { arguments: this.#arguments.join("") }),
    };
  }
}

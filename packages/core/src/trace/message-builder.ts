import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

/** The tool call that is being put together, its arguments still in parts. */
interface ToolCall {
  fields: JsonObject;
  fn: Record<string, Json>;
  readonly argumentParts: string[];
}

// Text that comes in parts. A field that is not here and is not handled below is kept as it last came.
const textFields: ReadonlySet<string> = new Set(["content", "refusal", "reasoning", "reasoning_content"]);
const listFields: ReadonlySet<string> = new Set(["images", "annotations"]);
// What comes in parts inside a reasoning detail.
const detailTexts: ReadonlySet<string> = new Set(["text", "summary", "data", "signature"]);

/** Puts one message together from the deltas of a stream, so that it equals the message of an answer in one piece. */
export class MessageBuilder {
  readonly #fields: Record<string, Json> = {};
  readonly #texts = new Map<string, string[]>();
  readonly #lists = new Map<string, Json[]>();
  readonly #toolCalls = new Map<number, ToolCall>();
  readonly #audio = new Map<string, string[]>();
  readonly #details = new Map<string, Map<string, string[]>>();
  readonly #detailFields = new Map<string, Record<string, Json>>();
  #functionCall: ToolCall | undefined;
  #audioFields: Record<string, Json> = {};

  /** Adds a delta. Answers whether it says something: text, reasoning, a refusal, a tool call, sound, an image. */
  add(delta: JsonObject): boolean {
    let says = false;
    for (const [key, value] of Object.entries(delta)) {
      if (value === undefined || unsafeKeys.has(key)) continue;
      if (this.#addField(key, value)) says = true;
    }
    return says;
  }

  build(): JsonObject {
    const message: Record<string, Json> = { role: "assistant", content: null, ...this.#fields };
    for (const [key, parts] of this.#texts) {
      const text = parts.join("");
      // An empty opening delta is how a stream says null.
      message[key] = text === "" && this.#saysOtherwise(key) ? null : text;
    }
    for (const [key, items] of this.#lists) message[key] = items;
    if (this.#toolCalls.size > 0) message["tool_calls"] = this.#builtToolCalls();
    if (this.#functionCall) message["function_call"] = functionOf(this.#functionCall);
    if (this.#details.size > 0) message["reasoning_details"] = this.#builtDetails();
    if (this.#audio.size > 0 || Object.keys(this.#audioFields).length > 0)
      message["audio"] = this.#builtAudio();
    return message;
  }

  #addField(key: string, value: Json): boolean {
    if (textFields.has(key) && typeof value === "string") {
      append(this.#texts, key, value);
      return value !== "";
    }
    if (key === "tool_calls" && Array.isArray(value)) return this.#addToolCalls(value as readonly Json[]);
    if (key === "function_call" && isJsonObject(value)) {
      this.#functionCall ??= { fields: {}, fn: {}, argumentParts: [] };
      addFunction(this.#functionCall, value);
      return true;
    }
    if (key === "reasoning_details" && Array.isArray(value))
      return this.#addDetails(value as readonly Json[]);
    if (key === "audio" && isJsonObject(value)) return this.#addAudio(value);
    if (listFields.has(key) && Array.isArray(value)) {
      const items = this.#lists.get(key) ?? [];
      items.push(...(value as readonly Json[]));
      this.#lists.set(key, items);
      return key === "images" && value.length > 0;
    }
    if (value !== null || !(key in this.#fields)) this.#fields[key] = value;
    return false;
  }

  #addToolCalls(deltas: readonly Json[]): boolean {
    for (const delta of deltas) {
      if (!isJsonObject(delta)) continue;
      const { index, function: fn, ...fields } = delta;
      const at = typeof index === "number" ? index : this.#placeOf(fields["id"]);
      const call = this.#toolCalls.get(at) ?? { fields: {}, fn: {}, argumentParts: [] };
      this.#toolCalls.set(at, call);
      // The id and type of the first delta count; some providers repeat them empty.
      call.fields = { ...fields, ...call.fields };
      if (isJsonObject(fn)) addFunction(call, fn);
    }
    return deltas.length > 0;
  }

  /** Where a tool call without an index belongs: to the call of its id, else behind the others if it has an id, else to the last. */
  #placeOf(id: unknown): number {
    const calls = [...this.#toolCalls];
    const known = calls.find(([, call]) => id !== undefined && call.fields["id"] === id)?.[0];
    const last = calls.at(-1)?.[0];
    return known ?? (id === undefined ? (last ?? 0) : (last ?? -1) + 1);
  }

  #addDetails(deltas: readonly Json[]): boolean {
    for (const delta of deltas) {
      if (!isJsonObject(delta)) continue;
      const key = JSON.stringify([delta["index"] ?? 0, delta["type"] ?? ""]);
      const texts = this.#details.get(key) ?? new Map<string, string[]>();
      const fields = this.#detailFields.get(key) ?? {};
      this.#details.set(key, texts);
      this.#detailFields.set(key, fields);
      for (const [name, value] of Object.entries(delta)) {
        if (detailTexts.has(name) && typeof value === "string") append(texts, name, value);
        else if (value !== undefined && (value !== null || !(name in fields))) fields[name] = value;
      }
    }
    return deltas.length > 0;
  }

  #addAudio(delta: JsonObject): boolean {
    for (const [key, value] of Object.entries(delta)) {
      if ((key === "data" || key === "transcript") && typeof value === "string")
        append(this.#audio, key, value);
      else if (value !== undefined) this.#audioFields[key] = value;
    }
    return delta["data"] !== undefined || delta["transcript"] !== undefined;
  }

  #saysOtherwise(key: string): boolean {
    if (key !== "content") return true;
    const others = [...this.#texts].some(([other, parts]) => other === "refusal" && parts.some(Boolean));
    return others || this.#toolCalls.size > 0 || this.#functionCall !== undefined || this.#audio.size > 0;
  }

  #builtToolCalls(): readonly Json[] {
    const inOrder = [...this.#toolCalls].toSorted(([a], [b]) => a - b);
    return inOrder.map(([, call]) => ({ ...call.fields, function: functionOf(call) }));
  }

  #builtDetails(): readonly Json[] {
    return [...this.#details].map(([key, texts]) => ({ ...this.#detailFields.get(key), ...joined(texts) }));
  }

  #builtAudio(): Json {
    return { ...this.#audioFields, ...joined(this.#audio) };
  }
}

function addFunction(call: ToolCall, fn: JsonObject): void {
  for (const [key, value] of Object.entries(fn)) {
    if (key === "arguments" && typeof value === "string") call.argumentParts.push(value);
    else if (value !== undefined && value !== null) call.fn[key] ??= value;
  }
}

function functionOf({ fn, argumentParts }: ToolCall): JsonObject {
  return { ...fn, arguments: argumentParts.join("") };
}

function append(texts: Map<string, string[]>, key: string, text: string): void {
  const parts = texts.get(key);
  if (parts) parts.push(text);
  else texts.set(key, [text]);
}

function joined(texts: ReadonlyMap<string, readonly string[]>): Record<string, Json> {
  return Object.fromEntries([...texts].map(([key, parts]) => [key, parts.join("")]));
}

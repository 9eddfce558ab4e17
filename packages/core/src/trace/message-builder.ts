import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { ReasoningDetailsBuilder } from "./reasoning-details-builder.ts";
import { NamedInputBuilder, ToolCallsBuilder } from "./tool-calls-builder.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

// Text that comes in parts. A field that is not here and is not handled below is kept as it last came.
const textFields: ReadonlySet<string> = new Set([
  "content",
  "refusal",
  "reasoning",
  "reasoning_content",
  "reasoning_text",
  "thinking",
]);
const listFields: ReadonlySet<string> = new Set(["images", "annotations"]);

/** Puts one message together from the deltas of a stream, so that it equals the message of an answer in one piece. */
export class MessageBuilder {
  readonly #fields: Record<string, Json> = {};
  readonly #texts = new Map<string, Json[]>();
  readonly #lists = new Map<string, Json[]>();
  readonly #toolCalls = new ToolCallsBuilder();
  readonly #details = new ReasoningDetailsBuilder();
  readonly #audio = new Map<string, Json[]>();
  readonly #audioFields: Record<string, Json> = {};
  #functionCall: NamedInputBuilder | undefined;

  /** Adds a delta. Answers whether it says something: text, reasoning, a refusal, a tool call, sound, an image. */
  add(delta: JsonObject): boolean {
    let says = false;
    // Plain data from JSON: nothing is inherited, and `for in` makes no list of the keys.
    for (const key in delta) {
      const value = delta[key];
      if (value === undefined || unsafeKeys.has(key)) continue;
      if (this.#addField(key, value)) says = true;
    }
    return says;
  }

  build(): JsonObject {
    const message: Record<string, Json> = { role: "assistant", content: null, ...this.#fields };
    for (const [key, parts] of this.#texts) {
      const text = joined(parts);
      // An empty opening delta is how a stream says null.
      message[key] = text === "" && this.#saysOtherwise(key) ? null : text;
    }
    for (const [key, items] of this.#lists) message[key] = items;
    if (this.#toolCalls.size > 0) message["tool_calls"] = this.#toolCalls.build();
    if (this.#functionCall) message["function_call"] = this.#functionCall.build();
    if (this.#details.size > 0) message["reasoning_details"] = this.#details.build();
    const audio = this.#builtAudio();
    if (Object.keys(audio).length > 0) message["audio"] = audio;
    return message;
  }

  #addField(key: string, value: Json): boolean {
    if (textFields.has(key) && (typeof value === "string" || Array.isArray(value))) {
      append(this.#texts, key, value);
      return value.length > 0;
    }
    if (Array.isArray(value)) return this.#addList(key, value as readonly Json[]);
    if (key === "function_call" && isJsonObject(value)) {
      this.#functionCall ??= new NamedInputBuilder();
      this.#functionCall.add(value);
      return true;
    }
    if (key === "audio" && isJsonObject(value)) return this.#addAudio(value);
    if (value !== null || this.#fields[key] === undefined) this.#fields[key] = value;
    return false;
  }

  #addList(key: string, items: readonly Json[]): boolean {
    if (key === "reasoning_details") return this.#details.add(items);
    if (key === "tool_calls") this.#toolCalls.add(items);
    else if (listFields.has(key)) for (const item of items) append(this.#lists, key, item);
    else this.#fields[key] = items;
    return items.length > 0 && (key === "tool_calls" || key === "images");
  }

  #addAudio(delta: JsonObject): boolean {
    let says = false;
    for (const [key, value] of Object.entries(delta)) {
      if (value === undefined || unsafeKeys.has(key)) continue;
      if ((key === "data" || key === "transcript") && typeof value === "string") {
        append(this.#audio, key, value);
        says ||= value !== "";
      } else this.#audioFields[key] = value;
    }
    return says;
  }

  #saysOtherwise(key: string): boolean {
    if (key !== "content") return true;
    const others = [...this.#texts].some(([other, parts]) => other === "refusal" && parts.some(Boolean));
    return others || this.#toolCalls.size > 0 || this.#functionCall !== undefined || this.#audio.size > 0;
  }

  #builtAudio(): JsonObject {
    const texts = [...this.#audio].map(([key, parts]) => [key, joined(parts)]);
    return { ...this.#audioFields, ...(Object.fromEntries(texts) as JsonObject) };
  }
}

function append(lists: Map<string, Json[]>, key: string, item: Json): void {
  const items = lists.get(key);
  if (items) items.push(item);
  else lists.set(key, [item]);
}

/** One text; or, where some of it came as lists of content parts, one list of them. */
function joined(parts: readonly Json[]): Json {
  if (parts.every((part) => typeof part === "string")) return parts.join("");
  return parts.flatMap((part) => {
    if (typeof part === "string") return part === "" ? [] : [{ type: "text", text: part }];
    return part;
  });
}

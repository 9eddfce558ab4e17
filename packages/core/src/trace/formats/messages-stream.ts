import { isJsonObject } from "../../json.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { StreamChunk } from "../chat-stream.ts";
import type { FoldedStream } from "./format.ts";

/**
 * Puts the event stream of Anthropic's messages together.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function foldMessagesStream(chunks: readonly StreamChunk[]): FoldedStream {
  let body: JsonObject = {};
  const usage: Record<string, Json | undefined> = {};
  const blocks = new Map<number, BlockBuilder>();
  let firstTokenMs: number | undefined;
  for (const { atMs, data } of chunks) {
    if (!isJsonObject(data)) continue;
    const { type, message, delta, error, index, content_block: block } = data;
    const place = typeof index === "number" ? index : 0;
    if (type === "message_start" && isJsonObject(message)) body = message;
    else if (type === "content_block_start" && isJsonObject(block))
      blocks.set(place, new BlockBuilder(block));
    else if (type === "content_block_delta" && isJsonObject(delta)) {
      if (blocks.get(place)?.add(delta)) firstTokenMs ??= atMs;
    } else if (type === "message_delta" && isJsonObject(delta)) body = { ...body, ...delta };
    if (error !== undefined) body = { ...body, error };
    if (message !== undefined || data["usage"] !== undefined)
      Object.assign(usage, known(message), known(data));
  }
  const content = [...blocks].toSorted(([a], [b]) => a - b).map(([, builder]) => builder.build());
  return {
    body: {
      ...body,
      ...(body["content"] !== undefined && { content }),
      ...(Object.keys(usage).length > 0 && { usage }),
    },
    ...(firstTokenMs !== undefined && { firstTokenMs }),
  };
}

/** The figures in the `usage` of a message or a delta. A null does not undo what was said before. */
function known(holder: Json | undefined): JsonObject {
  const usage = isJsonObject(holder) ? holder["usage"] : undefined;
  if (!isJsonObject(usage)) return {};
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}

// What each kind of delta adds to, by its type.
const places: ReadonlyMap<Json | undefined, readonly [from: string, to: string]> = new Map([
  ["text_delta", ["text", "text"]],
  ["thinking_delta", ["thinking", "thinking"]],
  ["input_json_delta", ["partial_json", "input"]],
]);

class BlockBuilder {
  readonly #block: JsonObject;
  readonly #parts = new Map<string, string[]>();

  constructor(block: JsonObject) {
    this.#block = block;
  }

  /** Answers whether the delta says something. */
  add(delta: JsonObject): boolean {
    const [from, to] = places.get(delta["type"]) ?? [];
    const text = from === undefined ? undefined : delta[from];
    if (to === undefined || typeof text !== "string" || text === "") return false;
    const parts = this.#parts.get(to) ?? [];
    this.#parts.set(to, parts);
    parts.push(text);
    return true;
  }

  build(): JsonObject {
    const texts = [...this.#parts].map(([key, parts]) => {
      const before = this.#block[key];
      return [key, (typeof before === "string" ? before : "") + parts.join("")] as const;
    });
    return { ...this.#block, ...Object.fromEntries(texts) };
  }
}

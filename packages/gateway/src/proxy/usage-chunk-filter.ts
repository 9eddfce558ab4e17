import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";
import { withoutMembers } from "./json-members.ts";

const maxHeldBytes = 1024 * 1024;
const endOfEvent = /\r\n\r\n|\n\n|\r\r/g;

/**
 * Takes out of a stream what the client would not have seen, had the gateway not asked for usage: the chunk with `usage` and no choices at
 * the end, and the `"usage":null` that such providers put into every other chunk. A provider that sends usage unasked says so in its
 * chunks (`provider`, or a `cost` in the usage) and is left alone. Never holds a complete event back.
 */
export class UsageChunkFilter {
  #held: Buffer = Buffer.alloc(0);
  #leaveAlone = false;

  /** Takes bytes of the stream. Answers with those that may go on to the client; none is an empty buffer. */
  push(chunk: Buffer): Buffer {
    if (this.#leaveAlone) return chunk;
    const data = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const passed: Buffer[] = [];
    let from = 0;
    // One byte, one character: offsets in the text are offsets in the data.
    for (const { index, 0: end } of data.toString("latin1").matchAll(endOfEvent)) {
      const event = data.subarray(from, index + end.length);
      from = index + end.length;
      passed.push(this.#leaveAlone ? event : this.#examine(event));
    }
    const rest = data.subarray(from);
    // An event without end is passed on unexamined rather than kept.
    if (this.#leaveAlone || rest.length > maxHeldBytes) {
      this.#held = Buffer.alloc(0);
      passed.push(rest);
    } else this.#held = rest;
    return passed.length === 1 && passed[0] ? passed[0] : Buffer.concat(passed);
  }

  /** What is still held when the stream ends. */
  end(): Buffer {
    return this.#examine(this.#held);
  }

  #examine(event: Buffer): Buffer {
    if (!event.includes('"usage"')) return event;
    const text = event.toString("utf8");
    const [, head = "", payload = "", tail = ""] =
      /^([\s\S]*?data: ?)(\{[^\r\n]*\})([\s\S]*)$/.exec(text) ?? [];
    const chunk = parse(payload);
    if (!chunk) return event;
    if (
      chunk["provider"] !== undefined ||
      (isJsonObject(chunk["usage"]) && chunk["usage"]["cost"] !== undefined)
    ) {
      this.#leaveAlone = true;
      return event;
    }
    if (chunk["usage"] === null)
      return Buffer.from(head + withoutMembers(payload, new Set(["usage"])) + tail);
    const hasChoices = !Array.isArray(chunk["choices"]) || chunk["choices"].length > 0;
    return hasChoices ? event : Buffer.alloc(0);
  }
}

function parse(payload: string): JsonObject | undefined {
  try {
    const value = JSON.parse(payload) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

import { isJsonObject, parseJson } from "@tracecast/core";
import { withoutMembers } from "./json-members.ts";

const maxHeldBytes = 1024 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const nothing = Buffer.alloc(0);

/**
 * Takes out of a stream what the client would not have seen, had the gateway not asked for usage: the chunk with `usage` and no choices at
 * the end, and the `"usage":null` that such providers put into every other chunk. A provider that sends usage unasked says so in its
 * chunks (`provider`, or a `cost` in the usage) and is left alone. Never holds a complete event back, and of an incomplete one at most 1 MiB.
 */
export class UsageChunkFilter {
  /** The start of an event whose end has not come, in pieces. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #leaveAlone = false;
  /** The event that is passing is too large to be examined. */
  #oversize = false;
  #lineIsEmpty = true;
  #afterReturn = false;
  /** A line feed that comes next belongs to an event that is gone. */
  #hidLast = false;

  /** Takes bytes of the stream. Answers with those that may go on to the client; none is an empty buffer. */
  push(chunk: Buffer): Buffer {
    if (this.#leaveAlone) return chunk;
    const passed: Buffer[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const event = this.#step(chunk, at, from);
      if (event === undefined) continue;
      passed.push(event);
      from = at + 1;
      if (this.#leaveAlone) break;
    }
    passed.push(this.#hold(chunk.subarray(from)));
    const some = passed.filter(({ length }) => length > 0);
    return some.length === 1 && some[0] ? some[0] : Buffer.concat(some);
  }

  /** What is still held when the stream ends. */
  end(): Buffer {
    return this.#examine(nothing);
  }

  /** Looks at one byte. Where an event ends with it, answers with what goes on of that event. */
  #step(chunk: Buffer, at: number, from: number): Buffer | undefined {
    const byte = chunk[at];
    const secondHalf = byte === lineFeed && this.#afterReturn;
    this.#afterReturn = byte === carriageReturn;
    if (secondHalf) {
      const isTail = at === from && this.#heldBytes === 0 && !this.#oversize;
      return isTail ? (this.#hidLast ? nothing : chunk.subarray(at, at + 1)) : undefined;
    }
    const endsLine = byte === lineFeed || byte === carriageReturn;
    const endsEvent = endsLine && this.#lineIsEmpty;
    this.#lineIsEmpty = endsLine;
    return endsEvent ? this.#examine(chunk.subarray(from, at + 1)) : undefined;
  }

  /** Keeps the start of an event; answers with what may go on already. */
  #hold(rest: Buffer): Buffer {
    if (this.#leaveAlone || this.#oversize || rest.length === 0) return rest;
    this.#held.push(rest);
    this.#heldBytes += rest.length;
    if (this.#heldBytes <= maxHeldBytes) return nothing;
    this.#oversize = true;
    return this.#take();
  }

  #take(): Buffer {
    const held = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #examine(last: Buffer): Buffer {
    this.#hidLast = false;
    if (this.#oversize) {
      this.#oversize = false;
      return last;
    }
    const event = this.#heldBytes === 0 ? last : Buffer.concat([...this.#held, last]);
    this.#take();
    if (!event.includes('"usage"')) return event;
    const shown = unasked(event);
    this.#leaveAlone = shown === "everything";
    if (shown === "everything") return event;
    this.#hidLast = shown.length === 0;
    return shown;
  }
}

/** An event as it would have been, had nobody asked for usage. "everything": this provider sends usage to all. */
function unasked(event: Buffer): Buffer | "everything" {
  // One byte, one character: what is not cut out stays the byte it was.
  const text = event.toString("latin1");
  const [first, ...others] = [...text.matchAll(/^data: ?(.*)$/gm)];
  if (!first) return event;
  const payload = [first, ...others].map(([, value = ""]) => value).join("\n");
  const chunk = parseJson(payload);
  const usage = isJsonObject(chunk) ? chunk["usage"] : undefined;
  if (!isJsonObject(chunk) || usage === undefined) return event;
  if (chunk["provider"] !== undefined || (isJsonObject(usage) && usage["cost"] !== undefined))
    return "everything";
  if (usage === null) return Buffer.from(withPayload(text, withoutMembers(payload, usageOnly)), "latin1");
  const { choices, error } = chunk;
  const isOurs = Array.isArray(choices) && choices.length === 0 && error === undefined;
  return isOurs ? nothing : event;
}

const usageOnly: ReadonlySet<string> = new Set(["usage"]);

/** The event with other data: its first data lines take the lines of the payload, and those left over go. */
function withPayload(text: string, payload: string): string {
  const lines = payload.split("\n");
  return text.replaceAll(/^(data: ?).*(\r\n|\n|\r|$)/gm, (_, field: string, end: string) => {
    const line = lines.shift();
    return line === undefined ? "" : field + line + end;
  });
}

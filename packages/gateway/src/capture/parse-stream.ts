import type { Json, StreamChunk } from "@tracecast/core";
import { isJsonObject } from "@tracecast/core";
import { createParser } from "eventsource-parser";
import type { TimedBytes } from "./decode.ts";

/** An event stream, parsed. */
export interface ParsedStream {
  readonly chunks: readonly StreamChunk[];
  /** It said itself that it is over: `[DONE]`, or a choice with a finish reason. */
  readonly finished: boolean;
}

/** Parses an event stream; every event gets the time at which its last byte arrived. What is not JSON is passed over. */
export function parseStream(pieces: readonly TimedBytes[]): ParsedStream {
  const chunks: StreamChunk[] = [];
  let atMs = 0;
  let finished = false;
  const parser = createParser({
    onEvent({ data }) {
      if (data === "[DONE]") finished = true;
      const parsed = parseJson(data);
      if (parsed === undefined) return;
      if (isFinish(parsed)) finished = true;
      chunks.push({ atMs, data: parsed });
    },
  });
  const text = new TextDecoder();
  for (const { bytes, atMs: arrivedMs } of pieces) {
    atMs = arrivedMs;
    parser.feed(text.decode(bytes, { stream: true }));
  }
  // The last event may lack the blank line behind it.
  parser.feed(`${text.decode()}\n\n`);
  return { chunks, finished };
}

/** JSON, or `undefined` where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isFinish(chunk: Json): boolean {
  if (!isJsonObject(chunk) || !Array.isArray(chunk["choices"])) return false;
  return (chunk["choices"] as readonly Json[]).some(
    (choice) => isJsonObject(choice) && typeof choice["finish_reason"] === "string",
  );
}

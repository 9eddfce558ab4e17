import type { Json, StreamChunk } from "@tracecast/core";
import { isJsonObject, parseJson } from "@tracecast/core";
import { StringDecoder } from "node:string_decoder";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createParser } from "eventsource-parser";
import type { TimedBytes } from "./decode.ts";
import { TextRun } from "./text-run.ts";

/** An event stream, parsed. */
export interface ParsedStream {
  readonly chunks: readonly StreamChunk[];
  /** It said itself that it is over: by its last event, or by why the model stopped. */
  readonly finished: boolean;
  /** Its last event came: nothing was left to come. */
  readonly done: boolean;
}

// Parsing more at once would make the answers that stream meanwhile wait.
const bytesInOneGo = 256 * 1024;

const byteOrderMark = /^\uFEFF/;

/**
 * Parses an event stream; every event gets the time at which its last byte arrived. What is not JSON is passed over. Parts of one text that
 * follow each other become one event, with the time of the first.
 */
export async function parseStream(pieces: readonly TimedBytes[]): Promise<ParsedStream> {
  const chunks: StreamChunk[] = [];
  let atMs = 0;
  let finished = false;
  let done = false;
  let run: { readonly text: TextRun; readonly atMs: number } | undefined;
  const take = (data: string, at: number) => {
    const parsed = parseJson(data);
    if (parsed === undefined) return;
    if (isLast(parsed)) done = true;
    if (isFinish(parsed)) finished = true;
    chunks.push({ atMs: at, data: parsed });
  };
  const endRun = () => {
    if (run) take(run.text.data, run.atMs);
    run = undefined;
  };
  const parser = createParser({
    onEvent({ data }) {
      if (run?.text.takes(data)) return;
      endRun();
      const text = TextRun.from(data);
      if (text) run = { text, atMs };
      else if (data === "[DONE]") done = true;
      else take(data, atMs);
    },
  });
  const text = new StringDecoder("utf8");
  let sinceRest = 0;
  for (const { bytes, atMs: arrivedMs } of pieces) {
    atMs = arrivedMs;
    sinceRest += bytes.length;
    if (sinceRest > bytesInOneGo) {
      sinceRest = 0;
      await nextTurn();
    }
    const written = text.write(bytes);
    parser.feed(bytes === pieces[0]?.bytes ? written.replace(byteOrderMark, "") : written);
  }
  // The last event may lack the blank line behind it.
  parser.feed(`${text.end()}\n\n`);
  endRun();
  return { chunks, finished: finished || done, done };
}

// The last events of Anthropic's messages and of OpenAI's responses; chat completions end with `[DONE]`.
const last: ReadonlySet<unknown> = new Set([
  "message_stop",
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

const isLast = (event: Json): boolean => isJsonObject(event) && last.has(event["type"]);

/** Whether an event says why the model stopped. */
function isFinish(event: Json): boolean {
  if (!isJsonObject(event)) return false;
  const { choices, type, delta } = event;
  if (type === "message_delta") return isJsonObject(delta) && typeof delta["stop_reason"] === "string";
  if (!Array.isArray(choices)) return false;
  return (choices as readonly Json[]).some(
    (choice) => isJsonObject(choice) && typeof choice["finish_reason"] === "string",
  );
}

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { parseJson } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { answerError } from "../proxy/answer-error.ts";
import { readBody } from "../proxy/read-body.ts";
import type { ReceivedSpan } from "./export-request.ts";
import { protobufAnswer, spansOfJson, spansOfProtobuf } from "./export-request.ts";
import { isGeneration, spanEvent } from "./span-event.ts";

const gunzipped = promisify(gunzip);
const maxBytes = 32 * 1024 * 1024;

/** Whether a path is where OTLP/HTTP takes traces. */
export const isOtlpPath = (path: string): boolean => path === "/v1/traces";

/** Takes an event, and the request it came with. */
export type Publish = (event: TraceEvent, request: IncomingMessage) => void;

/**
 * Takes exports of OTLP/HTTP, in JSON and Protocol Buffers, and hands on the model calls among their spans. Spans that are no model call are
 * accepted and left out, as nothing is lost with them that a trace event has a place for.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function createOtlpReceiver(publish: Publish): RequestListener {
  return (request, response) => void receive(request, response, publish).catch(() => response.destroy());
}

async function receive(request: IncomingMessage, response: ServerResponse, publish: Publish): Promise<void> {
  if (request.method !== "POST")
    return answerError(response, {
      status: 405,
      type: "method_not_allowed",
      message: "Send traces by POST.",
    });
  const isProtobuf = /^application\/x-protobuf\b/i.test(request.headers["content-type"] ?? "");
  const spans = await spansIn(request, isProtobuf);
  if (spans === tooLarge)
    return answerError(response, { status: 413, type: "export_too_large", message: spans });
  if (typeof spans === "string")
    return answerError(response, { status: 400, type: "invalid_export", message: spans });
  const calls = spans.filter(isGeneration);
  const refused = calls.filter((span) => !isPublished(span, (event) => publish(event, request))).length;
  answer(response, isProtobuf, refused);
}

function isPublished(span: ReceivedSpan, publish: (event: TraceEvent) => void): boolean {
  try {
    publish(spanEvent(span));
    return true;
  } catch {
    return false;
  }
}

const tooLarge = "The export is larger than 32 MiB; send less in one request.";

/** The spans, or what is wrong. */
async function spansIn(
  request: IncomingMessage,
  isProtobuf: boolean,
): Promise<readonly ReceivedSpan[] | string> {
  const sent = await readBody(request, maxBytes);
  if (!sent) return tooLarge;
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "gzip" && encoding !== "identity")
    return `Content-Encoding ${encoding} is not known; use gzip.`;
  try {
    const body = encoding === "gzip" ? await gunzipped(sent, { maxOutputLength: maxBytes }) : sent;
    if (isProtobuf) return spansOfProtobuf(body);
    const json = body.length === 0 ? {} : parseJson(body.toString("utf8"));
    return json === undefined
      ? "The body is not JSON; for Protocol Buffers say application/x-protobuf."
      : spansOfJson(json);
  } catch {
    return "The body cannot be read as an OTLP export of traces.";
  }
}

/** Everything was taken, or all but so many spans. */
function answer(response: ServerResponse, isProtobuf: boolean, refused: number): void {
  const errorMessage = "These spans lack what a trace event needs: ids and a start.";
  const said = refused === 0 ? {} : { partialSuccess: { rejectedSpans: refused, errorMessage } };
  const type = isProtobuf ? "application/x-protobuf" : "application/json";
  response
    .writeHead(200, { "content-type": type })
    .end(isProtobuf ? protobufAnswer(said) : JSON.stringify(said));
}

import { hash } from "node:crypto";
import { callTraceEvent, known, parseJson } from "@tracecast/core";
import type { CallHeaders, CallResponse, Region, TraceEvent } from "@tracecast/core";
import type { KeyOwner } from "../keys/key-owner.ts";
import { headerValue } from "../proxy/headers.ts";
import type { RawHeaders } from "../proxy/headers.ts";
import { decode } from "./decode.ts";
import type { Exchange } from "./exchange.ts";
import { parseStream } from "./parse-stream.ts";

/** What a call's event is made with beside what was recorded. */
export interface CallEventOptions {
  /** Whether somebody asks for the details of its generation. */
  readonly withDetails: boolean;
  readonly region?: Region | undefined;
  /** Whose the key with a hash is. Absent: nobody knows. */
  readonly ownerOf?: ((keyHash: string | undefined) => KeyOwner) | undefined;
}

/** Makes the trace event of a recorded call. */
export async function callEvent(
  exchange: Exchange,
  { withDetails, region, ownerOf }: CallEventOptions,
): Promise<TraceEvent> {
  const { operation, startMs, endMs, requestHeaders, requestBody, responseHeaders } = exchange;
  const sessionIdHeader = headerValue(requestHeaders, "x-session-id");
  const generationIdHeader = headerValue(responseHeaders, "x-generation-id");
  const usedHash = keyHash(requestHeaders);
  const owner = ownerOf?.(usedHash);
  const { response, whole } = await responseOf(exchange);
  return callTraceEvent({
    operation,
    startMs,
    endMs,
    request: parseJson(requestBody.toString("utf8")),
    response,
    cancelled: exchange.ending.kind === "cancelled" && !whole,
    truncated: exchange.truncated,
    requestMissing: exchange.requestMissing,
    ...(sessionIdHeader !== undefined && { sessionIdHeader }),
    ...(generationIdHeader !== undefined && { generationIdHeader }),
    ...(withDetails ? { headers: headersOf(exchange) } : { details: false }),
    ...(usedHash !== undefined && { apiKey: { ...known({ name: owner?.name }), hash: usedHash } }),
    ...(region && { region }),
    ...(owner && { workspaceId: owner.workspaceId }),
  });
}

function headersOf({ requestHeaders, responseHeaders }: Exchange): CallHeaders {
  const asked = (name: string) => headerValue(requestHeaders, name);
  return {
    appTitle: asked("x-openrouter-title") ?? asked("x-title"),
    httpReferer: asked("http-referer") ?? asked("referer"),
    origin: asked("origin"),
    userAgent: asked("user-agent"),
    requestId: headerValue(responseHeaders, "x-request-id") ?? headerValue(responseHeaders, "request-id"),
  };
}

/** How it was answered, and whether the answer was whole although its client had gone. */
async function responseOf({
  ending,
  status,
  responseHeaders,
  chunks,
  truncated,
}: Exchange): Promise<{ readonly response: CallResponse; readonly whole?: boolean }> {
  if (ending.kind === "unanswered") return { response: { ...ending, kind: "none" } };
  if (status === 0) return { response: { kind: "none", status: 0, type: "cancelled", message: "" } };
  const pieces = await decode(chunks, headerValue(responseHeaders, "content-encoding"));
  if (headerValue(responseHeaders, "content-type")?.toLowerCase().startsWith("text/event-stream")) {
    const { chunks: events, finished, done } = await parseStream(pieces);
    const complete = truncated || (finished && ending.kind !== "broken");
    // Many clients hang up at the last event, a moment before the stream ends.
    return { response: { kind: "stream", status, chunks: events, complete }, whole: done };
  }
  if (ending.kind === "broken") {
    return { response: interrupted };
  }
  const text = Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("utf8");
  return { response: { kind: "json", status, body: parseJson(text) } };
}

const interrupted: CallResponse = {
  kind: "none",
  status: 502,
  type: "answer_interrupted",
  message: "The provider's answer ended before it was complete.",
};

/** The SHA-256 of the caller's key in hex: of its bearer token, else of its `x-api-key`. */
function keyHash(headers: RawHeaders): string | undefined {
  const bearer = /^Bearer +(\S+)/i.exec(headerValue(headers, "authorization") ?? "")?.[1];
  const key = bearer ?? headerValue(headers, "x-api-key");
  return key ? hash("sha256", key) : undefined;
}

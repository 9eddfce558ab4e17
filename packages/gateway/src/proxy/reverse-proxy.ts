import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Operation } from "@tracecast/core";
import { Agent } from "undici";
import type { Dispatcher } from "undici";
import type { Capture } from "../capture/capture.ts";
import { Exchange } from "../capture/exchange.ts";
import type { Ending } from "../capture/exchange.ts";
import type { UpstreamSettings } from "../settings/settings.ts";
import { answerError } from "./answer-error.ts";
import type { GatewayError } from "./answer-error.ts";
import { endToEndHeaders, headerValue, withKey } from "./headers.ts";
import type { RawHeaders } from "./headers.ts";
import { readBody } from "./read-body.ts";
import { relay } from "./relay.ts";
import { operationOf } from "./operation.ts";
import { editRequest } from "./request-edit.ts";
import type { RequestEdits } from "./request-edit.ts";
import { upstreamTarget } from "./upstream-target.ts";
import type { UpstreamTarget } from "./upstream-target.ts";
import { UsageChunkFilter } from "./usage-chunk-filter.ts";

/** A request on its way to the provider. */
interface Passage {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: readonly string[];
  readonly body: Readable | Buffer | null;
  /** Where the exchange is recorded, if it is. */
  readonly exchange?: Exchange;
  readonly usageIsOurs?: boolean;
}

/** What the provider answers with. */
interface Answer {
  readonly statusCode: number;
  readonly statusText: string;
  readonly rawHeaders: RawHeaders;
  readonly body: Readable;
}

const maxCapturedRequestBytes = 64 * 1024 * 1024;
// A model may think for long before it says its first word.
const headersTimeoutMs = 10 * 60_000;
// Only these two leave the usage of a stream out unless they are asked for it.
const mustBeAskedForUsage: ReadonlySet<Operation> = new Set<Operation>(["chat", "completion"]);

/** Passes requests on to one provider and its answers back, and hands finished calls of models to a capture. */
export class ReverseProxy {
  readonly #target: UpstreamTarget;
  readonly #edits: RequestEdits;
  readonly #capture: Capture;
  readonly #apiKey: string | undefined;
  readonly #now: () => number;
  readonly #agent = new Agent({
    headersTimeout: headersTimeoutMs,
    bodyTimeout: 0,
    connect: { timeout: 10_000 },
  });

  constructor(upstream: UpstreamSettings, capture: Capture, now: () => number = Date.now) {
    this.#target = upstreamTarget(upstream.url);
    this.#edits = {
      stripTracingFields: upstream.tracingFields === "strip",
      askForUsage: upstream.streamUsage === "ask" && !this.#target.sendsUsageUnasked,
    };
    this.#capture = capture;
    this.#apiKey = upstream.apiKey;
    this.#now = now;
  }

  /** Serves one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const operation = operationOf(request.method, request.url);
    const passing = operation
      ? this.#passCall(operation, request, response)
      : this.#passAnything(request, response);
    // What is left to fail is a client that went away while it sent its request: there is nobody to tell.
    const passed = passing.catch(() => void response.destroy());
    if (operation) this.#capture.expect(passed);
  }

  /** Closes the connections to the provider. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #passCall(operation: Operation, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = this.#now();
    const original = await readBody(request, maxCapturedRequestBytes);
    const isWanted = this.#capture.isWanted();
    const exchange = isWanted
      ? new Exchange(operation, startMs, request.rawHeaders, original ?? nothing)
      : undefined;
    if (!original) return this.#refuse(response, exchange, tooLarge);
    const askForUsage = isWanted && this.#edits.askForUsage && mustBeAskedForUsage.has(operation);
    const { body, usageIsOurs } = editRequest(original, { ...this.#edits, askForUsage });
    const headers = endToEndHeaders(request.rawHeaders, [
      "host",
      "expect",
      "content-length",
      // What is to be read on the way must not be compressed.
      ...(usageIsOurs ? ["accept-encoding"] : []),
    ]);
    if (usageIsOurs) headers.push("accept-encoding", "identity");
    await this.#pass({ request, response, headers, body, usageIsOurs, ...(exchange && { exchange }) });
  }

  #passAnything(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { "content-length": length, "transfer-encoding": encoding } = request.headers;
    const headers = endToEndHeaders(request.rawHeaders, ["host", "expect"]);
    const hasBody = length !== undefined || encoding !== undefined;
    return this.#pass({ request, response, headers, body: hasBody ? request : null });
  }

  async #pass(passage: Passage): Promise<void> {
    const { response, exchange } = passage;
    const leaving = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) leaving.abort();
    });
    try {
      const { statusCode, statusText, headers, body } = await this.#ask(passage, leaving.signal);
      // Asked for raw headers, undici answers with a list, which its types do not say.
      const rawHeaders = headers as unknown as RawHeaders;
      exchange?.answered(statusCode, rawHeaders);
      await this.#passBack(passage, { statusCode, statusText, rawHeaders, body });
      this.#finish(exchange, { kind: "complete" });
    } catch (error) {
      if (leaving.signal.aborted) return this.#finish(exchange, { kind: "cancelled" });
      if (!response.headersSent)
        return this.#refuse(response, exchange, unanswered(this.#target.host, error));
      // The provider broke off: so must the answer, or the client would take it for whole.
      response.destroy();
      this.#finish(exchange, { kind: "broken" });
    }
  }

  #ask({ request, headers, body }: Passage, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#agent.request({
      origin: this.#target.origin,
      path: this.#target.pathFor(request.url ?? "/"),
      method: request.method as Dispatcher.HttpMethod,
      headers: this.#apiKey === undefined ? [...headers] : withKey(headers, this.#apiKey),
      body,
      signal,
      responseHeaders: "raw",
    });
  }

  async #passBack({ response, exchange, usageIsOurs }: Passage, answer: Answer): Promise<void> {
    const { statusCode, statusText, rawHeaders, body } = answer;
    const isStream =
      headerValue(rawHeaders, "content-type")?.toLowerCase().startsWith("text/event-stream") === true;
    const filter = usageIsOurs && isStream && isPlain(rawHeaders) ? new UsageChunkFilter() : undefined;
    response.sendDate = false;
    response.writeHead(statusCode, statusText, endToEndHeaders(rawHeaders, filter ? ["content-length"] : []));
    // The head of a slow answer does not wait for its body; that of a quick one travels with it.
    setImmediate(() => response.flushHeaders());
    const change = (chunk: Buffer): Buffer => {
      exchange?.received(chunk, this.#now());
      return filter ? filter.push(chunk) : chunk;
    };
    await relay(body, response, change, () => filter?.end() ?? nothing);
  }

  #refuse(response: ServerResponse, exchange: Exchange | undefined, error: GatewayError): void {
    answerError(response, error);
    this.#finish(exchange, { kind: "unanswered", ...error });
  }

  #finish(exchange: Exchange | undefined, ending: Ending): void {
    if (!exchange) return;
    exchange.ended(ending, this.#now());
    this.#capture.finished(exchange);
  }
}

const nothing = Buffer.alloc(0);

/** Whether a body can be read as it is. Some providers compress whatever they are asked. */
function isPlain(headers: RawHeaders): boolean {
  return (headerValue(headers, "content-encoding") ?? "identity").trim().toLowerCase() === "identity";
}

const tooLarge: GatewayError = {
  status: 413,
  type: "request_too_large",
  message: "The request is larger than 64 MiB; send less in one request.",
};

function unanswered(host: string, error: unknown): GatewayError {
  const { code = "" } = error as { code?: string };
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return {
      status: 504,
      type: "upstream_timeout",
      message: `The provider at ${host} did not answer in time; try again.`,
    };
  }
  const why = code ? ` (${code})` : "";
  return {
    status: 502,
    type: "upstream_unreachable",
    message: `The provider at ${host} cannot be reached${why}; try again later.`,
  };
}

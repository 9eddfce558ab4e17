import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Operation } from "@tracecast/core";
import { Agent } from "undici";
import type { Dispatcher } from "undici";
import type { Capture } from "../capture/capture.ts";
import type { Ending, Exchange } from "../capture/exchange.ts";
import { defaultLimits } from "../settings/limits.ts";
import type { Limits } from "../settings/limits.ts";
import type { UpstreamSettings } from "../settings/settings.ts";
import { endToEndHeaders, withKey } from "./headers.ts";
import { Passage } from "./passage.ts";
import { readBody } from "./read-body.ts";
import { busy, tookTooLong, tooLarge } from "./limit-errors.ts";
import { operationOf } from "./operation.ts";
import { editRequest } from "./request-edit.ts";
import type { RequestEdits } from "./request-edit.ts";
import { upstreamTarget } from "./upstream-target.ts";
import type { UpstreamTarget } from "./upstream-target.ts";

// A model may think for long before it says its first word.
const headersTimeoutMs = 10 * 60_000;
const cutLateEveryMs = 1000;
// Only these two leave the usage of a stream out unless they are asked for it.
const mustBeAskedForUsage: ReadonlySet<Operation> = new Set<Operation>(["chat", "completion"]);

/** Passes requests on to one provider and its answers back, and hands finished calls of models to a capture. */
export class ReverseProxy {
  readonly #target: UpstreamTarget;
  readonly #edits: RequestEdits;
  readonly #capture: Capture;
  readonly #apiKey: string | undefined;
  readonly #limits: Limits;
  readonly #now: () => number;
  /** The answers that are awaited or on their way, and since when. */
  readonly #open = new Map<Passage, number>();
  #underWay = 0;
  readonly #clock: NodeJS.Timeout;
  readonly #agent = new Agent({
    headersTimeout: headersTimeoutMs,
    bodyTimeout: 0,
    connect: { timeout: 10_000 },
  });

  constructor(
    upstream: UpstreamSettings,
    capture: Capture,
    {
      limits = defaultLimits,
      now = Date.now,
    }: { readonly limits?: Limits; readonly now?: () => number } = {},
  ) {
    this.#target = upstreamTarget(upstream.url);
    this.#edits = {
      stripTracingFields: upstream.tracingFields === "strip",
      askForUsage: upstream.streamUsage === "ask" && !this.#target.sendsUsageUnasked,
    };
    this.#capture = capture;
    this.#apiKey = upstream.apiKey;
    this.#limits = limits;
    this.#now = now;
    this.#clock = setInterval(() => this.cutLate(), cutLateEveryMs);
    this.#clock.unref();
  }

  /** Serves one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const operation = operationOf(request.method, request.url);
    if (this.#underWay >= this.#limits.maxConcurrentRequests)
      return this.#turnAway(operation, request, response);
    this.#underWay += 1;
    const leave = () => void (this.#underWay -= 1);
    if (!operation) return this.#passAnything(request, response, leave);
    // What is left to fail is a client that went away while it sent its request: there is nobody to tell.
    const passed = this.#passCall(operation, request, response).catch(() => void response.destroy());
    this.#capture.expect(passed.then(leave));
  }

  /** Cuts the answers that have taken too long. */
  cutLate(): void {
    const latest = this.#now() - this.#limits.maxStreamMs;
    for (const [passage, startMs] of this.#open) if (startMs < latest) passage.cut(tookTooLong(this.#limits));
  }

  /** Closes the connections to the provider. */
  close(): Promise<void> {
    clearInterval(this.#clock);
    return this.#agent.destroy();
  }

  #turnAway(operation: Operation | undefined, request: IncomingMessage, response: ServerResponse): void {
    const exchange =
      operation && this.#capture.isWanted()
        ? this.#capture.begin(operation, this.#now(), request.rawHeaders, nothing)
        : undefined;
    this.#passage(response, exchange, false).refuse(busy);
  }

  async #passCall(operation: Operation, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = this.#now();
    const original = await readBody(request, this.#limits.maxBodyBytes);
    const isWanted = this.#capture.isWanted();
    const exchange = isWanted
      ? this.#capture.begin(operation, startMs, request.rawHeaders, original ?? nothing)
      : undefined;
    const askForUsage = isWanted && this.#edits.askForUsage && mustBeAskedForUsage.has(operation);
    const { body, usageIsOurs } = original
      ? editRequest(original, { ...this.#edits, askForUsage })
      : { body: undefined, usageIsOurs: false };
    await new Promise<void>((resolve) => {
      const passage = this.#passage(response, exchange, usageIsOurs, resolve);
      if (!body) return passage.refuse(tooLarge(this.#limits));
      // What is to be read on the way must not be compressed.
      const headers = endToEndHeaders(request.rawHeaders, usageIsOurs ? ofReadCall : ofCall);
      if (usageIsOurs) headers.push("accept-encoding", "identity");
      this.#ask(request, headers, body, passage);
    });
  }

  #passAnything(request: IncomingMessage, response: ServerResponse, done: () => void): void {
    const { "content-length": length, "transfer-encoding": encoding } = request.headers;
    const hasBody = length !== undefined || encoding !== undefined;
    const passage = this.#passage(response, undefined, false, done);
    this.#ask(request, endToEndHeaders(request.rawHeaders, ofAnything), hasBody ? request : null, passage);
  }

  #passage(
    response: ServerResponse,
    exchange: Exchange | undefined,
    usageIsOurs: boolean,
    settled?: () => void,
  ): Passage {
    const onOver = (ending: Ending) => {
      this.#open.delete(passage);
      if (exchange) {
        exchange.ended(ending, this.#now());
        this.#capture.finished(exchange);
      }
      settled?.();
    };
    const { host } = this.#target;
    const passage = new Passage({ response, host, now: this.#now, exchange, usageIsOurs, onOver });
    this.#open.set(passage, exchange?.startMs ?? this.#now());
    return passage;
  }

  #ask(request: IncomingMessage, headers: string[], body: Readable | Buffer | null, passage: Passage): void {
    const asked = {
      origin: this.#target.origin,
      path: this.#target.pathFor(request.url ?? "/"),
      method: request.method as Dispatcher.HttpMethod,
      headers: this.#apiKey === undefined ? headers : withKey(headers, this.#apiKey),
      body,
    };
    this.#agent.dispatch(asked, passage);
  }
}

const nothing = Buffer.alloc(0);

// What belongs to the client's own connection, or is made anew for the provider's.
const ofAnything: ReadonlySet<string> = new Set(["host", "expect"]);
const ofCall: ReadonlySet<string> = new Set([...ofAnything, "content-length"]);
const ofReadCall: ReadonlySet<string> = new Set([...ofCall, "accept-encoding"]);

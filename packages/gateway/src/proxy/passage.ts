import type { ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import type { Ending, Exchange } from "../capture/exchange.ts";
import { answerError } from "./answer-error.ts";
import type { GatewayError } from "./answer-error.ts";
import { endToEndHeaders, headerValue } from "./headers.ts";
import type { RawHeaders } from "./headers.ts";
import { unanswered } from "./unanswered.ts";
import { UsageChunkFilter } from "./usage-chunk-filter.ts";

/** What a passage works with. */
export interface PassageOptions {
  readonly response: ServerResponse;
  /** The provider's host, for the sentence that says it cannot be reached. */
  readonly host: string;
  readonly now: () => number;
  /** Where the exchange is recorded, if it is. */
  readonly exchange: Exchange | undefined;
  /** The usage in its stream was not asked for by the client, who must not see it. */
  readonly usageIsOurs: boolean;
  /** Hears once, when nothing more will come. */
  readonly onOver: (ending: Ending) => void;
}

type Controller = Dispatcher.DispatchController;

/**
 * The answer to one request on its way back, turn by turn, as fast as the client takes it. What it is told by the provider's connection it
 * does to the client's in the same turn of the event loop: no stream stands between them.
 */
export class Passage implements Dispatcher.DispatchHandler {
  readonly #options: PassageOptions;
  #controller: Controller | undefined;
  #filter: UsageChunkFilter | undefined;
  #arrived: Buffer[] = [];
  #isOver = false;
  #hasBody = false;

  constructor(options: PassageOptions) {
    this.#options = options;
    const { response } = options;
    response.on("drain", () => this.#controller?.resume());
    response.once("close", () => {
      if (response.writableFinished) return;
      this.#end({ kind: "cancelled" });
      this.#controller?.abort(new Error("The client went away."));
    });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("Nobody waits for the answer."));
  }

  onResponseStart(controller: Controller, status: number, _headers: object, statusText = ""): void {
    // What comes before an answer, such as early hints, is between the provider and the gateway.
    if (status < 200) return;
    const { response, exchange, usageIsOurs } = this.#options;
    const headers = texts(controller.rawHeaders as readonly Buffer[]);
    exchange?.answered(status, headers);
    if (usageIsOurs && isPlainStream(headers)) this.#filter = new UsageChunkFilter();
    response.sendDate = false;
    response.writeHead(status, statusText, endToEndHeaders(headers, this.#filter ? lengthOnly : undefined));
    // The head of a slow answer does not wait for its body; that of a quick one travels with it.
    setImmediate(() => {
      if (!this.#hasBody && !this.#isOver) response.flushHeaders();
    });
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#arrived.push(chunk) === 1) process.nextTick(() => this.#passOn());
  }

  onResponseEnd(): void {
    this.#passOn();
    const rest = this.#filter?.end();
    this.#hasBody = true;
    this.#options.response.end(rest?.length ? rest : undefined, () => this.#end({ kind: "complete" }));
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#passOn();
    if (!this.#isOver) this.#breakOff(unanswered(this.#options.host, error));
  }

  /** Ends it before it is over: with an error, where no answer has begun. */
  cut(error: GatewayError): void {
    this.#breakOff(error);
    this.#controller?.abort(new Error(error.message));
  }

  /** Answers in the provider's place. */
  refuse(error: GatewayError): void {
    answerError(this.#options.response, error);
    this.#end({ kind: "unanswered", ...error });
  }

  /** Passes on what has come in this turn of the event loop, in one piece: a piece has its price, however small it is. */
  #passOn(): void {
    const arrived = this.#arrived;
    const [first] = arrived;
    if (!first) return;
    this.#arrived = [];
    const { response, exchange, now } = this.#options;
    const chunk = arrived.length === 1 ? first : Buffer.concat(arrived);
    exchange?.received(chunk, now());
    const shown = this.#filter ? this.#filter.push(chunk) : chunk;
    // What is held back leaves the head to go alone.
    if (shown.length === 0) return;
    this.#hasBody = true;
    if (!response.write(shown)) this.#controller?.pause();
  }

  #breakOff(error: GatewayError): void {
    const { response } = this.#options;
    if (!response.headersSent) return this.refuse(error);
    // What the client has must break off too, or it would be taken for whole.
    this.#end({ kind: "broken" });
    response.destroy();
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onOver(ending);
  }
}

const lengthOnly: ReadonlySet<string> = new Set(["content-length"]);

const texts = (headers: readonly Buffer[]): RawHeaders => headers.map((header) => header.toString("latin1"));

/** An event stream that can be read as it is. Some providers compress whatever they are asked. */
function isPlainStream(headers: RawHeaders): boolean {
  const encoding = headerValue(headers, "content-encoding") ?? "identity";
  const type = headerValue(headers, "content-type") ?? "";
  return encoding.trim().toLowerCase() === "identity" && type.toLowerCase().startsWith("text/event-stream");
}

import type { Operation } from "@tracecast/core";
import type { RawHeaders } from "../proxy/headers.ts";
import { RecordingRoom } from "./recording-room.ts";

const nothing = Buffer.alloc(0);
const maxRecordedBytes = 32 * 1024 * 1024;

/** How an exchange with the provider ended. */
export type Ending =
  | { readonly kind: "complete" }
  /** The provider broke off in the middle of its answer. */
  | { readonly kind: "broken" }
  /** The client went away. */
  | { readonly kind: "cancelled" }
  /** There was no answer of the provider; the client got this one instead. */
  | { readonly kind: "unanswered"; readonly status: number; readonly type: string; readonly message: string };

/** One call as its bytes went by. Times are epoch milliseconds. Nothing in it has been parsed. */
export class Exchange {
  readonly operation: Operation;
  readonly startMs: number;
  readonly requestHeaders: RawHeaders;
  /** As the client wrote it. Empty where it was too large to be taken, or there was no room for it. */
  readonly requestBody: Buffer;
  /** There was no room for the request. */
  readonly requestMissing: boolean;
  status = 0;
  responseHeaders: RawHeaders = [];
  readonly chunks: { readonly atMs: number; readonly bytes: Buffer }[] = [];
  /** There was more of the answer than is kept. */
  truncated = false;
  ending: Ending = { kind: "complete" };
  endMs: number;
  #recorded = 0;
  #taken = 0;
  #lastByteMs: number | undefined;
  readonly #room: RecordingRoom;

  constructor(
    operation: Operation,
    startMs: number,
    requestHeaders: RawHeaders,
    requestBody: Buffer,
    room: RecordingRoom = new RecordingRoom(),
  ) {
    this.operation = operation;
    this.startMs = startMs;
    this.endMs = startMs;
    this.requestHeaders = requestHeaders;
    this.#room = room;
    this.requestMissing = !this.#hasRoomFor(requestBody);
    this.requestBody = this.requestMissing ? nothing : requestBody;
  }

  /** The provider answers. */
  answered(status: number, headers: RawHeaders): void {
    this.status = status;
    this.responseHeaders = headers;
  }

  /** Keeps a piece of the answer, as far as there is room: a reference, not a copy. */
  received(bytes: Buffer, atMs: number): void {
    this.#lastByteMs = atMs;
    this.#recorded += bytes.length;
    if (this.truncated || this.#recorded > maxRecordedBytes || !this.#hasRoomFor(bytes))
      this.truncated = true;
    else this.chunks.push({ atMs, bytes });
  }

  /** The exchange is over. A whole answer ended with the provider's last byte, however long the client took to read it. */
  ended(ending: Ending, atMs: number): void {
    this.ending = ending;
    this.endMs = ending.kind === "complete" ? (this.#lastByteMs ?? atMs) : atMs;
  }

  /** Nobody reads it any more: its room is free. */
  release(): void {
    this.#room.give(this.#taken);
    this.#taken = 0;
  }

  #hasRoomFor({ length }: Buffer): boolean {
    const hasRoom = this.#room.take(length);
    if (hasRoom) this.#taken += length;
    return hasRoom;
  }
}

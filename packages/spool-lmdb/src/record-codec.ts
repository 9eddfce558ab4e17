import { isJsonObject, parseJson } from "@tracecast/core";
import type { JsonObject } from "@tracecast/core";
import { sealedBytes } from "./seal.ts";
import type { Seal } from "./seal.ts";
import { Scratch, Slab } from "./slab.ts";

// The first byte says how to read the rest; the next four, how long the head is.
const plainRecord = 1;
const sealedRecord = 2;
const prefixBytes = 5;

/** Turns what is stored into bytes and back: a head that can be read without the key, and a body that is sealed where there is one. */
export class RecordCodec {
  readonly #seal: Seal | undefined;
  readonly #plain = new Scratch();
  readonly #records = new Slab();

  constructor(seal: Seal | undefined) {
    this.#seal = seal;
  }

  /** @param place - where the record is stored; its body opens nowhere else, and under no other head */
  encode(head: JsonObject, body: string, place: string): Buffer {
    const headText = JSON.stringify(head);
    const headEnd = prefixBytes + Buffer.byteLength(headText);
    const plain = this.#plain.of(body);
    const record = this.#records.take(headEnd + (this.#seal ? sealedBytes(plain.length) : plain.length));
    record.writeUInt8(this.#seal ? sealedRecord : plainRecord, 0);
    record.writeUInt32LE(headEnd - prefixBytes, 1);
    record.write(headText, prefixBytes);
    if (this.#seal) this.#seal.sealInto(record.subarray(headEnd), plain, place + headText);
    else record.set(plain, headEnd);
    return record;
  }

  /** The head of a record; undefined where these bytes are none. */
  head(record: Buffer): JsonObject | undefined {
    if (record.length < prefixBytes || (record[0] !== plainRecord && record[0] !== sealedRecord))
      return undefined;
    const end = prefixBytes + record.readUInt32LE(1);
    const head = end <= record.length ? parseJson(record.toString("utf8", prefixBytes, end)) : undefined;
    return isJsonObject(head) ? head : undefined;
  }

  /** @throws when the bytes are broken, stand in another place, or were sealed with another key. */
  body(record: Buffer, place: string): string {
    const start = prefixBytes + record.readUInt32LE(1);
    const body = record.subarray(start);
    if (record[0] === plainRecord) return body.toString("utf8");
    if (!this.#seal || record[0] !== sealedRecord) throw new Error("The record cannot be opened.");
    return this.#seal.open(body, place + record.toString("utf8", prefixBytes, start)).toString("utf8");
  }
}

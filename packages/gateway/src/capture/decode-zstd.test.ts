import { Zstd } from "@hpcc-js/wasm-zstd";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { decodeZstd } from "./decode-zstd.ts";
import { decode } from "./decode.ts";
import type { TimedBytes } from "./decode.ts";

let zstd: Zstd;
beforeAll(async () => void (zstd = await Zstd.load()));

const at = (atMs: number, bytes: Uint8Array): TimedBytes => ({ atMs, bytes: Buffer.from(bytes) });
const compress = (text: string): Buffer => Buffer.from(zstd.compress(Buffer.from(text)));
const decoded = async (...chunks: readonly Uint8Array[]) => {
  const pieces = await decode(
    chunks.map((bytes, n) => at(n, bytes)),
    "zstd",
  );
  return Buffer.concat(pieces.map(({ bytes }) => bytes)).toString("utf8");
};

/** One frame, as a provider streams it: a piece for every text, flushed. */
function stream(texts: readonly string[]): readonly Buffer[] {
  zstd.reset();
  const pieces = texts.map((text) => Buffer.from(zstd.compressChunk(Buffer.from(text))));
  return [...pieces, Buffer.from(zstd.compressEnd())];
}

const magic = [0x28, 0xb5, 0x2f, 0xfd];
/** A frame of one raw block: its header after the magic, then its text. */
const frame = (header: readonly number[], text: string): Buffer =>
  Buffer.from([...magic, ...header, (text.length << 3) | 1, text.length >>> 5, 0, ...Buffer.from(text)]);
const window1KiB = [0x00, 0x00];

test("every piece of a stream keeps its time", async () => {
  const texts = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', "data: [DONE]\n\n"];
  const chunks = stream(texts).map((bytes, n) => at(1000 + n * 50, bytes));
  const pieces = await decode(chunks, "zstd");
  expect(pieces.map(({ atMs, bytes }) => [atMs, bytes.toString("utf8")])).toEqual(
    texts.map((text, n) => [1000 + n * 50, text]),
  );
});

test("what was encoded comes out again, wherever it was cut", async () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(texts, fc.boolean(), fc.integer({ min: 1, max: 64 }), async (texts, flushed, size) => {
      const bytes = flushed ? Buffer.concat(stream(texts)) : Buffer.concat(texts.map(compress));
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      expect(await decoded(...cut)).toBe(texts.join(""));
    }),
  );
});

test("frames follow one another, with and without checksums, and skippable ones say nothing", async () => {
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const withChecksum = Buffer.concat([frame([0x04, 0x00], "b"), Buffer.from([1, 2, 3, 4])]);
  expect(
    await decoded(skippable, frame(window1KiB, "a"), withChecksum, skippable, compress("c".repeat(300))),
  ).toBe(`ab${"c".repeat(300)}`);
});

test("answers that are decoded at once do not get into one another", async () => {
  // Each says again what it said before: its blocks point back.
  const answers = ["one", "two", "three"].map((word) =>
    Array.from({ length: 50 }, (_, n) => `data: {"choices":[{"delta":{"content":"${word} ${n}"}}]}\n\n`),
  );
  const all = answers.map((texts) => decoded(...stream(texts)));
  expect(await Promise.all(all)).toEqual(answers.map((texts) => texts.join("")));
});

test.each([
  ["2 GiB", [0x00, 21 << 3]],
  ["a little more than 8 MiB", [0x00, (13 << 3) | 1]],
  ["128 MiB, which the decoder would give it", [0x00, 17 << 3]],
  ["3.75 TiB", [0x00, 0xff]],
  ["2 GiB of a single segment", [0xa0, 0, 0, 0, 0x80]],
  ["2 ** 63 bytes of a single segment", [0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80]],
])("a frame that asks for a window of %s ends the answer", async (_, header) => {
  expect(await decoded(compress("before"), frame(header, "hostile"))).toBe("before");
});

test.each([
  ["a dictionary", [0x01, 0x00, 7]],
  ["what is not defined yet", [0x08, 0x00]],
])("a frame that needs %s ends the answer", async (_, header) => {
  expect(await decoded(compress("before"), frame(header, "no"), compress("after"))).toBe("before");
});

test("a window of 8 MiB is as much as may be asked for", async () => {
  expect(await decoded(frame([0x00, 13 << 3], "just so"))).toBe("just so");
});

test("so much is decoded, and not a block more", async () => {
  const block = Buffer.from([0x02, 0x00, 0x10, 0x61]); // 128 KiB of the letter a.
  const bomb = Buffer.concat([
    Buffer.from([...magic, 0x00, 13 << 3]),
    ...Array.from({ length: 1000 }, () => block),
  ]);
  const pieces = await decodeZstd([at(0, bomb)], 1024 * 1024);
  expect(pieces.map(({ bytes }) => bytes.length)).toEqual(Array.from({ length: 8 }, () => 128 * 1024));
});

test("of an endless row of blocks that hold nothing 256 Ki are read", async () => {
  const nothing = Buffer.concat([Buffer.from([...magic, ...window1KiB]), Buffer.alloc(3 * 256 * 1024)]);
  const end = Buffer.from([(3 << 3) | 1, 0, 0, ...Buffer.from("end")]);
  expect(await decoded(nothing, end)).toBe("");
  expect(await decoded(nothing.subarray(0, -3), end)).toBe("end");
});

test("what was cut short or broken on its way is answered up to there", async () => {
  const texts = ["one two three ", "four five six ", "seven eight nine "];
  const pieces = stream(texts);
  const whole = Buffer.concat(pieces);
  for (let length = 0; length < whole.length; length += 1) {
    expect(texts.join("").startsWith(await decoded(whole.subarray(0, length)))).toBe(true);
  }
  const text = Array.from({ length: 2000 }, (_, n) => `word ${n * n} `).join("");
  const broken = Buffer.from(zstd.compress(Buffer.from(text)));
  broken.fill(0xff, 20, 60);
  expect(await decoded(compress("before"), broken, compress("after"))).toBe("before");
  expect(await decoded(compress("still sound"))).toBe("still sound");
});

test("garbage is nothing, after a frame and in one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (garbage) => {
      const compressedBlock = Buffer.from([(garbage.length << 3) | 5, garbage.length >>> 5, 0, ...garbage]);
      const head = Buffer.from([...magic, 0x00, 0x00]);
      expect(await decoded(compress("before"), garbage)).toMatch(/^before/);
      expect(await decoded(compress("before"), head, compressedBlock)).toMatch(/^before/);
      expect(await decoded(compress("before"), head, garbage)).toMatch(/^before/);
    }),
  );
  expect(await decoded(compress("still sound"))).toBe("still sound");
});

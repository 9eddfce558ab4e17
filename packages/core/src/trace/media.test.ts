import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../json.ts";
import { describeMedia } from "./media.ts";
import { wellFormed } from "./well-formed.ts";

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");
const described = (part: Json) => describeMedia([part]) as readonly { text?: string; omitted?: object }[];

test.each<[string, Json, string, object]>([
  [
    "image_url",
    { type: "image_url", image_url: { url: `data:image/png;base64,${base64(3000)}`, detail: "low" } },
    "[image omitted: image/png, 3 KB]",
    { type: "image_url", mediaType: "image/png", bytes: 3000 },
  ],
  [
    "input_image",
    { type: "input_image", image_url: `data:image/webp;base64,${base64(9)}` },
    "[image omitted: image/webp, 9 bytes]",
    { type: "input_image", mediaType: "image/webp", bytes: 9 },
  ],
  [
    "video_url",
    { type: "video_url", video_url: { url: `data:video/mp4;base64,${base64(9)}` } },
    "[video omitted: video/mp4, 9 bytes]",
    { type: "video_url", mediaType: "video/mp4", bytes: 9 },
  ],
  [
    "input_audio",
    { type: "input_audio", input_audio: { data: base64(9), format: "mp3" } },
    "[audio omitted: audio/mp3, 9 bytes]",
    { type: "input_audio", mediaType: "audio/mp3", bytes: 9 },
  ],
  [
    "file",
    { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${base64(9)}` } },
    "[file omitted: application/pdf, 9 bytes, a.pdf]",
    { type: "file", mediaType: "application/pdf", bytes: 9 },
  ],
  [
    "input_file",
    { type: "input_file", filename: "a", file_data: base64(9) },
    "[file omitted: application/octet-stream, 9 bytes, a]",
    { type: "input_file", mediaType: "application/octet-stream", bytes: 9 },
  ],
  [
    "Anthropic's image",
    { type: "image", source: { type: "base64", media_type: "image/gif", data: base64(9) } },
    "[image omitted: image/gif, 9 bytes]",
    { type: "image", mediaType: "image/gif", bytes: 9 },
  ],
])("%s becomes a text part that names its kind and size", (_, part, text, omitted) => {
  expect(described(part)).toEqual([{ type: "text", text, omitted }]);
});

test.each<[string, Json]>([
  ["an image on the web", { type: "image_url", image_url: { url: "https://example.com/a.png" } }],
  ["a file by its id", { type: "file", file: { file_id: "file-1" } }],
  ["an image by its URL", { type: "image", source: { type: "url", url: "https://example.com" } }],
  ["long text", { type: "text", text: "x".repeat(100_000) }],
  ["long text under a key of payloads", { data: "it is said that ".repeat(1000) }],
])("%s stays, and is not copied", (_, part) => {
  const value = [part];
  expect(describeMedia(value)).toBe(value);
});

test("a data URL in the middle of a text gives way, the text stays", () => {
  const text = `before ![x](data:image/png;base64,${base64(3000)}) after`;
  expect(describeMedia(text)).toBe("before ![x]([image omitted: image/png, 3 KB]) after");
  expect(describeMedia({ any: { where: [`data:;base64,${base64(9)}`] } })).toEqual({
    any: { where: ["[file omitted: text/plain, 9 bytes]"] },
  });
  expect(describeMedia("what is ;base64, good for?")).toBe("what is ;base64, good for?");
});

test("raw base64 under a key of payloads gives way", () => {
  expect(describeMedia({ b64_json: base64(3000) })).toEqual({
    b64_json: "[file omitted: application/octet-stream, 3 KB]",
  });
  const short = { data: "QUJD" };
  expect(describeMedia(short)).toBe(short);
});

test("ten megabytes of text are looked at and left alone", () => {
  const value = [{ role: "user", content: `${"x".repeat(10_000_000)};base64,` }];
  expect(describeMedia(value)).toBe(value);
});

test("what holds no media is returned as it is, for any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const json = value as Json;
      expect(describeMedia(json)).toEqual(json);
      if (typeof json === "object" && json !== null && !JSON.stringify(json).includes("__proto__"))
        expect(describeMedia(json)).toBe(json);
    }),
  );
});

test("NUL and halves of surrogate pairs are taken out, everything else stays as it is", () => {
  expect(wellFormed({ "a\0": ["b\0c", "\ud800x"], d: "é😀" })).toEqual({ a: ["bc", "\ufffdx"], d: "é😀" });
  expect(wellFormed({ "": 1, "\0": 1 })).toEqual({ "": 1 });
  const clean = { a: ["b", { c: 1 }] };
  expect(wellFormed(clean)).toBe(clean);
});

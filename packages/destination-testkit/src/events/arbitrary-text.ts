import type { Json, JsonObject } from "@tracecast/core";
import fc from "fast-check";

/** The value, or nothing. */
export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

// What has broken serialisers and stores: NUL, line separators, halves of surrogate pairs, joined emoji, text direction,
// letters that are one character or two, and text that looks like markup, JSON or a template.
const oddPieces = [
  "\0",
  "\u2028",
  "\uFEFF",
  "\uD800",
  "\uDC00x",
  "👩‍👩‍👧",
  "\u202Eabc",
  "e\u0301",
  "\\",
  '"',
  "\r\n",
  "</script>",
  '{"a":1}',
  "${x}",
  " ",
  "__proto__",
];

/** Text as people, programs and accidents write it; may be empty, and may not be well-formed UTF-16. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...oddPieces), fc.string({ maxLength: 4 })), { maxLength: 6 })
      .map((pieces) => pieces.join("")),
  },
);

/** Ids that callers choose: mostly plain and often the same one, sometimes very long, sometimes odd. */
export const keyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "workflow_12345", "4bf92f3577b34da6a3ce929d0e0e4736") },
  { weight: 1, arbitrary: fc.string({ minLength: 250, maxLength: 300 }) },
  { weight: 2, arbitrary: oddText },
);

const scalar: fc.Arbitrary<Json> = fc.oneof(
  oddText,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

/** Keys of custom metadata: among them those that destinations use themselves and those that objects inherit. */
const oddKey = fc.oneof(
  fc.constantFrom(
    "model",
    "id",
    "user_id",
    "metadata",
    "tags",
    "a.b",
    "",
    "constructor",
    "__proto__",
    "toJSON",
  ),
  oddText,
);

const nested: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(oddKey, tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** An object as `JSON.parse` may answer it. */
export const jsonRecord: fc.Arbitrary<JsonObject> = fc.dictionary(oddKey, nested, { maxKeys: 5 });

/** Anything `JSON.parse` may answer. */
export const anyJson: fc.Arbitrary<Json> = nested;

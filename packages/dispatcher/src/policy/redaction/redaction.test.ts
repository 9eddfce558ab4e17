import type { Json, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { event } from "../../../test/event.ts";
import { detectorNames, redactionSchema } from "./redaction-settings.ts";
import type { DetectorName, RedactionSettings } from "./redaction-settings.ts";
import { createRedactor } from "./redactor.ts";

const scrubbed = (text: Json, ...detectors: DetectorName[]): unknown =>
  createRedactor({ detectors })(event({ input: text })).input;
const redacted = (settings: RedactionSettings, overrides: Partial<TraceEvent>) =>
  createRedactor(settings)(event(overrides));

describe("detectors", () => {
  const found: readonly (readonly [DetectorName, string, string])[] = [
    ["email", "write to jo.doe+x@mail.example.co.uk.", "write to [email]."],
    ["email", "<mailto:ünal@bücher.example>", "<mailto:[email]>"],
    ["phone", "call +49 30 901820-12, please", "call [phone], please"],
    ["phone", "(555) 234-5678 or 555-234-5678", "[phone] or [phone]"],
    ["phone", "0041 44 668 18 00; 030 901820", "[phone]; [phone]"],
    ["card", "4111 1111 1111 1111 and 5500-0000-0000-0004", "[card] and [card]"],
    ["card", "378282246310005.", "[card]."],
    ["iban", "DE89 3704 0044 0532 0130 00 and more", "[iban] and more"],
    ["iban", "gb82west12345698765432", "[iban]"],
    ["ip", "from 192.168.1.17, then 2001:db8::8a2e:370:7334.", "from [ip], then [ip]."],
    ["ip", "::ffff:10.0.0.1", "[ip]"],
    ["key", "sk-proj-abcdEFGH1234567890abcd, sk-or-v1-0123456789abcdef0123", "[key], [key]"],
    ["key", "Authorization: Bearer abcdef0123456789abcdef", "Authorization: [key]"],
    ["key", "ghp_abcdefghijklmnopqrstuvwxyz0123456789 AKIAIOSFODNN7EXAMPLE", "[key] [key]"],
    ["key", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "[key]"],
    [
      "key",
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE/abc+\ndef==\n-----END RSA PRIVATE KEY-----\nok",
      "[key]\nok",
    ],
  ];
  test.each(found)("%s: %s", (name, text, expected) => expect(scrubbed(text, name)).toBe(expected));

  const left = [
    "at 12:30 on 2024-05-17 and 17.05.2024, 3.14159265358979 times",
    "order 4111 1111 1111 1112, version 1.2.3, 1.2.3.4.5, 999.1.1.1",
    "GB82 WEST 1234 5698 7654 33 and std::vector<int>, a@b, @home, x @ y.z",
    "uuid 0199aaaa-0000-7000-8000-00000000023e, call_8Vq0, sha 5e884898da28047151d0e56f8dc62927",
    "1767323045100 tokens, 555 2345678, 0.5 0.25, task-risk-skilled, sk-short",
  ];
  test.each(left)("nothing in: %s", (text) => expect(scrubbed(text, ...detectorNames)).toBe(text));

  test("JSON that stands in a text is looked through, four texts deep; what holds nothing keeps its bytes", () => {
    const args = '{ "to": "jo@x.example", "n": [1, "4111111111111111"] }';
    expect(scrubbed([{ arguments: args }], "email", "card")).toEqual([
      { arguments: '{"to":"[email]","n":[1,"[card]"]}' },
    ]);
    const plain = '{ "a" :  1 }';
    expect(scrubbed([{ arguments: plain }], "email")).toEqual([{ arguments: plain }]);
    const nested = JSON.stringify([JSON.stringify([JSON.stringify(["jo@x.example"])])]);
    expect(scrubbed(nested, "email")).toBe(nested.replace("jo@x.example", "[email]"));
  });

  test("numbers that are card numbers and names of fields are not passed over", () => {
    expect(
      scrubbed({ pan: 4111111111111111, "jo@x.example": 1, "al@x.example": 2 }, "card", "email"),
    ).toEqual({
      pan: "[card]",
      "[email]": 1,
      "[email] 2": 2,
    });
  });

  test("every field that may hold them is looked through; what groups events is hashed, so that it goes on telling them apart", () => {
    const mail = "jo@x.example";
    const after = redacted(
      { detectors: ["email"] },
      {
        output: mail,
        contentParameters: { stop: mail },
        tags: [mail],
        user: mail,
        sessionId: mail,
        apiKey: { hash: "h", name: mail },
        error: { message: mail },
        trace: { traceId: mail, traceName: mail, metadata: { deep: { mail } } },
      },
    );
    expect(JSON.stringify(after)).not.toContain(mail);
    expect(after).toMatchObject({
      user: "[email]",
      sessionId: expect.stringMatching(/^\[email:[\da-f]{8}\]$/) as string,
      error: { message: "[email]" },
      trace: { traceId: after.sessionId, metadata: { deep: { mail: "[email]" } } },
    });
  });

  test("a hash is the same for the same value and another for another", () => {
    const after = redacted(
      { detectors: ["email"], replaceWith: "hash" },
      { input: ["jo@x.example", "jo@x.example", "al@x.example"] },
    );
    const [first, second, third] = after.input as string[];
    expect(first).toMatch(/^\[email:[\da-f]{8}\]$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test("hostile texts of a megabyte are got through", () => {
    const units = [
      "a",
      "1 ",
      "1-",
      "@a.",
      "a@",
      "sk-",
      "eyJ",
      "DE89 ",
      "-----BEGIN PRIVATE KEY-----",
      "::",
      "1.",
      "(",
      "+1",
      "0 ",
      "Bearer ",
    ];
    const redact = createRedactor({ detectors: [...detectorNames] });
    for (const unit of units) redact(event({ input: unit.repeat(1_000_000 / unit.length) }));
  });
});

describe("paths", () => {
  const call = (args: string): Json => [
    { message: { tool_calls: [{ function: { name: "f", arguments: args } }] } },
  ];
  const cases: readonly (readonly [string, Partial<TraceEvent>, object])[] = [
    ["input", { input: ["a"] }, { input: "[redacted]" }],
    [
      "input[*].content",
      { input: [{ role: "user", content: "x" }] },
      { input: [{ role: "user", content: "[redacted]" }] },
    ],
    ["input[1]", { input: ["a", "b"] }, { input: ["a", "[redacted]"] }],
    [
      "contentParameters.*",
      { contentParameters: { a: 1, b: [2] } },
      { contentParameters: { a: "[redacted]", b: "[redacted]" } },
    ],
    ["tags[*]", { tags: ["a"] }, { tags: ["[redacted]"] }],
    ["user", { user: "u" }, { user: "[redacted]" }],
    [
      "error.message",
      { error: { status: 500, message: "m" } },
      { error: { status: 500, message: "[redacted]" } },
    ],
    [
      "trace.metadata.customer.name",
      { trace: { metadata: { customer: { name: "n", id: 1 } } } },
      { trace: { metadata: { customer: { name: "[redacted]", id: 1 } } } },
    ],
    ["trace.traceName", { trace: { traceName: "n", metadata: {} } }, { trace: { traceName: "[redacted]" } }],
    [
      "**.password",
      { output: call('{"login":{"password":"p"},"n":1}') },
      { output: call('{"login":{"password":"[redacted]"},"n":1}') },
    ],
    [
      "output[*].message.tool_calls[*].function.arguments.login",
      { output: call('{"login":{"password":"p"},"n":1}') },
      { output: call('{"login":"[redacted]","n":1}') },
    ],
  ];
  test.each(cases)("%s", (path, before, after) =>
    expect(redacted({ paths: [path] }, before)).toMatchObject(after),
  );

  test("the event's own shape is never touched", () => {
    const before = event({ trace: { traceId: "t", metadata: { a: { id: "x" } } } });
    const after = createRedactor({ paths: ["**.id", "**.hash", "**.startMs"] })(before);
    expect(after).toEqual({ ...before, trace: { traceId: "t", metadata: { a: { id: "[redacted]" } } } });
  });

  test.each([
    ["", /cannot be redacted/],
    ["id", /"id" cannot be redacted; a path begins with input/],
    ["usage.promptTokens", /cannot be redacted/],
    ["generation.cost", /cannot be redacted/],
    ["trace.metadata", /cannot be redacted/],
    ["trace.metadata.**", /cannot be redacted/],
    ["**.metadata", /cannot be redacted/],
    ["tags", /cannot be redacted/],
    ["input[x]", /look at character 6 \("\["\)/],
    ["input..a", /look at character 7/],
    ["input.", /look at character 7|cannot/],
  ])("%s is refused", (path, message) => {
    const { error } = redactionSchema.safeParse({ paths: [path] });
    expect(error?.issues[0]?.message).toMatch(message);
  });

  test("an unknown detector is refused, and a setting nobody knows", () => {
    expect(redactionSchema.safeParse({ detectors: ["ssn"] }).success).toBe(false);
    expect(redactionSchema.safeParse({ path: [] }).success).toBe(false);
  });
});

describe("for any event", () => {
  const text = fc.oneof(
    fc.string(),
    fc.emailAddress(),
    fc.ipV4(),
    fc.ipV6(),
    fc.json({ maxDepth: 3 }),
    fc.constantFrom("4111111111111111", "DE89370400440532013000", "+49 30 901820", "sk-abcdefghij0123456789"),
  );
  const value = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3 }),
    ),
  })).value;
  const settings: fc.Arbitrary<RedactionSettings> = fc.record({
    detectors: fc.subarray([...detectorNames]),
    paths: fc.subarray(["**.password", "input[*].content", "user", "trace.metadata.*"]),
    replaceWith: fc.constantFrom("mask", "hash"),
  });

  test("redacting twice is redacting once, the event itself is not changed, and what is untouched stays the same object", () => {
    fc.assert(
      fc.property(value, value, text, settings, (input, meta, user, chosen) => {
        const before = event({ input, user, trace: { metadata: { meta } } });
        const copy = structuredClone(before);
        const redact = createRedactor(chosen);
        const once = redact(before);
        expect(redact(once)).toEqual(once);
        expect(before).toEqual(copy);
        if (JSON.stringify(once.input) === JSON.stringify(input)) expect(once.input).toBe(input);
      }),
    );
  });

  test("no e-mail address that was put anywhere comes out", () => {
    fc.assert(
      fc.property(value, (shape) => {
        const marked = JSON.parse(JSON.stringify([shape, { k: "say marker@secret.example now" }])) as Json;
        const once = redacted({ detectors: ["email"] }, { input: [marked, JSON.stringify(marked)] });
        expect(JSON.stringify(once)).not.toContain("marker@secret");
      }),
    );
  });
});

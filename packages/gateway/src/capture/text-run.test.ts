import type { CallResponse, Json, Operation, StreamChunk } from "@tracecast/core";
import { callTraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStream } from "./parse-stream.ts";
import { TextRun } from "./text-run.ts";

const chat = { id: "chat-1", object: "chat.completion.chunk", created: 1_767_323_045, model: "gpt-4o" };
const choice = (delta: object, more = {}) => ({
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const details = (text: string) => ({ reasoning_details: [{ type: "reasoning.text", text, index: 0 }] });
const block = { type: "content_block_delta", index: 0 };
const item = (type: string, delta: string) => ({
  type,
  output_index: 0,
  content_index: 0,
  delta,
  logprobs: [],
});
const call = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });

type Part = (text: string, place: number) => object;

/** What one part of a text looks like on the wire. */
const parts = {
  chat: {
    "a chat": (text) => ({ ...chat, ...choice({ content: text }) }),
    "a chat with the role": (text) => ({ ...chat, ...choice({ role: "assistant", content: text }) }),
    "a second choice": (text) => ({ ...chat, ...choice({ content: text }, { index: 1 }) }),
    "OpenAI's padding": (text, place) => ({
      ...chat,
      ...choice({ content: text }),
      obfuscation: "x".repeat(place),
    }),
    "OpenRouter's reasoning": (text) => ({
      ...chat,
      ...choice({ content: "", reasoning: text, ...details(text) }),
    }),
    "a refusal": (text) => ({ ...chat, ...choice({ refusal: text }) }),
    "a tool call": (text) => ({ ...chat, ...choice(call(text)) }),
    "a finish": (text) => ({ ...chat, ...choice({ content: text }, { finish_reason: "stop" }) }),
  },
  completion: {
    "a completion": (text) => ({
      object: "text_completion",
      choices: [{ text, index: 0, finish_reason: null }],
    }),
  },
  messages: {
    "a text": (text) => ({ ...block, delta: { type: "text_delta", text } }),
    "a thought": (thinking) => ({ ...block, index: 1, delta: { type: "thinking_delta", thinking } }),
    "an input": (text) => ({ ...block, index: 2, delta: { type: "input_json_delta", partial_json: text } }),
  },
  responses: {
    "an output": (text, place) => ({ ...item("response.output_text.delta", text), sequence_number: place }),
    "a call": (text, place) => ({
      ...item("response.function_call_arguments.delta", text),
      sequence_number: place,
      obfuscation: "x".repeat(place),
    }),
  },
} satisfies Partial<Record<Operation, Record<string, Part>>>;

/** What stands apart from every other event. */
const apart: Partial<Record<Operation, Record<string, Part>>> = {
  chat: {
    "log probabilities": (text) => ({
      ...chat,
      ...choice({ content: text }, { logprobs: { content: [{ token: text, logprob: -1 }] } }),
    }),
    annotations: (text) => ({ ...chat, ...choice({ content: text, annotations: [{ type: "note" }] }) }),
    audio: (text) => ({ ...chat, ...choice({ content: text, audio: { id: "a", data: text } }) }),
    usage: (_, place) => ({ ...chat, choices: [], usage: { completion_tokens: place } }),
  },
  messages: {
    "a start": () => ({ type: "message_start", message: { content: [], usage: { input_tokens: 1 } } }),
    "a block": () => ({ ...block, type: "content_block_start", content_block: { type: "text", text: "" } }),
  },
  responses: {
    "an item": () => ({ type: "response.output_item.added", output_index: 0, item: { type: "message" } }),
  },
};

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("", " the", '"', "\\", '\\"', "\n", "\u{1F600}", "\uD83D", "\uDE00", '","delta":"', "é"),
);

/** Streams as they are: the same kind of part, many times, now and then another. */
function streams(operation: keyof typeof parts): fc.Arbitrary<readonly string[]> {
  const makers = Object.values<Part>({ ...parts[operation], ...apart[operation] });
  return fc
    .array(fc.tuple(fc.constantFrom(...makers), fc.array(text, { maxLength: 8 })), { maxLength: 8 })
    .map((runs) => runs.flatMap(([make, texts]) => texts.map((one) => [make, one] as const)))
    .map((all) => all.map(([make, one], place) => JSON.stringify(make(one, place))));
}

async function parsed(events: readonly string[]): Promise<readonly StreamChunk[]> {
  const pieces = events.map((data, place) => ({
    atMs: 1000 + place,
    bytes: Buffer.from(`data: ${data}\n\n`),
  }));
  return (await parseStream(pieces)).chunks;
}

function eventOf(operation: Operation, chunks: readonly StreamChunk[]): object {
  const response: CallResponse = { kind: "stream", status: 200, chunks, complete: true };
  const call = {
    operation,
    startMs: 1000,
    endMs: 2000,
    request: { model: "gpt-4o", messages: [] },
    response,
  };
  const { id: _, ...event } = callTraceEvent({ ...call, cancelled: false });
  return event;
}

const operations = Object.keys(parts) as (keyof typeof parts)[];

test.each(operations)("a %s is the same, parsed event by event or text by text", async (operation) => {
  await fc.assert(
    fc.asyncProperty(streams(operation), async (events) => {
      const each = events.map((data, place) => ({ atMs: 1000 + place, data: JSON.parse(data) as Json }));
      expect(eventOf(operation, await parsed(events))).toEqual(eventOf(operation, each));
    }),
  );
});

describe("what goes together", () => {
  const made = (part: Part | undefined, texts: readonly string[]) =>
    texts.map((one, place) => JSON.stringify(part?.(one, place)));

  test.each(operations.flatMap((operation) => Object.entries<Part>(parts[operation])))(
    "the parts of %s",
    async (_, part) => {
      const chunks = await parsed(made(part, ["One ", "text,\n", 'in "parts".']));
      expect(chunks).toHaveLength(1);
      expect(chunks[0]?.atMs).toBe(1000);
    },
  );

  test("what every event adds to a list is kept of each", async () => {
    for (const part of Object.values<Part>({ ...apart.chat }))
      expect(await parsed(made(part, ["ha", "ha"]))).toHaveLength(2);
  });

  test("the first text keeps its time, also where empty ones came before", async () => {
    const chunks = await parsed(made(parts.chat["a chat"], ["", "", "One", " two"]));
    expect(eventOf("chat", chunks)).toMatchObject({ timing: { firstTokenMs: 1002 } });
  });

  test("an event that is no JSON takes nothing with it", async () => {
    const [good = ""] = made(parts.chat["a chat"], ["good"]);
    for (const bad of [
      good.replace("good", "b\\x"),
      good.replace("good", 'b"'),
      good.slice(0, -1),
      good.replace("good", "b\t"),
    ])
      expect(await parsed([bad, good, bad, good])).toEqual(
        [1001, 1003].map((atMs) => ({ atMs, data: JSON.parse(good) as Json })),
      );
  });

  test("a text with names of texts in it is one text", () => {
    const [data = ""] = made(parts.chat["a chat"], ['"delta":{"content":"x"}']);
    expect(TextRun.from(data)?.data).toBe(data);
  });

  test("a long text of nothing but quotation marks and backslashes is read once", () => {
    for (const text of ['"'.repeat(300_000), "\\".repeat(300_000)]) {
      const [data = ""] = made(parts.chat["a chat"], [text]);
      const run = TextRun.from(data);
      expect(run?.takes(data)).toBe(true);
      expect(JSON.parse(run?.data ?? "")).toMatchObject({ choices: [{ delta: { content: text + text } }] });
    }
  });
});

import { arbitraryTraceEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inputMessages, outputMessages, toolDefinitions } from "./genai-messages.ts";

const { input, output, contentParameters } = sampleTraceEvent();

test("messages have roles and parts, and lose nothing", () => {
  expect(inputMessages(input ?? null)).toEqual([
    { role: "system", parts: [{ type: "text", content: "Answer in one sentence." }] },
    {
      role: "user",
      parts: [
        { type: "text", content: "Do I need an umbrella here tomorrow? 🌂" },
        {
          type: "text",
          content: "[image omitted: image/png, 123 KB]",
          omitted: { type: "image_url", mediaType: "image/png", bytes: 125_952 },
        },
      ],
    },
  ]);
});

test("an answer has reasoning and tool calls as parts, and why it ended", () => {
  expect(outputMessages(output ?? null)).toEqual([
    {
      index: 0,
      role: "assistant",
      parts: [
        { type: "reasoning", content: "The picture shows Zürich. I have to look at the forecast." },
        { type: "tool_call", id: "call_8Vq0", name: "get_weather", arguments: { city: "Zürich", days: 3 } },
      ],
      finish_reason: "tool_calls",
    },
  ]);
});

test("a tool's answer is a response to its call", () => {
  const messages = [{ role: "tool", tool_call_id: "call_1", content: "rainy" }];
  expect(inputMessages(messages)).toEqual([
    { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: "rainy" }] },
  ]);
});

test("a bare prompt, items of another API and legacy choices have their place", () => {
  expect(inputMessages("Hello")).toEqual([{ role: "user", parts: [{ type: "text", content: "Hello" }] }]);
  expect(inputMessages([{ type: "function_call_output", call_id: "c", output: "4" }])).toEqual([
    { role: "user", parts: [{ type: "function_call_output", call_id: "c", output: "4" }] },
  ]);
  expect(outputMessages([{ index: 0, text: "Hi", finish_reason: "length" }])).toEqual([
    { index: 0, role: "assistant", parts: [{ type: "text", content: "Hi" }], finish_reason: "length" },
  ]);
  expect(toolDefinitions(contentParameters?.["tools"] ?? null)).toEqual([
    expect.objectContaining({ type: "function", name: "get_weather" }),
  ]);
});

test("whatever the content, it has the shape of the conventions' schemas", () => {
  const wellFormedPart = (part: { type?: unknown }) => expect(typeof part.type).toBe("string");
  const anyEvent = fc.property(arbitraryTraceEvent(), (event) => {
    for (const made of [inputMessages(event.input ?? null), outputMessages(event.output ?? null)])
      for (const { role, parts } of made as never as { role: unknown; parts: { type?: unknown }[] }[]) {
        expect(typeof role).toBe("string");
        for (const part of parts) wellFormedPart(part);
      }
    for (const message of outputMessages(event.output ?? null) as never as object[])
      expect(message).toHaveProperty("finish_reason");
  });
  fc.assert(anyEvent, { includeErrorInReport: true });
});

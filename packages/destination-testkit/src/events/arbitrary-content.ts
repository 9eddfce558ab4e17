import type { Json } from "@tracecast/core";
import fc from "fast-check";
import { anyJson, jsonRecord, oddText } from "./arbitrary-text.ts";

// A media part as an event holds it: its bytes are gone, its type and size are not.
const mediaPart = fc
  .record({
    type: fc.constantFrom("image_url", "input_audio", "file"),
    mediaType: fc.constantFrom("image/png", "audio/wav", "application/pdf"),
    bytes: fc.nat(),
  })
  .map((omitted) => ({ type: "text", text: `[omitted: ${omitted.mediaType}]`, omitted }));

const contentOfMessage: fc.Arbitrary<Json> = fc.oneof(
  oddText,
  fc.constant(null),
  fc.array(fc.oneof(fc.record({ type: fc.constant("text"), text: oddText }), mediaPart), { maxLength: 3 }),
);

// Models do write arguments that are no JSON.
const toolCall = fc.record({
  id: fc.string({ minLength: 1, maxLength: 10 }),
  type: fc.constant("function"),
  function: fc.record({
    name: oddText,
    arguments: fc.oneof(
      anyJson.map((value) => JSON.stringify(value)),
      oddText,
    ),
  }),
});

const message = fc.record(
  {
    role: fc.constantFrom("system", "developer", "user", "assistant", "tool"),
    content: contentOfMessage,
    name: oddText,
    refusal: fc.option(oddText),
    reasoning: oddText,
    reasoning_details: fc.array(jsonRecord, { maxLength: 2 }),
    tool_calls: fc.array(toolCall, { maxLength: 2 }),
    tool_call_id: oddText,
  },
  { requiredKeys: ["role", "content"] },
);

const choice = fc.record(
  { index: fc.nat({ max: 3 }), finish_reason: fc.option(oddText), message, logprobs: jsonRecord },
  { requiredKeys: ["index", "finish_reason", "message"] },
);

/** What was asked: messages, a bare prompt, inputs of an embedding, or whatever else a caller sent. */
export const arbitraryInput: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.array(message, { maxLength: 4 }) },
  { weight: 1, arbitrary: oddText },
  { weight: 1, arbitrary: fc.array(oddText, { maxLength: 3 }) },
  { weight: 1, arbitrary: anyJson },
);

/** What was answered: choices, none of them, an embedding's summary, or whatever else a provider sent. */
export const arbitraryOutput: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.array(choice, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ embedding_length: fc.nat() }) },
  { weight: 1, arbitrary: anyJson },
);

import type { Json } from "@tracecast/core";

/** Makes the marker for one place in a field: the part of it, as the core's `contentParts` call it, and where several stand in one, what each is. */
export type Mark = (part: string, detail?: string) => string;

type Baits = Readonly<Record<string, (mark: Mark) => Json>>;

/** What is planted in the content fields whose inside we know, by path. The others get a plain text. */
export const contentBait: Baits = {
  input: (mark) => [
    { role: "system", content: mark("system") },
    {
      role: "user",
      name: mark("name"),
      content: [
        { type: "text", text: mark("user") },
        { type: "image_url", image_url: { url: `https://example.com/${mark("image")}.png` } },
        {
          type: "text",
          text: mark("file"),
          omitted: { type: "file", mediaType: "application/pdf", bytes: 9 },
        },
      ],
    },
    { role: "assistant", content: mark("assistant"), tool_calls: [toolCall(mark)] },
    { role: "tool", tool_call_id: mark("tool", "call-id"), content: mark("tool", "result") },
  ],
  output: (mark) => [
    {
      index: 0,
      finish_reason: "stop",
      message: {
        role: "assistant",
        content: mark("content"),
        refusal: mark("refusal"),
        reasoning: mark("reasoning"),
        reasoning_details: [{ type: "reasoning.text", text: mark("reasoning_details") }],
        tool_calls: [toolCall(mark)],
        annotations: [{ type: "url_citation", url_citation: { title: mark("annotations") } }],
        audio: { id: "audio_1", transcript: mark("audio") },
      },
      logprobs: { content: [{ token: mark("logprobs"), logprob: -0.1 }] },
    },
  ],
  contentParameters: (mark) => ({
    tools: [
      {
        type: "function",
        function: {
          name: mark("tools", "name"),
          description: mark("tools", "description"),
          parameters: { type: "object", properties: { [mark("tools", "parameter")]: { type: "string" } } },
        },
      },
    ],
    tool_choice: { type: "function", function: { name: mark("tool_choice") } },
    response_format: { type: "json_schema", json_schema: { name: mark("response_format"), schema: {} } },
    stop: [mark("stop")],
    prediction: { type: "content", content: mark("prediction") },
    [mark("unknown-parameter")]: true,
  }),
};

function toolCall(mark: Mark): Json {
  const argumentsText = JSON.stringify({ city: mark("tool_calls", "argument") });
  return {
    id: mark("tool_calls", "id"),
    type: "function",
    function: { name: mark("tool_calls", "name"), arguments: argumentsText },
  };
}

/** What is planted in the open fields that take more than a plain text, by path. */
export const openBait: Baits = {
  apiKey: (mark) => ({ hash: mark("hash"), name: mark("name") }),
  model: (mark) => ({ requested: `openai/${mark("requested")}`, resolved: `openai/${mark("resolved")}` }),
  parameters: (mark) => ({ temperature: 0.2, service_tier: mark("word") }),
  finishReason: (mark) => ({ normalized: "error", native: mark("native") }),
  tags: (mark) => [mark("first"), mark("second")],
  "trace.metadata": (mark) => ({
    environment: mark("text"),
    [mark("key")]: 1,
    nested: { list: [mark("nested"), 2, true] },
  }),
};

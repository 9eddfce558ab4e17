const head = {
  id: "chatcmpl-1",
  created: 1_700_000_000,
  model: "gpt-4o-mini-2024-07-18",
  system_fingerprint: "fp_1",
};
const delta = (fields: object, reason: string | null = null, index = 0) => ({
  ...head,
  object: "chat.completion.chunk",
  choices: [{ index, delta: fields, logprobs: null, finish_reason: reason }],
});

export const usage = {
  prompt_tokens: 12,
  completion_tokens: 5,
  total_tokens: 17,
  prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

export const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Say hello." }] };

export const plain = {
  ...head,
  object: "chat.completion",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Hello there!", refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage,
};

export const streamed = [
  delta({ role: "assistant", content: "", refusal: null }),
  delta({ content: "Hello" }),
  delta({ content: " there!" }),
  delta({}, "stop"),
];

/** As a provider that is asked for usage sends the stream: `usage: null` in every chunk, then one with usage and no choices. */
export const streamedWithUsage = [
  ...streamed.map((chunk) => ({ ...chunk, usage: null })),
  { ...head, object: "chat.completion.chunk", choices: [], usage },
];

export const toolStream = [
  delta({
    role: "assistant",
    content: null,
    tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } }],
  }),
  delta({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  delta({ tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] }),
  delta({}, "tool_calls"),
];

export const openRouterStream = [
  { ...delta({ role: "assistant", content: "Hello" }), id: "gen-1", provider: "OpenAI" },
  { ...delta({ role: "assistant", content: "" }, "stop"), id: "gen-1", provider: "OpenAI" },
  {
    ...head,
    id: "gen-1",
    provider: "OpenAI",
    object: "chat.completion.chunk",
    choices: [],
    usage: { ...usage, cost: 0.00003 },
  },
];

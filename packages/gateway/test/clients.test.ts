import Anthropic from "@anthropic-ai/sdk";
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { generateText, jsonSchema, streamText } from "ai";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { openRouterStream, plain, toolStream, usage } from "./chat-fixtures.ts";
import { sendEvents, sendJson } from "./provider.ts";
import { setUpRig } from "./rig.ts";

const framed = (events: readonly { readonly type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5",
  content: [{ type: "text", text: "Hello you" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 12, output_tokens: 2 },
};
const messageEvents = [
  { type: "message_start", message: { ...message, content: [], stop_reason: null } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello " } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "you" } },
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 2 },
  },
  { type: "message_stop" },
];
const answered = {
  output: [{ message: { content: "Hello you" } }],
  usage: { promptTokens: 12, completionTokens: 2 },
};

test("Anthropic's client sees through the gateway what it sees without it, whole and streamed", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response, body) => {
    if (!JSON.parse(body.toString()).stream) return sendJson(response, message);
    response.writeHead(200, { "content-type": "text/event-stream" }).end(framed(messageEvents));
  };
  const client = (baseURL: string) => new Anthropic({ apiKey: "sk-ant-test", baseURL, maxRetries: 0 });
  const request = {
    model: "claude-haiku-4-5",
    max_tokens: 20,
    messages: [{ role: "user" as const, content: "Hi" }],
    metadata: { user_id: "ada" },
  };
  const [direct, through] = [client(provider.url), client(url)];
  expect(await through.messages.create(request)).toEqual(await direct.messages.create(request));
  const streamed = await through.messages.stream(request).finalMessage();
  expect(streamed).toEqual(await direct.messages.stream(request).finalMessage());
  expect(streamed.content).toMatchObject([{ type: "text", text: "Hello you" }]);
  const [plain, live] = await untilEvents(2);
  for (const event of [plain, live])
    expect(event).toMatchObject({ ...answered, operation: "messages", user: "ada" });
  expect(live?.streamed).toBe(true);
  // Its key is named by its hash, and went to the provider.
  expect(plain?.apiKey?.hash).toMatch(/^[\da-f]{64}$/);
  expect(provider.requests[0]?.headers).toContain("Bearer sk-ant-test");
});

test("Anthropic's client sees a refusal as one", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  const error = { type: "rate_limit_error", message: "Slow down." };
  provider.answer = (_, response) => sendJson(response, { type: "error", error }, 429);
  const client = new Anthropic({ apiKey: "sk-ant-test", baseURL: url, maxRetries: 0 });
  const call = client.messages.create({ model: "m", max_tokens: 1, messages: [] });
  await expect(call).rejects.toBeInstanceOf(Anthropic.RateLimitError);
  expect(await untilEvents(1)).toMatchObject([{ error: { status: 429, ...error } }]);
});

test("OpenAI's client gets responses and embeddings through the gateway", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  const response = {
    id: "resp_1",
    object: "response",
    model: "gpt-5-mini",
    status: "completed",
    output: [
      {
        type: "message",
        id: "m1",
        role: "assistant",
        content: [{ type: "output_text", text: "Hello you", annotations: [] }],
      },
    ],
    usage: { input_tokens: 12, output_tokens: 2, total_tokens: 14 },
  };
  const events = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hello you" },
    { type: "response.completed", response },
  ];
  provider.answer = (incoming, outgoing, body) => {
    if (incoming.url?.endsWith("/embeddings"))
      return sendJson(outgoing, {
        model: "e",
        data: [{ index: 0, embedding: [1, 2] }],
        usage: { prompt_tokens: 1, total_tokens: 1 },
      });
    if (!JSON.parse(body.toString()).stream) return sendJson(outgoing, response);
    outgoing.writeHead(200, { "content-type": "text/event-stream" }).end(framed(events));
  };
  const client = new OpenAI({ apiKey: "sk-test", baseURL: `${url}/v1`, maxRetries: 0 });
  expect((await client.responses.create({ model: "gpt-5-mini", input: "Hi" })).output_text).toBe("Hello you");
  const types: string[] = [];
  for await (const event of await client.responses.create({ model: "gpt-5-mini", input: "Hi", stream: true }))
    types.push(event.type);
  expect(types).toEqual(events.map(({ type }) => type));
  const embedded = await client.embeddings.create({ model: "e", input: "Hi", encoding_format: "float" });
  expect(embedded.data[0]?.embedding).toEqual([1, 2]);
  const [plain, live, vector] = await untilEvents(3);
  for (const event of [plain, live]) expect(event).toMatchObject({ ...answered, operation: "responses" });
  expect(vector).toMatchObject({ operation: "embeddings", output: { embeddings: 1, dimensions: 2 } });
});

const weather = {
  description: "Tells the weather.",
  inputSchema: jsonSchema<never>({ type: "object", properties: { city: { type: "string" } } }),
};

test("the AI SDK with OpenRouter's provider sees through the gateway what it sees without it: plain, streamed, with tools", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response, body) => {
    const { stream, tools } = JSON.parse(body.toString()) as { stream?: boolean; tools?: unknown };
    if (stream) return sendEvents(response, [...(tools ? toolStream : openRouterStream), "[DONE]"]);
    return sendJson(response, { ...plain, provider: "OpenAI", usage: { ...usage, cost: 0.00003 } });
  };
  const see = async (baseURL: string) => {
    const extraBody = { trace: { trace_name: "Evals" }, session_id: "s1" };
    const client = createOpenRouter({ apiKey: "sk-test", baseURL: `${baseURL}/v1`, extraBody });
    const model = client.chat("openai/gpt-4o-mini", { user: "ada" });
    const asked = { model, prompt: "Say hello.", maxRetries: 0 };
    const whole = await generateText(asked);
    const live = streamText(asked);
    const pieces: string[] = [];
    for await (const piece of live.textStream) pieces.push(piece);
    const calling = streamText({ ...asked, tools: { weather } });
    const calls = (await calling.toolCalls).map(({ toolName, input }) => ({ toolName, input }));
    const seen = [
      whole.text,
      whole.usage,
      whole.finishReason,
      pieces,
      await live.usage,
      await live.finishReason,
    ];
    return [...seen, calls, await calling.finishReason];
  };
  const direct = await see(provider.url);
  expect(await see(url)).toEqual(direct);
  expect(direct[0]).toBe("Hello there!");
  expect(direct[6]).toEqual([{ toolName: "weather", input: { city: "Paris" } }]);
  const events = await untilEvents(3);
  expect(events).toHaveLength(3);
  const said = { user: "ada", sessionId: "s1", trace: { traceName: "Evals" }, operation: "chat" };
  for (const event of events) expect(event).toMatchObject(said);
  expect(events.map(({ cost }) => cost?.totalUsd)).toEqual([0.00003, 0.00003, undefined]);
  const through = provider.requests.slice(3).map(({ body }) => body.toString());
  for (const body of through) expect(body).not.toContain("session_id");
});

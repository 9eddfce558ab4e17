import { Raindrop } from "@raindrop-ai/browser-sdk";
import { createHttpClient } from "@tracecast/core";
import type { JsonObject, TraceEvent } from "@tracecast/core";
import { sampleTraceEvent, startFaultServer, withoutContent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { raindrop } from "./raindrop.ts";
import { answerIn, questionIn } from "./texts.ts";

const writeKey = "raindrop-key-0123456789";
const signal = AbortSignal.timeout(30_000);

async function setUp() {
  const server = await startFaultServer();
  server.answerAll({ status: 204 });
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const connection = raindrop.connect({ writeKey, baseUrl: server.url }, { http });
  const send = (event: TraceEvent) =>
    connection.send([{ eventId: event.id, pieces: connection.encode(event) }], signal);
  return { server, connection, send };
}

interface Sent {
  readonly user_id?: string;
  readonly properties: JsonObject;
  readonly ai_data?: { readonly input: string; readonly output: string };
}

async function sentFor(event: TraceEvent): Promise<Sent> {
  const { server, send } = await setUp();
  expect(await send(event)).toEqual({ outcome: { status: "delivered" } });
  const [sent] = JSON.parse(server.requests[0]?.body ?? "") as readonly Sent[];
  return sent ?? { properties: {} };
}

test("says what the vendor's own client says of the same event, in the same words", async () => {
  const event = sampleTraceEvent({
    input: [{ role: "user", content: "Rain?" }],
    output: [{ index: 0, message: { role: "assistant", content: "No." } }],
  });
  const { server, send } = await setUp();
  await send(event);
  const [mine] = server.requests;
  const [my] = JSON.parse(mine?.body ?? "") as readonly Sent[];
  server.answer({ body: { events: [{ event_id: event.id }] } });
  await new Raindrop({ apiKey: writeKey, baseUrl: `${server.url}/v1` }).trackAi({
    eventId: event.id,
    event: "llm_generation",
    userId: "user_12345",
    timestamp: new Date(event.timing.startMs),
    model: "openai/gpt-5-mini-2025-08-07",
    input: "Rain?",
    output: "No.",
    convoId: "session_67890",
    properties: { ...my?.properties },
  });
  const theirs = server.requests[1];
  expect([mine?.method, mine?.path]).toEqual([theirs?.method, theirs?.path]);
  for (const header of ["authorization", "content-type"])
    expect(mine?.headers[header]).toBe(theirs?.headers[header]);
  expect(JSON.parse(mine?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
});

test("figures, names and custom keys are properties", async () => {
  const { properties } = await sentFor(sampleTraceEvent());
  expect(properties).toMatchObject({
    model: "openai/gpt-5-mini-2025-08-07",
    provider: "OpenAI",
    total_cost: 0.000_549_6,
    prompt_tokens: 1200,
    completion_tokens: 240,
    total_tokens: 1440,
    duration_ms: 2380,
    time_to_first_token_ms: 420,
    finish_reason: "tool_calls",
    source: "tracecast",
    trace_id: "workflow_12345",
    trace_name: "Trip Planning",
    environment: "production",
    feature: { name: "packing", beta: true },
    system_prompt: "Answer in one sentence.",
    reasoning: "The picture shows Zürich. I have to look at the forecast.",
    parameters: { temperature: 0.2, stop: ["END"] },
  });
});

test("a custom key does not take the place of one of ours", async () => {
  const { properties } = await sentFor(
    sampleTraceEvent({ trace: { metadata: { model: "mine", convo_id: "mine" } } }),
  );
  expect(properties).toMatchObject({
    model: "openai/gpt-5-mini-2025-08-07",
    "trace.model": "mine",
    "trace.convo_id": "mine",
  });
});

test("the question is the user's last, the answer what the model said or did", async () => {
  const { ai_data: said } = await sentFor(sampleTraceEvent());
  expect(said?.input).toBe("Do I need an umbrella here tomorrow? 🌂\n[image omitted: image/png, 123 KB]");
  expect(said?.output).toContain('"get_weather"');
  const turns = ["first", "second"].map((content) => ({ role: "user", content }));
  expect(questionIn([...turns, { role: "assistant", content: "third" }])).toBe("second");
  expect(questionIn("a bare prompt")).toBe("a bare prompt");
  expect(questionIn(["a", "b"])).toBe('["a","b"]');
  expect(answerIn([{ message: { content: null, refusal: "I may not." } }, { text: "Well." }])).toBe(
    "I may not.\n\nWell.",
  );
  expect(
    answerIn([{ message: { content: "So.", audio: { transcript: "Sun." }, tool_calls: [{ id: "c" }] } }]),
  ).toBe('So.\n\nSun.\n\n[{"id":"c"}]');
  expect(answerIn({ embedding_length: 3 })).toBe('{"embedding_length":3}');
});

test("without content there is no ai_data, and the session stands among the properties", async () => {
  const sent = await sentFor(withoutContent(sampleTraceEvent({ user: undefined })));
  expect(sent).not.toHaveProperty("ai_data");
  expect(sent.user_id).toBe("anonymous");
  expect(sent.properties).toMatchObject({ convo_id: "session_67890", prompt_tokens: 1200 });
});

test("the texts of an event over 1 MB are cut, its properties are not", async () => {
  const large = "x".repeat(1_100_000);
  const { ai_data: said, properties } = await sentFor(sampleTraceEvent({ input: large }));
  expect(said?.input).toHaveLength(50_001);
  expect(properties).toMatchObject({ prompt_tokens: 1200, cut: ["input", "output", "contentParameters"] });
});

test("the connection test sends no event", async () => {
  const { server, connection } = await setUp();
  server.answer({ status: 401 }, { status: 400, body: "No events." });
  expect((await connection.test(signal)).message).toContain("paste the Write Key again");
  expect(await connection.test(signal)).toEqual({
    ok: true,
    message: "Raindrop answered and did not refuse this key.",
  });
  expect(server.requests[0]?.body).toBe("[]");
});

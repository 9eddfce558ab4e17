import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { ServerResponse } from "node:http";
import type { Operation } from "@tracecast/core";
import { expect, test } from "vitest";
import { sendJson } from "./provider.ts";
import { setUpRig } from "./rig.ts";

/** One operation as its provider speaks it. */
interface Case {
  readonly operation: Operation;
  readonly path: string;
  readonly request: object;
  readonly answer: object;
  /** The events of its stream; the first two end in the middle of what the model says. */
  readonly stream?: readonly object[];
  /** What the event of a success says. */
  readonly expected: object;
  /** What the model had said by then. */
  readonly partial?: object;
}

const choices = (key: "delta" | "message", content: string, finish_reason: string | null) => [
  { index: 0, [key]: { role: "assistant", content }, finish_reason },
];
const chatUsage = { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 };
const usage = { promptTokens: 12, completionTokens: 2, totalTokens: 14 };
const said = (content: string) => ({ output: [{ message: { content } }] });
const message = (text: string, stop_reason: string | null) => ({
  id: "msg_1",
  type: "message",
  model: "m-1",
  content: text ? [{ type: "text", text }] : [],
  stop_reason,
  usage: { input_tokens: 12, output_tokens: text ? 2 : 1 },
});
const response = (text: string, status: string) => ({
  id: "resp_1",
  model: "m-1",
  status,
  output: text ? [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }] : [],
  ...(text && { usage: { input_tokens: 12, output_tokens: 2, total_tokens: 14 } }),
});

const cases: readonly Case[] = [
  {
    operation: "chat",
    path: "/v1/chat/completions",
    request: { model: "m", messages: [{ role: "user", content: "Hi" }] },
    answer: { id: "c1", model: "m-1", choices: choices("message", "Hello you", "stop"), usage: chatUsage },
    stream: [
      { id: "c1", model: "m-1", choices: choices("delta", "Hello", null) },
      { id: "c1", model: "m-1", choices: choices("delta", " you", null) },
      { id: "c1", model: "m-1", choices: choices("delta", "", "stop"), usage: chatUsage },
    ],
    expected: { ...said("Hello you"), usage, finishReason: { normalized: "stop" } },
    partial: said("Hello you"),
  },
  {
    operation: "completion",
    path: "/api/v1/completions",
    request: { model: "m", prompt: "Hi" },
    answer: {
      id: "c1",
      model: "m-1",
      choices: [{ index: 0, text: "Hello you", finish_reason: "stop" }],
      usage: chatUsage,
    },
    stream: [
      { id: "c1", model: "m-1", choices: [{ index: 0, text: "Hello", finish_reason: null }] },
      { id: "c1", model: "m-1", choices: [{ index: 0, text: " you", finish_reason: null }] },
      { id: "c1", model: "m-1", choices: [{ index: 0, text: "", finish_reason: "stop" }], usage: chatUsage },
    ],
    expected: { ...said("Hello you"), usage, finishReason: { normalized: "stop" } },
    partial: said("Hello you"),
  },
  {
    operation: "responses",
    path: "/v1/responses?from=test",
    request: { model: "m", input: "Hi" },
    answer: response("Hello you", "completed"),
    stream: [
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "message", role: "assistant", content: [] },
      },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hello" },
      { type: "response.completed", response: response("Hello you", "completed") },
    ],
    expected: { ...said("Hello you"), usage, finishReason: { normalized: "stop", native: "completed" } },
    partial: said("Hello"),
  },
  {
    operation: "messages",
    path: "/v1/messages",
    request: { model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] },
    answer: message("Hello you", "end_turn"),
    stream: [
      { type: "message_start", message: message("", null), index: 0 },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "Hello you" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ],
    expected: { ...said("Hello you"), usage, finishReason: { normalized: "stop", native: "end_turn" } },
    partial: said("Hello you"),
  },
  {
    operation: "embeddings",
    path: "/v1/embeddings",
    request: { model: "m", input: "Hi" },
    answer: {
      model: "m-1",
      data: [{ index: 0, embedding: [1, 2] }],
      usage: { prompt_tokens: 12, total_tokens: 12 },
    },
    expected: { output: { embeddings: 1, dimensions: 2 }, usage: { promptTokens: 12, totalTokens: 12 } },
  },
];

const tracing = {
  user: "user_12345",
  session_id: "session_abc",
  trace: { trace_id: "eval_run_456", experiment_id: "exp_789" },
};
const kept = {
  user: "user_12345",
  sessionId: "session_abc",
  trace: { traceId: "eval_run_456", metadata: { experiment_id: "exp_789" } },
};

const framed = (events: readonly object[]): string =>
  events
    .map((event) => {
      const { type } = event as { type?: string };
      return `${type ? `event: ${type}\n` : ""}data: ${JSON.stringify(event)}\n\n`;
    })
    .join("");

function sendAll(answer: ServerResponse, { operation, stream = [] }: Case): string {
  const text =
    framed(stream) + (operation === "chat" || operation === "completion" ? "data: [DONE]\n\n" : "");
  answer.writeHead(200, { "content-type": "text/event-stream" }).end(text);
  return text;
}

const refusal = { error: { message: "Slow down.", type: "rate_limit", code: "rate_limit_exceeded" } };

for (const one of cases) {
  const { operation, path, request, answer, stream, expected, partial } = one;
  const body = (streams: boolean) =>
    JSON.stringify({ ...request, ...(streams && { stream: true }), ...tracing });
  const kinds = stream ? [false, true] : [false];
  for (const streams of kinds) {
    const name = `${operation}, ${streams ? "streamed" : "plain"}`;
    const call = (url: string) => fetch(url + path, { method: "POST", body: body(streams) });

    test(`${name}, success: the client sees what the provider sent, and there is one event`, async () => {
      // What the gateway asks for itself it also takes out again; here it asks for nothing.
      const { url, provider, events, untilEvents } = await setUpRig({ neverAskForUsage: true });
      let sent = JSON.stringify(answer);
      provider.answer = (_, to) => {
        if (streams) sent = sendAll(to, one);
        else sendJson(to, answer);
      };
      expect(await (await call(url)).text()).toBe(sent);
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({ ...kept, ...expected, operation, streamed: streams });
      expect(event).toMatchObject({ model: { requested: "m", resolved: "m-1" } });
      expect(event).not.toHaveProperty("error");
      expect(event).not.toHaveProperty("cancelled");
      expect(provider.requests[0]?.body.toString()).not.toMatch(/trace_id|session_abc/);
      await new Promise(setImmediate);
      expect(events).toHaveLength(1);
    });

    test(`${name}, refused: one event with the error`, async () => {
      const { url, provider, untilEvents, events } = await setUpRig();
      provider.answer = (_, to) => sendJson(to, refusal, 429);
      expect(await (await call(url)).json()).toEqual(refusal);
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({
        ...kept,
        operation,
        error: { status: 429, type: "rate_limit", message: "Slow down." },
      });
      expect(event).not.toHaveProperty("output");
      expect(events).toHaveLength(1);
    });

    test(`${name}, broken off by the provider: one event with what was said and why it ended`, async () => {
      const { url, provider, untilEvents, events } = await setUpRig();
      provider.answer = (_, to) => {
        to.writeHead(200, { "content-type": streams ? "text/event-stream" : "application/json" });
        to.write(streams ? framed(stream?.slice(0, 2) ?? []) : '{"id":', () => to.destroy());
      };
      await call(url)
        .then((broken) => broken.text())
        .catch(() => "");
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({
        ...kept,
        operation,
        error: { type: expect.stringMatching(/_interrupted$/) },
      });
      if (streams) expect(event).toMatchObject(partial ?? {});
      expect(events).toHaveLength(1);
    });

    test(`${name}, given up by the client: one event, marked, with what was said`, async () => {
      const { url, provider, untilEvents, events } = await setUpRig();
      let begun = () => {};
      const started = new Promise<void>((resolve) => (begun = resolve));
      provider.answer = (_, to) => {
        if (streams) {
          to.writeHead(200, { "content-type": "text/event-stream" });
          to.write(framed(stream?.slice(0, 2) ?? []));
        }
        begun();
      };
      const outgoing = httpRequest(url + path, { method: "POST" });
      outgoing.on("error", () => {});
      outgoing.end(body(streams));
      await started;
      if (streams) {
        const [incoming] = await once(outgoing, "response");
        await once(incoming, "data");
      }
      outgoing.destroy();
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({ ...kept, operation, cancelled: true, ...(streams && partial) });
      expect(event).not.toHaveProperty("error");
      expect(events).toHaveLength(1);
    });
  }

  if (stream) {
    test(`${operation}, left by the client at the last event: whole`, async () => {
      const { url, provider, untilEvents } = await setUpRig({ neverAskForUsage: true });
      provider.answer = (_, to) => {
        const done = operation === "chat" || operation === "completion" ? "data: [DONE]\n\n" : "";
        to.writeHead(200, { "content-type": "text/event-stream" });
        to.write(framed(stream) + done);
      };
      const outgoing = httpRequest(url + path, { method: "POST" });
      outgoing.on("error", () => {});
      outgoing.end(body(true));
      const [incoming] = await once(outgoing, "response");
      await once(incoming, "data");
      outgoing.destroy();
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({ ...kept, ...expected });
      expect(event).not.toHaveProperty("cancelled");
    });
  }
}

test.each([
  ["GET", "/v1/responses"],
  ["POST", "/v1/responses/resp_1/cancel"],
  ["POST", "/v1/messages/count_tokens"],
  ["POST", "/v1/moderations"],
])("%s %s passes, and is no call of a model", async (method, path) => {
  const { url, provider, events } = await setUpRig();
  provider.answer = (_, to) => sendJson(to, { fine: true });
  const answer = await fetch(url + path, { method, ...(method === "POST" && { body: "{}" }) });
  expect(await answer.json()).toEqual({ fine: true });
  await new Promise(setImmediate);
  expect(events).toEqual([]);
});

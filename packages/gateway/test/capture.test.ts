import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { Zstd } from "@hpcc-js/wasm-zstd";
import type { TraceEvent } from "@tracecast/core";
import { expect, test } from "vitest";
import { createCapture } from "../src/capture/capture.ts";
import { Exchange } from "../src/capture/exchange.ts";
import { openRouterStream, plain, request, streamed, streamedWithUsage, usage } from "./chat-fixtures.ts";
import { sendEvents, sendJson } from "./provider.ts";
import { setUpRig } from "./rig.ts";

const zstd = await Zstd.load();

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const tracing = {
  user: "user_12345",
  session_id: "session_abc",
  trace: {
    trace_id: "eval_run_456",
    trace_name: "Summarization Eval",
    generation_name: "GPT-4o Summary",
    experiment_id: "exp_789",
    tags: ["a"],
  },
};
const kept = {
  user: "user_12345",
  sessionId: "session_abc",
  tags: ["a"],
  trace: {
    traceId: "eval_run_456",
    traceName: "Summarization Eval",
    generationName: "GPT-4o Summary",
    metadata: { experiment_id: "exp_789" },
  },
};

/** How a provider may behave, by whether it streams. */
const behaviours: Record<string, (response: ServerResponse, stream: boolean) => void> = {
  success: (response, stream) =>
    stream ? sendEvents(response, [...streamedWithUsage, "[DONE]"]) : sendJson(response, plain),
  refused: (response) =>
    sendJson(
      response,
      { error: { message: "Slow down.", type: "rate_limit", code: "rate_limit_exceeded" } },
      429,
    ),
  broken: (response, stream) => {
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    response.write(stream ? `data: ${JSON.stringify(streamed[1])}\n\n` : '{"id":', () => response.destroy());
  },
  garbage: (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
};
const expected: Record<string, object> = {
  success: {
    usage: { promptTokens: 12, completionTokens: 5, totalTokens: 17, cachedTokens: 4 },
    finishReason: { normalized: "stop" },
  },
  refused: { error: { status: 429, type: "rate_limit", message: "Slow down." } },
  broken: { error: { type: expect.stringMatching(/_interrupted$/) } },
  garbage: {},
};

for (const stream of [false, true]) {
  for (const [name, behave] of Object.entries(behaviours)) {
    test(`${stream ? "streamed" : "plain"}, ${name}: exactly one event, with everything the request said about itself`, async () => {
      const { url, provider, events, untilEvents } = await setUpRig();
      provider.answer = (_, response) => behave(response, stream);
      await post(url, { ...request, stream, ...tracing })
        .then((response) => response.text())
        .catch(() => "");
      const [event] = await untilEvents(1);
      expect(event).toMatchObject({
        ...kept,
        ...expected[name],
        streamed: stream,
        model: { requested: "gpt-4o-mini" },
      });
      await new Promise(setImmediate);
      expect(events).toHaveLength(1);
    });
  }

  test(`${stream ? "streamed" : "plain"}, given up by the client: the provider is told, and there is exactly one event`, async () => {
    const { url, provider, events, untilEvents } = await setUpRig();
    let providerSawClose = () => {};
    const closed = new Promise<void>((resolve) => (providerSawClose = resolve));
    let begun = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    provider.answer = (_, response) => {
      response.once("close", providerSawClose);
      if (stream) {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`data: ${JSON.stringify(streamed[0])}\n\ndata: ${JSON.stringify(streamed[1])}\n\n`);
      }
      begun();
    };
    const outgoing = httpRequest(`${url}/v1/chat/completions`, { method: "POST" });
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify({ ...request, stream, ...tracing }));
    await started;
    if (stream) {
      const [response] = await once(outgoing, "response");
      await once(response, "data");
    }
    outgoing.destroy();
    await closed;
    const [event] = await untilEvents(1);
    expect(event).toMatchObject({ ...kept, cancelled: true });
    expect(event).not.toHaveProperty("error");
    expect(event).not.toHaveProperty("usage");
    if (stream) expect(event?.output).toMatchObject([{ message: { content: "Hello" } }]);
    expect(events).toHaveLength(1);
  });
}

test("the caller's key is known by its hash, and never kept", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) => sendJson(response, plain);
  await post(url, request, { authorization: "Bearer sk-very-secret" });
  const [event] = await untilEvents(1);
  expect(event?.apiKey).toEqual({ hash: createHash("sha256").update("sk-very-secret").digest("hex") });
  expect(JSON.stringify(event)).not.toContain("sk-very-secret");
});

test("the session may come in a header; the body wins", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) => sendJson(response, plain);
  await post(url, request, { "x-session-id": "from-header" });
  await post(url, { ...request, session_id: "from-body" }, { "x-session-id": "from-header" });
  const events = await untilEvents(2);
  expect(events.map(({ sessionId }) => sessionId)).toEqual(["from-header", "from-body"]);
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["zstd", zstd.compress.bind(zstd)],
] as const)("an answer encoded with %s is understood", async (encoding, compress) => {
  const { url, provider, untilEvents } = await setUpRig();
  // Larger, decoded, than what a decoder keeps that nobody reads from.
  const answer = { ...plain, padding: "word ".repeat(200_000) };
  provider.answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding });
    response.end(compress(Buffer.from(JSON.stringify(answer))));
  };
  await post(url, request);
  expect((await untilEvents(1))[0]).toMatchObject({ usage: { totalTokens: 17 }, output: plain.choices });
});

test("an answer in a broken or unknown encoding is still one event", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  const encodings = ["gzip", "zstd", "br", "compress"];
  provider.answer = (_, response) => {
    response.writeHead(200, {
      "content-type": "application/json",
      "content-encoding": encodings.shift() ?? "",
    });
    response.end("not compressed at all");
  };
  for (let n = 0; n < 4; n += 1) await post(url, request).then((response) => response.text().catch(() => ""));
  for (const event of await untilEvents(4)) expect(event).not.toHaveProperty("output");
});

test("a provider that sends usage unasked is left alone, and its cost is in the event", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) => sendEvents(response, [...openRouterStream, "[DONE]"]);
  const text = await (await post(url, { ...request, stream: true })).text();
  expect(text).toContain(JSON.stringify({ ...usage, cost: 0.00003 }));
  expect((await untilEvents(1))[0]).toMatchObject({
    provider: "OpenAI",
    generationId: "gen-1",
    cost: { totalUsd: 0.00003 },
  });
});

test("a compressed stream keeps the times of its pieces", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  let sendRest = () => {};
  provider.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    const zipped = createGzip();
    zipped.pipe(response);
    zipped.write(`data: ${JSON.stringify(streamed[1])}\n\n`);
    zipped.flush();
    sendRest = () => void zipped.end(`data: ${JSON.stringify(streamed[3])}\n\ndata: [DONE]\n\n`);
  };
  const response = await post(url, { ...request, stream: true, stream_options: { include_usage: true } });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  const firstSeenMs = Date.now();
  while (Date.now() === firstSeenMs) await new Promise(setImmediate);
  sendRest();
  while (!(await reader.read()).done);
  const [event] = await untilEvents(1);
  expect(event?.timing.firstTokenMs).toBeLessThanOrEqual(firstSeenMs);
  expect(event?.timing.endMs).toBeGreaterThan(firstSeenMs);
  expect(event).not.toHaveProperty("error");
});

test("a client that hangs up at [DONE] had its whole answer", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(
      [...streamedWithUsage.map((chunk) => JSON.stringify(chunk)), "[DONE]"]
        .map((data) => `data: ${data}\n\n`)
        .join(""),
    );
  };
  const outgoing = httpRequest(`${url}/v1/chat/completions`, { method: "POST" });
  outgoing.end(JSON.stringify({ ...request, stream: true }));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.includes("[DONE]")) break;
  }
  outgoing.destroy();
  const [event] = await untilEvents(1);
  expect(event).not.toHaveProperty("cancelled");
  expect(event).toMatchObject({ usage: { totalTokens: 17 }, finishReason: { normalized: "stop" } });
});

test("an exchange under way is waited for", async () => {
  const events: TraceEvent[] = [];
  const capture = createCapture({
    publish: (event) => void events.push(event),
    onTrouble: (error) => {
      throw error;
    },
  });
  let finish = () => {};
  const underWay = new Promise<void>((resolve) => {
    finish = () => {
      capture.finished(new Exchange("chat", 1, [], Buffer.from("{}")));
      resolve();
    };
  });
  capture.expect(underWay);
  const settled = capture.settled();
  finish();
  await settled;
  expect(events).toHaveLength(1);
});

test("an exchange that cannot be made into an event disturbs nobody, and is told of", async () => {
  const troubles: unknown[] = [];
  const capture = createCapture({
    publish: () => {
      throw new Error("full");
    },
    onTrouble: (error) => troubles.push(error),
  });
  capture.finished(new Exchange("chat", 1, [], Buffer.from("{}")));
  await capture.settled();
  expect(troubles).toEqual([new Error("full")]);
});

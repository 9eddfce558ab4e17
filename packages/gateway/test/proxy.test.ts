import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { createGzip, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { plain, request, streamed, streamedWithUsage } from "./chat-fixtures.ts";
import { sendEvents, sendJson } from "./provider.ts";
import { setUpRig } from "./rig.ts";

interface Seen {
  readonly status: number;
  readonly reason: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

async function ask(
  url: string,
  options: { method?: string; headers?: string[]; body?: Buffer | string } = {},
): Promise<Seen> {
  const outgoing = httpRequest(url, {
    method: options.method ?? "GET",
    ...(options.headers && { headers: options.headers }),
  });
  outgoing.end(options.body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? "",
    rawHeaders: response.rawHeaders,
    body: Buffer.concat(chunks),
  };
}

const chat = (url: string, body: unknown, headers: string[] = []) =>
  ask(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: ["host", "gateway", "content-type", "application/json", ...headers],
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

test("status, reason, headers in their spelling and order, repeats and all: as the provider sent them", async () => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => {
    response.sendDate = false;
    response.writeHead(418, "Short And Stout", [
      "X-One",
      "1",
      "Set-Cookie",
      "a=1",
      "Set-Cookie",
      "b=2",
      "content-length",
      "2",
    ]);
    response.end("hi");
  };
  const seen = await ask(`${url}/anything?q=%2F%20x&y`, {
    headers: ["Host", "gateway", "X-Client", "A", "x-client", "B"],
  });
  expect(seen).toMatchObject({ status: 418, reason: "Short And Stout" });
  expect(seen.rawHeaders.slice(0, 8)).toEqual([
    "X-One",
    "1",
    "Set-Cookie",
    "a=1",
    "Set-Cookie",
    "b=2",
    "content-length",
    "2",
  ]);
  expect(seen.rawHeaders.filter((name) => /^date$/i.test(name))).toEqual([]);
  expect(provider.requests[0]?.url).toBe("/anything?q=%2F%20x&y");
  const sent = provider.requests[0]?.headers ?? [];
  expect(sent).toEqual(expect.arrayContaining(["X-Client", "A", "x-client", "B"]));
  expect(sent[sent.findIndex((name) => /^host$/i.test(name)) + 1]).toBe(new URL(provider.url).host);
});

test("headers of the connection stay on it, both ways", async () => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => {
    response.writeHead(200, { "X-Hop": "secret", Connection: "X-Hop", "X-End": "kept" });
    response.end("x");
  };
  const headers = [
    "host",
    "g",
    "Connection",
    "keep-alive, X-Private",
    "X-Private",
    "1",
    "TE",
    "trailers",
    "X-Public",
    "2",
  ];
  const seen = await ask(`${url}/x`, { headers });
  expect(seen.rawHeaders).not.toContain("X-Hop");
  expect(seen.rawHeaders).toContain("X-End");
  const names = provider.requests[0]?.headers.map((name) => name.toLowerCase()) ?? [];
  expect(names).not.toContain("x-private");
  expect(names).not.toContain("te");
  expect(names).toContain("x-public");
});

test.each([
  ["HEAD", 200],
  ["GET", 204],
  ["GET", 304],
  ["DELETE", 404],
] as const)("%s answered with %i passes through", async (method, status) => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => void response.writeHead(status, { "x-a": "1" }).end();
  expect(await ask(`${url}/v1/models/x`, { method })).toMatchObject({ status, body: Buffer.alloc(0) });
  expect(provider.requests[0]?.method).toBe(method);
});

test("a binary upload and a compressed answer arrive byte for byte", async () => {
  const { url, provider } = await setUpRig();
  const upload = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256));
  const zipped = gzipSync("a compressed answer");
  provider.answer = (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(zipped);
  const seen = await ask(`${url}/v1/files`, { method: "POST", body: upload });
  expect(provider.requests[0]?.body.equals(upload)).toBe(true);
  expect(seen.body.equals(zipped)).toBe(true);
});

test.each([
  ["", "/v1/chat/completions", "/v1/chat/completions"],
  ["/", "/api/v1/models", "/api/v1/models"],
  ["/api/v1", "/v1/models", "/api/v1/models"],
  ["/api/v1", "/api/v1/models?a=1", "/api/v1/models?a=1"],
  ["/api/v1/", "/v1", "/api/v1"],
  ["/base", "/v1beta/x", "/base/v1beta/x"],
])("with the provider at %j, %s becomes %s", async (basePath, incoming, outgoing) => {
  const { url, provider } = await setUpRig({ basePath });
  await ask(url + incoming);
  expect(provider.requests[0]?.url).toBe(outgoing);
});

test("what the client wrote reaches the provider byte for byte, without the tracing fields", async () => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => sendJson(response, plain);
  const body =
    '{ "model":"m" , "session_id" : "s", "seed": 12345678901234567890, "messages": [{"role":"user","content":"\\u00e9 \\"trace\\": 1"}],  "trace": {"trace_id":"t"} }';
  await chat(url, body);
  expect(provider.requests[0]?.body.toString()).toBe(
    '{ "model":"m", "seed": 12345678901234567890, "messages": [{"role":"user","content":"\\u00e9 \\"trace\\": 1"}] }',
  );
});

test("tracing fields are kept where the operator says so", async () => {
  const { url, provider, untilEvents } = await setUpRig({ keepTracingFields: true });
  provider.answer = (_, response) => sendJson(response, plain);
  const body = JSON.stringify({ ...request, session_id: "s", trace: { trace_id: "t" } });
  await chat(url, body);
  expect(provider.requests[0]?.body.toString()).toBe(body);
  expect((await untilEvents(1))[0]).toMatchObject({ sessionId: "s", trace: { traceId: "t" } });
});

test("bodies that are no JSON object go to the provider as they are", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) =>
    sendJson(response, { error: { message: "Bad JSON.", type: "invalid_request_error" } }, 400);
  const bodies = ['{"trace": ', '["trace"]', '"trace"', "", '{"trace":1}\u0000x'];
  for (const body of bodies) await chat(url, body);
  expect(provider.requests.map(({ body }) => body.toString())).toEqual(bodies);
  expect(await untilEvents(5)).toHaveLength(5);
});

test("every chunk reaches the client before the provider sends the next", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  let go = () => {};
  provider.answer = async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of [...streamedWithUsage, "[DONE]"]) {
      const arrived = new Promise<void>((resolve) => (go = resolve));
      response.write(`data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`);
      // The usage chunk never arrives, for the client did not ask for it.
      if (typeof chunk === "string" || chunk.choices.length > 0) await arrived;
    }
    response.end();
  };
  const outgoing = httpRequest(`${url}/v1/chat/completions`, { method: "POST" });
  outgoing.end(JSON.stringify({ ...request, stream: true }));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString();
    go();
  }
  expect(text).toBe(
    [...streamed, "[DONE]"]
      .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
      .join(""),
  );
  const [event] = await untilEvents(1);
  expect(event?.usage).toMatchObject({ promptTokens: 12, completionTokens: 5 });
  expect(event?.timing.firstTokenMs).toBeGreaterThanOrEqual(event?.timing.startMs ?? Infinity);
});

test("a client that asked for usage sees the stream exactly as the provider sent it", async () => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => sendEvents(response, [...streamedWithUsage, "[DONE]"]);
  const body = JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } });
  const seen = await chat(url, body);
  expect(provider.requests[0]?.body.toString()).toBe(body);
  expect(seen.body.toString()).toContain('"usage":null');
  expect(seen.body.toString()).toContain('"total_tokens":17');
});

test("a provider that refuses to be asked for usage is not asked where the operator says so", async () => {
  const { url, provider } = await setUpRig({ neverAskForUsage: true });
  provider.answer = (_, response) => sendEvents(response, [...streamedWithUsage, "[DONE]"]);
  const seen = await chat(url, { ...request, stream: true });
  expect(provider.requests[0]?.body.toString()).not.toContain("stream_options");
  expect(seen.body.toString()).toContain('"usage":null');
});

test("a provider that cannot be reached is a 502 with one sentence, and one event", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  await provider.close();
  const seen = await chat(url, request);
  expect(seen.status).toBe(502);
  const host = new URL(provider.url).host;
  expect(JSON.parse(seen.body.toString())).toEqual({
    error: {
      message: `The provider at ${host} cannot be reached (ECONNREFUSED); try again later.`,
      type: "upstream_unreachable",
      code: 502,
    },
  });
  expect((await untilEvents(1))[0]).toMatchObject({ error: { status: 502, type: "upstream_unreachable" } });
});

test("a request beyond 64 MiB is refused before it is read", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-length: 99999999999\r\n\r\n{");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer.toString()).toContain("larger than 64 MiB");
  expect((await untilEvents(1))[0]).toMatchObject({ error: { status: 413, type: "request_too_large" } });
  expect(provider.requests).toEqual([]);
});

test("a prompt of 10 MB goes through, and into the event", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  provider.answer = (_, response) => sendJson(response, plain);
  const content = "x".repeat(10_000_000);
  await chat(url, { ...request, messages: [{ role: "user", content }], trace: { trace_name: "big" } });
  expect(provider.requests[0]?.body.length).toBeGreaterThan(10_000_000);
  const [event] = await untilEvents(1);
  expect(event?.input).toEqual([{ role: "user", content }]);
  expect(event?.trace.traceName).toBe("big");
});

test("a slow client is waited for: the provider is not read faster than the client takes it", async () => {
  const { url, provider } = await setUpRig();
  const large = Buffer.alloc(30_000_000, "x");
  provider.answer = (_, response) => void response.writeHead(200).end(large);
  const outgoing = httpRequest(`${url}/v1/files/1/content`);
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    await new Promise(setImmediate);
  }
  expect(length).toBe(large.length);
});

test("a body nested however deep loses its tracing fields and gets its answer", async () => {
  const { url, provider } = await setUpRig();
  provider.answer = (_, response) => sendJson(response, plain);
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  expect((await chat(url, `{"trace":{},"x":${deep}}`)).status).toBe(200);
  expect(provider.requests[0]?.body.toString()).toBe(`{"x":${deep}}`);
});

test("the head of an answer does not wait for its body", async () => {
  const { url, provider } = await setUpRig();
  let finish = () => {};
  provider.answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" }).flushHeaders();
    finish = () => void response.end("{}");
  };
  const response = await fetch(`${url}/v1/anything`);
  finish();
  expect(await response.text()).toBe("{}");
});

test("a stream that the provider compresses unasked is not held back", async () => {
  const { url, provider } = await setUpRig();
  let finish = () => {};
  provider.answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    const zipped = createGzip();
    zipped.pipe(response);
    zipped.write("data: 1\n\n");
    zipped.flush();
    finish = () => void zipped.end();
  };
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: '{"stream":true}' });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("data: 1\n\n");
  finish();
  expect((await reader.read()).done).toBe(true);
});

test("what came before an answer broke off, in the same bytes, still reaches the client and the event", async () => {
  const { url, provider, untilEvents } = await setUpRig();
  const said = `data: ${JSON.stringify({ id: "gen-1", choices: [{ index: 0, delta: { content: "Hel" } }] })}\n\n`;
  provider.answer = (_, response) => {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    response.socket?.write(`${head}${said.length.toString(16)}\r\n${said}\r\nno length\r\n`);
  };
  const outgoing = httpRequest(`${url}/v1/chat/completions`, { method: "POST" });
  outgoing.end(JSON.stringify({ ...request, stream: true, stream_options: { include_usage: true } }));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  response.on("data", (chunk: Buffer) => void (text += chunk.toString()));
  await once(response, "error");
  expect(text).toBe(said);
  expect(await untilEvents(1)).toMatchObject([
    { output: [{ message: { content: "Hel" } }], error: { type: "stream_interrupted" } },
  ]);
});

test("a client that names the whole URL is understood", async () => {
  const { url, provider } = await setUpRig({ basePath: "/api/v1" });
  const { host, port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(`GET http://${host}/v1/models?a=%2F HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
  await once(socket, "data");
  socket.destroy();
  expect(provider.requests[0]?.url).toBe("/api/v1/models?a=%2F");
});

import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RecordingRoom } from "../src/capture/recording-room.ts";
import { startGateway } from "../src/gateway.ts";
import { listen } from "../src/server/listen.ts";
import { UploadPace } from "../src/server/upload-pace.ts";
import { defaultLimits } from "../src/settings/limits.ts";
import type { DataSettings } from "../src/settings/settings.ts";
import { plain, request, streamed } from "./chat-fixtures.ts";
import { exchange, requestBytes } from "./hostile.ts";
import { sendJson } from "./provider.ts";
import { setUpRig } from "./rig.ts";

const chat = (url: string, body: object = request) =>
  fetch(`${url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body) });

test("a request that is larger than the limit is refused, with or without a length, and is an event", async () => {
  const { url, provider, untilEvents } = await setUpRig({ limits: { maxBodyBytes: 2000 } });
  const whole = await chat(url, { ...request, user: "x".repeat(2000) });
  const error = {
    type: "request_too_large",
    message: "The request is larger than 2000 bytes; send less in one request.",
    code: 413,
  };
  expect({ status: whole.status, body: await whole.json() }).toEqual({ status: 413, body: { error } });
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
  const chunk = `3e8\r\n${"x".repeat(1000)}\r\n`;
  expect(await exchange(url, `${head}${chunk.repeat(3)}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  const events = await untilEvents(2);
  expect(events.map(({ error }) => error?.status)).toEqual([413, 413]);
  expect(provider.requests).toEqual([]);
});

test("what exceeds the requests under way is told when to come again; what is over makes room", async () => {
  const { url, provider, untilEvents } = await setUpRig({ limits: { maxConcurrentRequests: 2 } });
  const waiting: ServerResponse[] = [];
  const bothWait = new Promise<void>((resolve) => {
    provider.answer = (_, response) => void (waiting.push(response) === 2 && resolve());
  });
  const first = chat(url);
  const second = fetch(`${url}/v1/models`);
  await bothWait;
  const third = await chat(url);
  expect(third.status).toBe(503);
  expect(third.headers.get("retry-after")).toBe("1");
  expect(await third.json()).toMatchObject({ error: { code: 503, type: "too_many_requests_under_way" } });
  expect((await fetch(`${url}/v1/models`)).status).toBe(503);
  for (const response of waiting) sendJson(response, plain);
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  expect((await untilEvents(2)).map(({ error }) => error?.status)).toEqual([503, undefined]);
  provider.answer = (_, response) => sendJson(response, plain);
  expect((await chat(url)).status).toBe(200);
});

test("a client that goes away while it sends its request makes room too", async () => {
  const { url, provider } = await setUpRig({ limits: { maxConcurrentRequests: 1 } });
  provider.answer = (_, response) => sendJson(response, plain);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{");
  await expect.poll(async () => (await chat(url)).status).toBe(503);
  socket.destroy();
  await expect.poll(async () => (await chat(url)).status).toBe(200);
});

test("an answer that does not come in time is an error, one that does not end is broken off; each is one event", async () => {
  const { url, provider, untilEvents, later } = await setUpRig({ limits: { maxStreamMs: 5000 } });
  let asked = () => {};
  provider.answer = () => asked();
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const silent = chat(url);
  await isAsked;
  later(4000);
  later(2000);
  const answer = await silent;
  expect(answer.status).toBe(504);
  expect(await answer.json()).toMatchObject({ error: { code: 504, type: "answer_timeout" } });

  let closed: Promise<unknown> | undefined;
  provider.answer = (_, response) => {
    closed = once(response, "close");
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of streamed.slice(0, 3)) response.write(`data: ${JSON.stringify(event)}\n\n`);
  };
  const endless = await chat(url, { ...request, stream: true });
  const reader = (endless.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  later(6000);
  await expect(reader.read().then(() => reader.read())).rejects.toThrow();
  await closed;
  const events = await untilEvents(2);
  expect(events).toMatchObject([
    { error: { status: 504, type: "answer_timeout" } },
    { error: { type: "stream_interrupted" }, output: [{ message: { content: "Hello there!" } }] },
  ]);
  expect(events).toHaveLength(2);
});

test("what finds no room to be recorded is passed on whole, and is an event that says so", async () => {
  const room = new RecordingRoom(1000);
  const { url, provider, untilEvents } = await setUpRig({ room });
  provider.answer = (_, response) => sendJson(response, plain);
  expect(await (await chat(url, { ...request, user: "x".repeat(1000) })).json()).toEqual(plain);
  const [tight] = await untilEvents(1);
  expect(tight).toMatchObject({ cut: ["request"], model: { resolved: plain.model } });
  expect(tight?.input).toBeUndefined();

  const long = { ...plain, more: "x".repeat(1000) };
  provider.answer = (_, response) => sendJson(response, long);
  expect(await (await chat(url)).json()).toEqual(long);
  expect((await untilEvents(2))[1]).toMatchObject({ cut: ["response"], input: request.messages });

  // What has become an event takes no room any more.
  provider.answer = (_, response) => sendJson(response, plain);
  await chat(url);
  expect((await untilEvents(3))[2]).not.toHaveProperty("cut");
  expect(room.take(1000)).toBe(true);
});

async function gatewayWith(limits: Partial<typeof defaultLimits>, data?: DataSettings) {
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    destinations: [],
    limits: { ...defaultLimits, ...limits },
    ...(data && { data }),
  });
  onTestFinished(() => void gateway.close({ answersTimeoutMs: 0, deliveryTimeoutMs: 0 }));
  return gateway;
}

test("headers beyond the limit, and what is no HTTP, are told so; many small ones pass", async () => {
  const { url } = await gatewayWith({ maxHeaderBytes: 40_000 });
  const answered = await exchange(url, requestBytes("GET /healthz", { x: "a".repeat(50_000) }));
  expect(answered).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  expect(JSON.parse(answered.split("\r\n\r\n")[1] ?? "")).toMatchObject({
    error: { code: 431, type: "headers_too_large" },
  });
  expect(await exchange(url, "no HTTP\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*"type":"bad_request"/s);
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`x-${n}`, ""]));
  expect(await exchange(url, requestBytes("GET /healthz", many))).toMatch(/^HTTP\/1\.1 200 /);
});

test("traces from elsewhere and what is sent to the management API have a limit too, also of those who have no key", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-limits-"));
  const managementKey = "management-key-of-the-tests-1";
  const { url } = await gatewayWith({}, { folder, managementKey });
  const large = "x".repeat(33 * 1024 * 1024);
  for (const path of ["/v1/traces", "/api/v1/keys", "/api/tracecast/v1/session"]) {
    const head = { authorization: `Bearer ${managementKey}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method: "POST", headers: head, body: large });
    expect(answer.status, path).toBe(413);
    expect(await answer.json()).toMatchObject({
      error: { code: 413, message: expect.stringContaining("larger than 32 MiB; send less in one request.") },
    });
  }
  const headless = await fetch(`${url}/api/tracecast/v1/session`, { method: "POST", body: large });
  expect(headless.status).toBe(413);
});

test("an upload that stops is ended; one that is slow, or waits for the provider, is not", async () => {
  const server = createServer((incoming, response) => {
    pace.watch(incoming, response);
    if (incoming.url === "/read") incoming.resume();
  });
  const pace = new UploadPace(server);
  await listen(server, "127.0.0.1", 0);
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const begin = async (path: string) => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    const arrived = once(server, "request");
    socket.write(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nx`);
    const [incoming] = (await arrived) as [{ socket: { bytesRead: number } }];
    const send = async (bytes: number) => {
      const before = incoming.socket.bytesRead;
      socket.write("x".repeat(bytes));
      await expect.poll(() => incoming.socket.bytesRead - before).toBe(bytes);
    };
    const received: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => void received.push(chunk));
    return { send, received, ended: once(socket, "close") };
  };
  const [slow, unread, stuck] = [await begin("/read"), await begin("/unread"), await begin("/read")];
  pace.check();
  await slow.send(2000);
  await stuck.send(10);
  pace.check();
  await stuck.ended;
  expect(Buffer.concat(stuck.received).toString()).toMatch(/^HTTP\/1\.1 408 .*"type":"request_timeout"/s);
  await slow.send(2000);
  pace.check();
  expect([slow.received, unread.received]).toEqual([[], []]);
});

import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startGateway } from "../src/gateway.ts";
import type { Gateway } from "../src/gateway.ts";
import { plain, streamed } from "./chat-fixtures.ts";
import {
  answerBytes,
  exchange,
  readAndLeave,
  requestBytes,
  sendAndLeave,
  startHostileProvider,
} from "./hostile.ts";
import type { HostileProvider } from "./hostile.ts";

// Planted where they are secrets; they must be seen nowhere.
const managementKey = "canary-management-key-0123456789";
const providerKey = "canary-provider-key-0123456789";
const destinationKey = "canary-destination-key-0123456789";
let clientKey = "";

// It is much work for a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let gateway: Gateway;
let provider: HostileProvider;
const seen: string[] = [];
const said: string[] = [];
let before = 0;

const whole = answerBytes({ "content-type": "application/json" }, JSON.stringify(plain));
const answering = (bytes: string | Buffer) => (socket: Socket) => void socket.end(bytes);

beforeAll(async () => {
  for (const stream of [process.stderr, process.stdout])
    vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  provider = await startHostileProvider();
  gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    upstream: { url: provider.url, tracingFields: "strip", streamUsage: "ask", apiKey: providerKey },
    destinations: [],
    data: { folder: mkdtempSync(join(tmpdir(), "tracecast-fuzz-")), managementKey },
  });
  const made = await manage("POST", "/api/v1/keys", '{"name":"Fuzz"}');
  clientKey = (JSON.parse(made.slice(made.indexOf("\r\n\r\n"))) as { key: string }).key;
});

beforeEach(() => {
  seen.length = said.length = 0;
  before = published();
});

afterAll(async () => {
  await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 5000 });
  await provider.close();
  vi.restoreAllMocks();
});

const withKey = () => ({ authorization: `Bearer ${clientKey}` });
const chat = (body: string | Buffer, more: Readonly<Record<string, string>> = {}) =>
  requestBytes("POST /v1/chat/completions", { ...withKey(), ...more }, body);
const manage = (method: string, path: string, body: string | Buffer = "") =>
  exchange(
    gateway.url,
    requestBytes(`${method} ${path}`, { authorization: `Bearer ${managementKey}` }, body),
  );

/** It lives, and has made one event of every call of this test. */
async function isWell(calls: number): Promise<void> {
  await expect.poll(() => published() - before, { timeout: 50_000 }).toBe(calls);
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  for (const text of [...seen, ...said])
    for (const secret of [managementKey, providerKey, destinationKey, clientKey])
      expect(text.slice(0, 100_000)).not.toContain(secret);
  expect(said.join("")).not.toContain("could not be made into a trace");
}

const published = () => gateway.dispatcher.stats().find(({ id }) => id === "local")?.published ?? 0;

const deep = (open: string, close: string, depth = 100_000) => open.repeat(depth) + close.repeat(depth);
const bodies: Readonly<Record<string, string | Buffer>> = {
  nothing: "",
  "broken JSON": '{"model":"m","messages":[{"role":',
  "a text": '"text"',
  null: "null",
  "deep lists": `{"model":"m","messages":${deep("[", "]")},"trace":${deep("[", "]")}}`,
  "deep objects": `{"model":"m","tools":${deep('{"a":', "}").replace("{}", "{0}")}`,
  "deep objects that are whole": `{"model":"m","messages":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`,
  "brackets that never close": "[".repeat(100_000),
  "invalid UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  "names that are prototypes":
    '{"model":"m","stream":true,"__proto__":{"stream":false},"constructor":{"prototype":{"x":1}},"messages":[{"__proto__":[]}],"trace":{"__proto__":{"trace_id":"x"},"toString":1},"session_id":{"__proto__":null}}',
  "lone surrogates": String.raw`{"model":"\ud800","messages":[{"role":"user","content":"\udfff\ud800"}],"trace":{"trace_name":"\ud83d"},"user":"\udc00"}`,
  "one line of 10 MB": `{"model":"m","messages":[{"role":"user","content":"${"x".repeat(10_000_000)}"}]}`,
  "the same names again":
    '{"model":"a","model":"b","stream":false,"stream":true,"trace":1,"trace":{"trace_id":"1"},"trace":null}',
  "numbers beyond all bounds":
    '{"model":1e999,"messages":-1e999,"max_tokens":1e400,"stream":"yes","user":123456789012345678901234567890}',
  "a wide object": `{"model":"m","trace":{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":${n}`).join(",")}}}`,
};

test.each(Object.entries(bodies))("a call whose body is %s", async (_, body) => {
  provider.answer = answering(whole);
  seen.push(await exchange(gateway.url, chat(body)));
  seen.push(await exchange(gateway.url, requestBytes("POST /v1/messages", { "x-api-key": clientKey }, body)));
  seen.push(await exchange(gateway.url, requestBytes("POST /v1/responses", withKey(), body)));
  seen.push(await exchange(gateway.url, requestBytes("POST /v1/embeddings?a=%zz", withKey(), body)));
  for (const answer of seen) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  await isWell(4);
});

const start = "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n";
const framings: Readonly<Record<string, string | Buffer>> = {
  "no HTTP": "\u0000\u0001garbage\r\n\r\n",
  TLS: Buffer.from("16030100f1010000ed0303", "hex"),
  "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "two lengths": `${start}content-length: 5\r\ncontent-length: 6\r\n\r\n{}{}{}`,
  "a length and chunks": `${start}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  "a negative length": `${start}content-length: -1\r\n\r\n`,
  "a length that is no number": `${start}content-length: 1e3\r\n\r\n`,
  "chunks of no size": `${start}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
  "a chunk beyond all bounds": `${start}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n`,
  "a header of 1 MB": `${start}x: ${"a".repeat(1_000_000)}\r\n\r\n`,
  "5,000 headers": `${start}connection: close\r\n${"a: b\r\n".repeat(5000)}\r\n`,
  "a header with a control character": `${start}x: a\u0000b\r\n\r\n`,
  "a header folded over lines": `${start}x: a\r\n b\r\n\r\n`,
  "no path": "POST  HTTP/1.1\r\nhost: gateway\r\n\r\n",
  "a method nobody knows": "FROBNICATE /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n\r\n",
  "a tunnel": "CONNECT provider.example.com:443 HTTP/1.1\r\nhost: provider.example.com:443\r\n\r\n",
  "no host": "GET /healthz HTTP/1.1\r\n\r\n",
  "an expectation": `${start}expect: the-unexpected\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
};

test.each(Object.entries(framings))("a request that is %s", async (_, bytes) => {
  provider.answer = answering(whole);
  seen.push(await exchange(gateway.url, bytes));
  await isWell(0);
});

const odd = [
  "GET //",
  "GET /%",
  "GET /%00",
  "GET /..%2f..%2fetc/passwd",
  "GET /assets/../../package.json",
  "GET http://[::1",
  "GET http://evil.example.com/healthz",
  "GET *",
  "OPTIONS *",
  "HEAD /",
  "TRACE /v1/models",
  "PUT /v1/chat/completions",
  "DELETE /healthz",
  "GET /v1/models?a=\u00ff",
  "GET /api/v1/observability/destinations/%",
  "GET /api/v1/observability/destinations/__proto__",
  "GET /api/v1/observability/destinations?limit=1e9&offset=-1&limit=2",
  "GET /api/v1/workspaces/%E0%A4%A",
  "POST /api/v1/keys/../../v1/chat",
  "GET /api/tracecast/v1/explain/constructor",
  "GET /api/tracecast/v1/traces/%00",
  "BREW /api/tracecast/v1/traces",
];

test.each(odd)("a path that is odd: %s", async (line) => {
  provider.answer = answering(whole);
  for (const key of [clientKey, managementKey]) {
    const bytes = requestBytes(line, { authorization: `Bearer ${key}` });
    seen.push(
      await exchange(gateway.url, bytes),
      await exchange(gateway.url, requestBytes(line, { host: "[" }, "")),
    );
  }
  await isWell(0);
});

test("requests that stop in the middle, and garbage behind a whole one", async () => {
  provider.answer = answering(whole);
  const head = `${start}authorization: Bearer ${clientKey}\r\n`;
  await sendAndLeave(gateway.url, `${head}content-length: 1000000\r\n\r\n{"model":`);
  await sendAndLeave(gateway.url, `${head}transfer-encoding: chunked\r\n\r\n5\r\n{"a"`);
  await sendAndLeave(gateway.url, head);
  await sendAndLeave(gateway.url, "POST /api/v1/keys HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{");
  await sendAndLeave(gateway.url, "POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{");
  await isWell(0);
  seen.push(
    await exchange(gateway.url, `${head}content-length: 2\r\n\r\n{}`, "garbage\u0000\r\n\r\n".repeat(100)),
  );
  await isWell(1);
});

const json = { "content-type": "application/json" };
const events = { "content-type": "text/event-stream" };
const sse = (...data: readonly string[]) => data.map((line) => `data: ${line}\n\n`).join("");
const chunk = (fields: object) => JSON.stringify({ ...streamed[0], ...fields });
const zeros = gzipSync(Buffer.alloc(70 * 1024 * 1024));
const answers: Readonly<Record<string, string | Buffer>> = {
  nothing: "",
  "no HTTP": "garbage\r\n\r\n",
  "a status beyond all bounds": "HTTP/1.1 99999 Yes\r\n\r\n",
  "a status that is none": "HTTP/1.1 042 Yes\r\ncontent-length: 0\r\n\r\n",
  "a switch of protocols": "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n\u0000",
  "no content, with content": "HTTP/1.1 204 No\r\ncontent-length: 5\r\n\r\nhello",
  "a status line with odd characters": "HTTP/1.1 200 \u00e9\u0007\r\ncontent-length: 2\r\n\r\n{}",
  "a header with odd characters": Buffer.from(
    "HTTP/1.1 200 OK\r\nx-odd: \xff\u0001\r\ncontent-length: 2\r\n\r\n{}",
    "latin1",
  ),
  "headers of 1 MB": `HTTP/1.1 200 OK\r\nx: ${"a".repeat(1_000_000)}\r\n\r\n`,
  "two lengths": "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}",
  "too short for its length": answerBytes({ ...json, "content-length": "1000" }, "{}"),
  "too long for its length": answerBytes({ ...json, "content-length": "1" }, JSON.stringify(plain)),
  "chunks that break off": `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\nff\r\n${sse(chunk({}))}`,
  "chunks of no size": "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  "broken JSON": answerBytes(json, '{"choices":[{"message":'),
  "deep JSON": answerBytes(json, `{"choices":${deep("[", "]")},"usage":${deep("[", "]")}}`),
  "a deep stream": answerBytes(
    events,
    sse(`{"choices":[{"index":0,"delta":{"content":${deep("[", "]")},"tool_calls":${deep("[", "]")}}}]}`),
  ),
  "indexes beyond all bounds": answerBytes(
    events,
    sse(
      '{"choices":[{"index":4294967295,"delta":{"content":"a"}},{"index":-1,"delta":{}},{"index":"__proto__","delta":{"content":"b"}},{"index":1e300}]}',
      '{"choices":[{"index":0,"delta":{"tool_calls":[{"index":999999999,"function":{"arguments":"{"}},{"index":-5},{"index":"x"},null]}}]}',
      '{"type":"content_block_delta","index":4294967294,"delta":{"type":"text_delta","text":"x"}}',
      '{"type":"response.output_text.delta","output_index":4294967294,"content_index":1e99,"delta":"x"}',
    ),
  ),
  "parts called like prototypes": answerBytes(
    events,
    sse(
      '{"type":"content_block_start","index":0,"content_block":{"type":"constructor","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"constructor","constructor":"x"}}',
      '{"type":"__proto__","response":{"__proto__":1}}',
      '{"choices":[{"index":0,"delta":{"constructor":"x","__proto__":{"content":"y"}},"finish_reason":"constructor"}]}',
    ),
  ),
  "usage that is none": answerBytes(
    json,
    '{"choices":{},"model":7,"usage":{"prompt_tokens":-1,"completion_tokens":"7","total_tokens":1e999,"cost":"free","prompt_tokens_details":[]}}',
  ),
  prototypes: answerBytes(
    json,
    '{"__proto__":{"choices":[]},"choices":[{"__proto__":null,"message":{"constructor":1,"tool_calls":{"__proto__":[]}}}],"usage":{"__proto__":{"cost":1}}}',
  ),
  "invalid UTF-8": answerBytes(
    events,
    Buffer.concat([Buffer.from("data: "), Buffer.alloc(1000, 0xff), Buffer.from("\n\n")]),
  ),
  "a stream of one line of 10 MB": answerBytes(events, `data: ${"x".repeat(10_000_000)}`),
  "a line of 10 MB with usage": answerBytes(events, sse(`{"usage":null,"x":"${"x".repeat(10_000_000)}"}`)),
  "only line ends": answerBytes(events, "\r\n\n\r".repeat(100_000)),
  "a stream that is none": answerBytes(events, "<html>".repeat(1000)),
  "100,000 small events": answerBytes(
    events,
    sse('{"choices":[{"index":0,"delta":{"content":"a"}}]}').repeat(100_000),
  ),
  "a bomb of zeros": answerBytes({ ...json, "content-encoding": "gzip" }, zeros),
  "a stream that is a bomb": answerBytes({ ...events, "content-encoding": "gzip" }, zeros),
  "gzip that is none": answerBytes({ ...json, "content-encoding": "gzip" }, "{}"),
  "gzip that breaks off": answerBytes(
    { ...json, "content-encoding": "gzip" },
    gzipSync(JSON.stringify(plain)).subarray(0, 60),
  ),
  "an encoding nobody knows": answerBytes({ ...json, "content-encoding": "rot13, __proto__" }, "{}"),
  "an encoding called like a prototype": answerBytes({ ...json, "content-encoding": "constructor" }, "{}"),
};

test.each(Object.entries(answers))("an answer that is %s", async (_, bytes) => {
  provider.answer = answering(bytes);
  const stream = requestBytes(
    "POST /v1/chat/completions",
    withKey(),
    '{"model":"m","stream":true,"messages":[]}',
  );
  for (const path of ["chat/completions", "messages", "responses"])
    seen.push(
      await exchange(gateway.url, requestBytes(`POST /v1/${path}`, withKey(), '{"model":"m","messages":[]}')),
    );
  seen.push(await exchange(gateway.url, stream));
  seen.push(await exchange(gateway.url, requestBytes("GET /v1/models", withKey())));
  await isWell(4);
});

test("streams without an end that the client cuts", async () => {
  provider.answer = (socket) => {
    socket.write(answerBytes({ ...events, "content-length": "9999999999" }, ""));
    const more = () => {
      while (socket.write(sse(chunk({})).repeat(100)));
      socket.once("drain", more);
    };
    more();
  };
  const stream = chat('{"model":"m","stream":true,"messages":[]}');
  await Promise.all([1, 1000, 100_000, 1_000_000].map((bytes) => readAndLeave(gateway.url, bytes, stream)));
  await sendAndLeave(gateway.url, stream);
  await readAndLeave(gateway.url, 100_000, requestBytes("GET /v1/files/1/content", withKey()));
  await expect.poll(() => published() - before).toBeGreaterThanOrEqual(4);
  // Whether the one that left at once was heard at all is the system's affair.
  await isWell(published() - before);
});

test("an answer whose head cannot be passed on is not left open behind", async () => {
  let closed: Promise<unknown> | undefined;
  provider.answer = (socket) => {
    closed = once(socket, "close");
    socket.write("HTTP/1.1 200 \u0007\r\ncontent-length: 9999999999\r\n\r\n{");
  };
  seen.push(await exchange(gateway.url, chat("{}")));
  expect(seen[0]).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  await closed;
  await isWell(1);
});

test("whatever bytes client and provider exchange, it is one event a call", async () => {
  const text = fc.oneof(
    fc.json({ maxDepth: 6 }),
    fc.string({ unit: "binary" }),
    fc.jsonValue().map((value) => sse(JSON.stringify(value), "[DONE]")),
  );
  const cut = fc.tuple(text, fc.nat(200)).map(([full, at]) => full.slice(0, Math.max(1, full.length - at)));
  const bytes = fc.oneof(
    text.map((full) => Buffer.from(full)),
    cut.map((part) => Buffer.from(part)),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  );
  const type = fc.constantFrom(
    json,
    events,
    {},
    { ...json, "content-encoding": "br" },
    { ...events, "content-encoding": "deflate" },
  );
  const path = fc.constantFrom("chat/completions", "completions", "responses", "messages", "embeddings");
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(path, bytes, type, bytes, async (path, sent, headers, answered) => {
      provider.answer = answering(answerBytes(headers as Record<string, string>, answered));
      seen.push(await exchange(gateway.url, requestBytes(`POST /v1/${path}`, withKey(), sent)));
      expect(seen.at(-1)).toMatch(/^HTTP\/1\.1 200 /);
      await isWell(++calls);
    }),
    { numRuns: 60 },
  );
});

const filterRules = (rules: string) =>
  `{"type":"braintrust","name":"a","config":{"apiKey":"${destinationKey}","projectId":"p"},"filter_rules":${rules}}`;
const managed: Readonly<Record<string, string | Buffer>> = {
  ...bodies,
  "a config of prototypes": `{"type":"braintrust","name":"a","config":{"__proto__":{"apiKey":"${destinationKey}"},"constructor":1},"__proto__":{"enabled":false}}`,
  "a deep config": `{"type":"webhook","name":"a","config":{"url":"https://example.com","headers":${deep("[", "]")}}}`,
  "deep rules": filterRules(deep('{"groups":[', "]}", 10_000).replace("[]", "[0]")),
  "rules of prototypes": filterRules(
    '{"groups":[{"logic":"__proto__","rules":[{"field":"constructor","operator":"toString","value":{"__proto__":1}}]}]}',
  ),
  "a regex beyond all bounds": filterRules(
    String.raw`{"groups":[{"logic":"and","rules":[{"field":"model","operator":"regex","value":"${"(a{1000}){1000}".repeat(10)}"}]}]}`,
  ),
  "a type called like a prototype": '{"type":"constructor","name":"a","config":{}}',
};
const managementPaths = [
  "POST /api/v1/observability/destinations",
  "PATCH /api/v1/observability/destinations/00000000-0000-4000-8000-000000000009",
  "PATCH /api/v1/workspaces/default",
  "POST /api/v1/keys",
  "POST /api/tracecast/v1/destinations/test",
  "POST /api/tracecast/v1/route",
  "POST /api/tracecast/v1/session",
];

test.each(Object.entries(managed))("the management API, sent %s, says what is wrong", async (_, body) => {
  for (const path of managementPaths) {
    const answer = await manage(...(path.split(" ") as [string, string]), body);
    seen.push(answer);
    expect(answer, path).toMatch(/^HTTP\/1\.1 (?:20\d|4\d\d) /);
    expect(answer, path).toMatch(/\r\n\r\n\{.*\}$/s);
  }
  await isWell(0);
});

test.each(Object.entries(bodies))("traces from elsewhere that are %s", async (_, body) => {
  const types = ["application/json", "application/x-protobuf", "text/plain"];
  for (const type of types) {
    const headers = { authorization: `Bearer ${managementKey}`, "content-type": type };
    seen.push(await exchange(gateway.url, requestBytes("POST /v1/traces", headers, body)));
    seen.push(
      await exchange(
        gateway.url,
        requestBytes("POST /v1/traces", { ...headers, "content-encoding": "gzip" }, body),
      ),
    );
    seen.push(
      await exchange(
        gateway.url,
        requestBytes("POST /v1/traces", { ...headers, "content-encoding": "gzip" }, zeros),
      ),
    );
  }
  for (const answer of seen) expect(answer).toMatch(/^HTTP\/1\.1 (?:200|4\d\d) /);
  await isWell(0);
});

test("a span whose operation is called like a prototype is no call of a model", async () => {
  const attributes = [{ key: "gen_ai.operation.name", value: { stringValue: "constructor" } }];
  const span = { traceId: "0".repeat(32), spanId: "0".repeat(16), name: "x", attributes };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const headers = { ...json, authorization: `Bearer ${managementKey}` };
  seen.push(await exchange(gateway.url, requestBytes("POST /v1/traces", headers, body)));
  expect(seen[0]).toMatch(/^HTTP\/1\.1 200 .*\r\n\{\}\r\n/s);
  await isWell(0);
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { isForbiddenAddress } from "./address-guard.ts";
import { createHttpClient } from "./client.ts";
import { parseRetryAfter } from "./retry-after.ts";

const http = createHttpClient();

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("an answer comes back whole: status, headers joined, body", async () => {
  let body = "";
  const url = await serve((request, response) => {
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      response.writeHead(207, ["X-A", "1", "x-a", "2", "Retry-After", "3"]);
      response.end(`${request.method} ${String(request.headers["x-b"])}`);
    });
  });
  const result = await http.request({ url, method: "POST", headers: { "x-b": "B" }, body: "é" });
  expect(result).toMatchObject({ kind: "response", status: 207, host: new URL(url).host, body: "POST B" });
  expect(result).toMatchObject({ headers: { "x-a": "1, 2", "retry-after": "3" } });
  expect(body).toBe("é");
});

test("a redirect is an answer like any other", async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  expect(await http.request({ url, headers: { authorization: "Bearer k" } })).toMatchObject({ status: 302 });
  expect(requests).toBe(1);
});

test("of a long answer the start is read", async () => {
  const url = await serve((_, response) => void response.end(Buffer.alloc(2_500_000, "x")));
  const result = await http.request({ url });
  expect(result.kind === "response" && result.body.length).toBe(1024 * 1024);
});

test.each<[string, RequestListener]>([
  ["before it answers", (request) => void request.socket.destroy()],
  [
    "in the middle of its answer",
    (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    },
  ],
])("a connection that closes %s is a failure, not a throw", async (_, answer) => {
  expect(await http.request({ url: await serve(answer) })).toMatchObject({ kind: "failure", code: "reset" });
});

test("a server that never answers is given up in time, or when asked to", async () => {
  const url = await serve(() => {});
  expect(await http.request({ url, timeoutMs: 30 })).toMatchObject({ kind: "failure", code: "timeout" });
  const giveUp = new AbortController();
  const waiting = http.request({ url, signal: giveUp.signal });
  giveUp.abort();
  expect(await waiting).toMatchObject({ kind: "failure", code: "aborted" });
});

test("who is not there, and what is no URL, is said in one sentence", async () => {
  const closed = createTcpServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  expect(await http.request({ url: `http://127.0.0.1:${port}/` })).toEqual({
    kind: "failure",
    code: "unreachable",
    message: `127.0.0.1:${port} cannot be reached`,
  });
  expect(await http.request({ url: "no url" })).toMatchObject({ code: "invalid_url" });
});

test.each([
  "http://169.254.169.254/",
  "http://[::ffff:169.254.169.254]/",
  "http://0.0.0.0/",
  "http://[fe80::1]/",
  "http://2852039166/",
  "http://0xa9fea9fe/",
  "http://[fd00:ec2::254]/",
])("%s is never connected to", async (url) => {
  expect(await http.request({ url })).toMatchObject({ kind: "failure", code: "forbidden_address" });
});

test.each([
  ["127.0.0.1", false],
  ["10.1.2.3", false],
  ["8.8.8.8", false],
  ["2606:4700::1111", false],
  ["169.254.0.1", true],
  ["224.0.0.1", true],
  ["255.255.255.255", true],
  ["::", true],
  ["not an address", true],
])("address %s forbidden: %s", (address, forbidden) => {
  expect(isForbiddenAddress(address)).toBe(forbidden);
});

test.each([
  "http://127.0.0.1:9/",
  "http://[::1]:9/",
  "http://localhost:9/",
  "http://10.1.2.3/",
  "http://192.168.0.1/",
  "http://100.64.0.1/",
  "http://[fd12::1]/",
  "http://[::ffff:10.0.0.1]/",
])("%s is not connected to where private networks are refused", async (url) => {
  const careful = createHttpClient({ privateNetworks: "refuse" });
  const result = await careful.request({ url, timeoutMs: 5000 });
  await careful.close();
  expect(result).toEqual({
    kind: "failure",
    code: "private_address",
    message: `${new URL(url).host} is in a private network, and those are not allowed here`,
  });
});

test.each([
  ["7", 7000],
  [" 1.5 ", 1500],
  ["Fri, 02 Jan 2026 03:04:10 GMT", 5000],
  ["Fri, 02 Jan 2026 03:04:00 GMT", undefined],
  ["-3", undefined],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j asks for %j ms", (value, ms) => {
  expect(parseRetryAfter(value, Date.UTC(2026, 0, 2, 3, 4, 5))).toBe(ms);
});

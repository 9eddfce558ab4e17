import { createHttpClient } from "@tracecast/core";
import type { HttpClient, HttpResult } from "@tracecast/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echo, startFaultServer } from "./fault-server.ts";
import type { Fault, FaultServer } from "./fault-server.ts";

let server: FaultServer;
let http: HttpClient;

beforeEach(async () => {
  server = await startFaultServer();
  http = createHttpClient();
});

afterEach(async () => {
  await server.close();
  await http.close();
});

const codeOf = (result: HttpResult) => (result.kind === "failure" ? result.code : result.status);

describe("startFaultServer", () => {
  test("answers 200 until it is told otherwise, then each answer once, then the one for all", async () => {
    const statuses: unknown[] = [codeOf(await http.request({ url: server.url }))];
    server.answer({ status: 201 }, ({ path }) => ({ status: path === "/b" ? 202 : 500 }));
    server.answerAll({ status: 503 });
    for (const path of ["/a", "/b", "/c", "/d"])
      statuses.push(codeOf(await http.request({ url: server.url + path })));
    expect(statuses).toEqual([200, 201, 202, 503, 503]);
  });

  test("sends text as it is, the rest as JSON, and the headers it is given", async () => {
    server.answer({ body: "a,b", headers: { "x-kind": "csv" } }, { body: { a: ["b"] } }, { status: 204 });
    const [text, json, none] = [
      await http.request({ url: server.url }),
      await http.request({ url: server.url }),
      await http.request({ url: server.url }),
    ];
    expect(text).toMatchObject({ body: "a,b", headers: { "x-kind": "csv", "content-type": "text/plain" } });
    expect(json).toMatchObject({ body: '{"a":["b"]}', headers: { "content-type": "application/json" } });
    expect(none).toMatchObject({ status: 204, body: "" });
  });

  test("remembers each request: method, path, headers, body and its length in bytes", async () => {
    await http.request({ url: `${server.url}/a?b=c`, method: "PUT", headers: { "X-Key": "k" }, body: "ü" });
    expect(server.requests).toMatchObject([
      { method: "PUT", path: "/a?b=c", headers: { "x-key": "k" }, body: "ü", bytes: 2 },
    ]);
  });

  test("reads a gzipped body", async () => {
    const { gzipSync } = await import("node:zlib");
    const headers = { "content-encoding": "gzip" };
    await http.request({ url: server.url, method: "POST", headers, body: gzipSync("packed") });
    expect(server.requests).toMatchObject([{ body: "packed", bytes: 6 }]);
  });

  test.for<[Fault]>([["reset"], ["reset_in_body"]])("breaks the connection: %s", async ([fault]) => {
    server.answer(fault);
    expect(codeOf(await http.request({ url: server.url }))).toBe("reset");
  });

  test.for<[Fault]>([["hang"], ["hang_in_body"]])("never ends: %s", async ([fault]) => {
    server.answer(fault);
    const controller = new AbortController();
    const pending = http.request({ url: server.url, signal: controller.signal });
    await server.received(1);
    controller.abort();
    expect(codeOf(await pending)).toBe("aborted");
  });

  test("answers slowly, as slowly as the test wants", async () => {
    const order: string[] = [];
    let open: () => void = () => undefined;
    server.answer({ after: new Promise<void>((resolve) => (open = resolve)) });
    const slow = http.request({ url: server.url }).then(() => order.push("slow"));
    await server.received(1);
    await http.request({ url: server.url }).then(() => order.push("quick"));
    open();
    await slow;
    expect(order).toEqual(["quick", "slow"]);
  });

  test("quotes the request it was sent", async () => {
    server.answer(echo(400));
    const headers = { authorization: "Bearer abc" };
    const result = await http.request({ url: `${server.url}/x`, method: "POST", headers, body: "said" });
    expect(result).toMatchObject({ status: 400, body: expect.stringMatching(/Bearer abc.*\/x.*said/) });
  });

  test("says when requests have come, be it before or after the question", async () => {
    const two = server.received(2);
    await http.request({ url: server.url });
    await http.request({ url: server.url });
    await two;
    await server.received(1);
    expect(server.requests).toHaveLength(2);
    expect(server.connections).toBeGreaterThan(0);
  });

  test("refuses connections once it is closed, and may be closed twice", async () => {
    await server.close();
    expect(codeOf(await http.request({ url: server.url }))).toBe("unreachable");
  });
});

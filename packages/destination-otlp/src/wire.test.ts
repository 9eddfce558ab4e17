import { createRequire } from "node:module";
import type { Destination, TraceEvent } from "@tracecast/core";
import { createHttpClient } from "@tracecast/core";
import { arbitraryTraceEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { exportJson, exportProtobuf, resourceJson } from "./export-request.ts";
import { otlp } from "./index.ts";
import { conventions } from "./dialects/conventions.ts";
import { langfuseDialect } from "./dialects/langfuse.ts";
import { langsmithDialect } from "./dialects/langsmith.ts";
import { openInference } from "./dialects/openinference.ts";
import { weaveDialect } from "./dialects/weave.ts";
import { encodeSpans } from "./span-piece.ts";
import { farEnd, send } from "../test/far-end.ts";
import { attributesOf, readBinary, readJson, spansIn } from "../test/otlp-definitions.ts";
import type { ReadExport } from "../test/otlp-definitions.ts";

const dialects = { conventions, langfuseDialect, langsmithDialect, openInference, weaveDialect };
const limits = { maxBytes: 4 * 1024 * 1024, maxTextLength: 10_000_000 };
const resource = resourceJson({ "wandb.entity": "acme" });

for (const [name, dialect] of Object.entries(dialects)) {
  test(`whatever the event, OpenTelemetry's own definitions read both encodings, and read the same: ${name}`, () => {
    const anyEvent = fc.property(arbitraryTraceEvent(), (event) => {
      const spans = encodeSpans(event, dialect, limits);
      const read = readJson(exportJson(resource, spans));
      expect(readBinary(exportProtobuf(resource, spans))).toEqual(read);
      const found = spansIn(read);
      expect(found).toHaveLength(spans.length);
      for (const span of found) {
        expect(span.traceId).toMatch(/^[\da-f]{32}$/);
        expect(span.spanId).toMatch(/^[\da-f]{16}$/);
        expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
        const names = span.attributes.map(({ key }) => key);
        expect(new Set(names).size).toBe(names.length);
      }
    });
    fc.assert(anyEvent, { includeErrorInReport: true });
  });
}

test("an export of nothing is one in both encodings", () => {
  expect(readJson(exportJson(resource, []))).toEqual({});
  expect(readBinary(exportProtobuf(resource, []))).toEqual({});
});

test("a body is compressed and says so, and one that is not does not", async () => {
  const { server, connection } = await farEnd(otlp, (url) => ({ endpoint: url }));
  await send(connection, sampleTraceEvent());
  expect(server.requests[0]?.headers).toMatchObject({
    "content-encoding": "gzip",
    "content-type": "application/json",
  });
  expect(Number(server.requests[0]?.headers["content-length"])).toBeLessThan(server.requests[0]?.bytes ?? 0);
  const plain = await farEnd(otlp, (url) => ({ endpoint: url, compression: "none", encoding: "protobuf" }));
  await send(plain.connection, sampleTraceEvent());
  expect(plain.server.requests[0]?.headers["content-encoding"]).toBeUndefined();
  expect(plain.server.requests[0]?.headers["content-type"]).toBe("application/x-protobuf");
});

interface MockOtlpServer {
  readonly httpUrl: URL;
  start(): Promise<void>;
  close(): Promise<void>;
}
interface MockOtlpModule {
  readonly MockOtlpServer: new (options: object) => MockOtlpServer;
}

for (const encoding of ["json", "protobuf"]) {
  test(`a mock OTLP server of Elastic's reads what is sent as ${encoding}`, async () => {
    const { MockOtlpServer } = createRequire(import.meta.url)("@elastic/mockotlpserver") as MockOtlpModule;
    const traces: ReadExport[] = [];
    const server = new MockOtlpServer({
      services: ["http"],
      httpHostname: "127.0.0.1",
      httpPort: 0,
      logLevel: "fatal",
      onTrace: (trace: ReadExport) => traces.push(trace),
    });
    await server.start();
    const http = createHttpClient();
    onTestFinished(async () => {
      await http.close();
      await server.close();
    });
    const endpoint = server.httpUrl.href;
    const connection = otlp.connect({ endpoint, encoding, compression: "none" }, { http });

    expect(await connection.test(AbortSignal.timeout(10_000))).toMatchObject({ ok: true });
    const { outcome } = await send(connection, sampleTraceEvent());
    expect(outcome.status).toBe("delivered");
    expect(traces.flatMap(spansIn).map(({ name }) => name)).toEqual([
      "Trip Planning",
      "Packing List",
      "Check Weather",
    ]);
  });
}

/** Reads the one request that a destination makes of one event. */
async function sent(destination: Destination, config: (url: string) => object, event: TraceEvent) {
  const { server, connection } = await farEnd(destination, (url) => ({ ...config(url) }));
  await send(connection, event);
  const [request] = server.requests;
  return { request, read: readJson(request?.body ?? "") };
}

test("a service has the name that its operator gave it", async () => {
  const { read, request } = await sent(
    otlp,
    (url) => ({
      endpoint: `${url}/otlp/v1`,
      serviceName: "support-bot",
      headers: { Authorization: "Bearer x" },
    }),
    sampleTraceEvent(),
  );
  const [{ resource: told } = { resource: { attributes: [] } }] = read.resourceSpans;
  expect(told.attributes[0]).toEqual({ key: "service.name", value: { stringValue: "support-bot" } });
  expect(request?.path).toBe("/otlp/v1/traces");
  expect(request?.headers["authorization"]).toBe("Bearer x");
});

test("every figure of an event stands on its generation, each under a name of its own", async () => {
  const usage = {
    promptTokens: 1001,
    completionTokens: 1002,
    totalTokens: 1003,
    cachedTokens: 1004,
    cacheWriteTokens: 1005,
    cacheWrite5mTokens: 1006,
    cacheWrite1hTokens: 1007,
    promptAudioTokens: 1008,
    reasoningTokens: 1009,
    completionAudioTokens: 1010,
    completionImageTokens: 1011,
  };
  const cost = {
    totalUsd: 0.5,
    inputUsd: 0.25,
    outputUsd: 0.125,
    upstreamTotalUsd: 0.75,
    upstreamInputUsd: 0.375,
    upstreamOutputUsd: 0.625,
    byok: true,
  };
  const { read } = await sent(otlp, (url) => ({ endpoint: url }), sampleTraceEvent({ usage, cost }));
  const spans = spansIn(read);
  const values = Object.values(attributesOf(spans.at(-1)));
  for (const figure of [...Object.values(usage), ...Object.values(cost)]) expect(values).toContain(figure);
  for (const wrapper of spans.slice(0, -1))
    expect(Object.keys(attributesOf(wrapper)).filter((name) => /usage|cost|messages/.test(name))).toEqual([]);
});

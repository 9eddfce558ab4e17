import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { createHttpClient } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { s3 } from "../src/index.ts";

const needed = ["swift-proxy-server", "swift-object-server", "swift-ring-builder", "memcached"];
const isInstalled = needed.every((program) => {
  try {
    return execFileSync("sh", ["-c", `command -v ${program}`]).length > 0;
  } catch {
    return false;
  }
});
if (!isInstalled && process.env["CI"] === undefined) {
  console.warn(
    "Skipped: S3 against a store that checks signatures. To run it: apt-get install swift-proxy swift-account swift-container swift-object memcached",
  );
}

/** Five ports in a row that nobody listens on, found by asking for one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port > 65_000 ? freePort() : port;
}

describe.runIf(isInstalled || process.env["CI"] !== undefined)("a store that checks signatures", () => {
  const credentials = { accessKeyId: "test:tester", secretAccessKey: "testing" };
  const aws = new AwsClient({ ...credentials, service: "s3", region: "us-east-1" });
  let endpoint = "";
  const folder = mkdtempSync(join(tmpdir(), "tracecast-swift-"));
  let stop = async () => {};

  beforeAll(async () => {
    const port = await freePort();
    const swift = spawn("bash", [join(import.meta.dirname, "swift.sh"), folder, String(port)], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = new Promise((resolve) => swift.once("exit", resolve));
    stop = async () => {
      swift.stdin.end();
      await ended;
    };
    endpoint = `http://127.0.0.1:${port}`;
    for (let made = false; !made;) {
      await wait(200);
      made = await aws.fetch(`${endpoint}/traces`, { method: "PUT" }).then(
        ({ ok }) => ok,
        () => false,
      );
    }
  }, 60_000);

  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function connect(config: Readonly<Record<string, unknown>> = {}) {
    const http = createHttpClient();
    onTestFinished(() => http.close());
    const bucket = { bucketName: "traces", ...credentials, endpoint, ...config };
    const connection = s3.connect(bucket, { http });
    const signal = new AbortController().signal;
    return {
      test: () => connection.test(signal),
      send: (...events: TraceEvent[]) =>
        connection.send(
          events.map((event) => ({ eventId: event.id, pieces: connection.encode(event) })),
          signal,
        ),
    };
  }

  const read = async (key: string) => {
    const response = await aws.fetch(`${endpoint}/traces/${key}`, { aws: { allHeaders: false } });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const keys = async (prefix: string) => {
    const listing = await (await aws.fetch(`${endpoint}/traces?list-type=2&prefix=${prefix}`)).text();
    return [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? "");
  };

  test("has a file for each trace, which a resend overwrites", async () => {
    const { send } = connect();
    const alone = sampleTraceEvent({
      id: "019b7c8e-5f6c-7a31-9d24-00000000000a",
      trace: { metadata: { feature: "x" } },
    });
    for (let time = 0; time < 2; time += 1) await send(sampleTraceEvent(), alone);
    expect(await keys("tracecast-traces")).toEqual([
      "tracecast-traces/2026-01-02/019b7c8e-5f6c-7a31-9d24-00000000000a-1767323045.json",
      "tracecast-traces/2026-01-02/workflow_12345-1767323045-6c1f0b8e4a57.json",
    ]);
    const file = JSON.parse(
      String(await read("tracecast-traces/2026-01-02/workflow_12345-1767323045-6c1f0b8e4a57.json")),
    ) as { trace: { observations: unknown[] } };
    expect(file).toMatchObject({
      exported_at: expect.stringMatching(/^20.*Z$/),
      trace: {
        id: "workflow_12345",
        userId: sampleTraceEvent().user,
        sessionId: sampleTraceEvent().sessionId,
        apiKeyName: "Production",
        tags: ["production", "weather"],
        input: sampleTraceEvent().input,
        output: sampleTraceEvent().output,
      },
    });
    expect(file.trace.observations).toHaveLength(1);
    expect(file.trace.observations[0]).toMatchObject({
      type: "GENERATION",
      providerName: "OpenAI",
      promptTokens: 1200,
      totalCost: 0.000_549_6,
      normalizedFinishReason: expect.any(String) as unknown,
    });
  });

  test("has many traces in one compressed file where that is wanted", async () => {
    const { send } = connect({ layout: "batch", prefix: "batches" });
    const events = [1, 2, 3].map((number) =>
      sampleTraceEvent({ id: `019b7c8e-5f6c-7a31-9d24-00000000000${number}` }),
    );
    expect(await send(...events)).toEqual({ outcome: { status: "delivered" } });
    await send(...events);
    const [only, ...others] = await keys("batches");
    expect(others).toEqual([]);
    const lines = String(gunzipSync(await read(only ?? "")))
      .trim()
      .split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { trace: object }).trace)).toEqual(
      events.map(({ id }) => expect.objectContaining({ observations: [expect.objectContaining({ id })] })),
    );
  });

  test("puts odd names of keys and traces into names that stay in their folder", async () => {
    const { send } = connect({ prefix: "/odd//../", pathTemplate: "{prefix}/{apiKeyName}/{year}" });
    const result = await send(
      sampleTraceEvent({
        apiKey: { hash: "h", name: "../Ops & Ünïcode/team 'a'" },
        trace: { traceId: "a/b c?d", metadata: {} },
      }),
    );
    expect([...(result.exceptions?.values() ?? [])]).toEqual([{ status: "delivered" }]);
    expect(await keys("odd/")).toEqual([
      "odd/.._Ops_Ünïcode_team_a_/2026/a_b_c_d-1767323045-6c1f0b8e4a57.json",
    ]);
  });

  test("its connection test says what is wrong", async () => {
    expect(await connect().test()).toEqual({
      ok: true,
      message: 'Objects can be written to the bucket "traces".',
    });
    expect((await connect({ secretAccessKey: "wrong-secret" }).test()).message).toMatch(
      /paste the Secret Access Key again/,
    );
    expect((await connect({ bucketName: "elsewhere" }).test()).message).toMatch(
      /There is no bucket "elsewhere"/,
    );
  });

  test("a wrong secret pauses, and does not reject, what waits", async () => {
    const { exceptions } = await connect({ secretAccessKey: "wrong-secret" }).send(sampleTraceEvent());
    expect([...(exceptions?.values() ?? [])]).toEqual([
      expect.objectContaining({ status: "rejected", code: "unauthorized" }),
    ]);
  });
});

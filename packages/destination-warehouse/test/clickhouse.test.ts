import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createHttpClient } from "@tracecast/core";
import type { HttpClient, TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clickhouse, createTableSql } from "../src/index.ts";

const isInstalled = (() => {
  try {
    return execFileSync("sh", ["-c", "command -v clickhouse-server"]).length > 0;
  } catch {
    return false;
  }
})();
if (!isInstalled && process.env["CI"] === undefined) {
  console.warn("Skipped: ClickHouse against a real server. To run it: apt-get install clickhouse-server");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Debian's server is of 2018: it has no asynchronous inserts. */
const withoutAsync = (http: HttpClient): HttpClient => ({
  close: () => http.close(),
  request: ({ url, ...request }) =>
    http.request({ ...request, url: url.replace("&async_insert=1&wait_for_async_insert=1", "") }),
});

describe.runIf(isInstalled || process.env["CI"] !== undefined)("a real server", () => {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-clickhouse-"));
  let host = "";
  let stop = async () => {};
  const ask = async (sql: string) => (await fetch(host, { method: "POST", body: sql })).text();

  beforeAll(async () => {
    const [http, tcp, between] = [await freePort(), await freePort(), await freePort()];
    for (const part of ["data", "tmp", "user"]) mkdirSync(join(folder, part));
    const server = spawn(
      "clickhouse-server",
      [
        "--config-file=/etc/clickhouse-server/config.xml",
        "--",
        `--path=${folder}/data/`,
        `--tmp_path=${folder}/tmp/`,
        `--user_files_path=${folder}/user/`,
        `--http_port=${http}`,
        `--tcp_port=${tcp}`,
        `--interserver_http_port=${between}`,
        "--listen_host=127.0.0.1",
        `--logger.log=${folder}/log`,
        `--logger.errorlog=${folder}/errors`,
      ],
      { stdio: "ignore" },
    );
    const ended = new Promise((resolve) => server.once("exit", resolve));
    stop = async () => {
      server.kill("SIGKILL");
      await ended;
    };
    host = `http://127.0.0.1:${http}`;
    const isUp = () =>
      ask("SELECT 1").then(
        () => true,
        () => false,
      );
    while (!(await isUp())) await wait(100);
    // Nor has it times with milliseconds.
    const sql = createTableSql("clickhouse", "OPENROUTER_TRACES").replaceAll(
      "DateTime64(3, 'UTC')",
      "String",
    );
    const [definition = ""] = sql.split("\nENGINE");
    expect(await ask(`${definition} ENGINE = Memory`)).toBe("");
  }, 60_000);

  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function connect(config: Readonly<Record<string, unknown>> = {}) {
    const http = createHttpClient();
    onTestFinished(() => http.close());
    const connection = clickhouse.connect({ host, ...config }, { http: withoutAsync(http) });
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

  test("has every field of an event in a column or an attribute", async () => {
    const event = sampleTraceEvent();
    expect(await connect().send(event)).toEqual({ outcome: { status: "delivered" } });
    const [row] = (
      JSON.parse(await ask("SELECT * FROM OPENROUTER_TRACES FORMAT JSON")) as {
        data: readonly Record<string, unknown>[];
      }
    ).data;
    expect(row).toMatchObject({
      TRACE_ID: "workflow_12345",
      SPAN_ID: event.id,
      USER_ID: event.user,
      SESSION_ID: event.sessionId,
      API_KEY_NAME: "Production",
      START_TIME: "2026-01-02 03:04:05.100",
      MODEL: "openai/gpt-5-mini-2025-08-07",
      PROVIDER_NAME: "OpenAI",
      SPAN_TYPE: "GENERATION",
      STATUS: "ok",
      PROMPT_TOKENS: "1200",
      TOTAL_COST: 0.000_549_6,
      TAGS: ["production", "weather"],
    });
    const { INPUT, OUTPUT, METADATA, ATTRIBUTES } = row as Record<string, string>;
    expect(JSON.parse(INPUT ?? "")).toEqual({ messages: event.input });
    expect(JSON.parse(OUTPUT ?? "")).toEqual({ choices: event.output });
    expect(JSON.parse(METADATA ?? "")).toMatchObject({ ...event.trace.metadata, trace_id: "workflow_12345" });
    expect(JSON.parse(ATTRIBUTES ?? "")).toMatchObject({ usage: event.usage, cost: event.cost });
  });

  test("its connection test says what is wrong, and writes nothing", async () => {
    const before = await ask("SELECT count() FROM OPENROUTER_TRACES");
    expect(await connect().test()).toEqual({
      ok: true,
      message: "Rows can be written to default.OPENROUTER_TRACES.",
    });
    expect(await ask("SELECT count() FROM OPENROUTER_TRACES")).toBe(before);
    expect((await connect({ password: "wrong-password" }).test()).message).toMatch(
      /does not accept the Username/,
    );
    expect((await connect({ table: "elsewhere" }).test()).message).toMatch(
      /no table default.elsewhere; make it/,
    );
    await ask("CREATE TABLE narrow (TRACE_ID String) ENGINE = Memory");
    expect((await connect({ table: "narrow" }).test()).message).toMatch(/lacks columns/);
  });

  test("a table that is missing, or lacks columns, pauses, and does not reject, what waits", async () => {
    for (const table of ["elsewhere", "narrow"])
      expect(await connect({ table }).send(sampleTraceEvent())).toEqual({
        outcome: expect.objectContaining({ status: "rejected", code: "misconfigured" }),
      });
  });
});

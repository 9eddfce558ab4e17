import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

function start(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--conditions=tracecast-source", "src/cli.ts", ...args],
    {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        TRACECAST_PORT: "0",
        TRACECAST_ALLOW_PRIVATE_NETWORKS: "true",
        TRACECAST_DATA_DIR: mkdtempSync(join(tmpdir(), "tracecast-")),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let errors = "";
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const firstLine = once(createInterface(child.stdout), "line").then(([line]) => String(line));
  const exit = once(child, "exit").then(([code]) => ({ code: code as number, errors, output }));
  return { child, firstLine, exit };
}

test(
  "the sample goes the whole way to Braintrust and is printed as a tree",
  { timeout: 30_000 },
  async () => {
    const braintrust = await startBraintrust();
    onTestFinished(() => braintrust.close());
    const { exit } = start(["start", "--sample", "--once"], {
      BRAINTRUST_API_KEY: braintrust.apiKey,
      BRAINTRUST_PROJECT_ID: braintrust.projectId,
      BRAINTRUST_BASE_URL: braintrust.url,
    });
    const { code, output, errors } = await exit;
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toMatch(/^Tracecast \d+\.\d+\.\d+ listens on http:\/\/127\.0\.0\.1:\d+\n/);
    expect(output).toContain('Braintrust: Connected to the Braintrust project "Stand-in".');
    expect(output).toMatch(
      /Summarization Eval · trace eval_run_456.*\n.*GPT-4o Summary · openai\/gpt-4o · \d+ \+ \d+ tokens · \$0\.\d+ · first token \d+ ms/,
    );
    expect(output).toContain("delivered to Braintrust");
    expect(
      braintrust.rows().map(({ span_attributes: attributes }) => (attributes as { name: string }).name),
    ).toEqual(["Summarization Eval", "GPT-4o Summary"]);
    expect(braintrust.violations).toEqual([]);
  },
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it, with a report",
  { timeout: 30_000 },
  async (signal) => {
    const { child, firstLine, exit } = start(["start"]);
    expect(await firstLine).toMatch(/^Tracecast .* listens on http:/);
    child.kill(signal);
    const { code, output } = await exit;
    expect(code).toBe(0);
    expect(output).toContain("Stopped;");
  },
);

test("a gateway goes on when nobody reads what it says", { timeout: 30_000 }, async () => {
  const { child, firstLine, exit } = start(["start"]);
  const url = (await firstLine).split(" ").at(-1) ?? "";
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill("SIGINT");
  // It says that it stops, and then what it did; nobody hears either.
  expect((await exit).code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test("a table's name is a name", { timeout: 30_000 }, async () => {
  const [fine, bad] = await Promise.all([
    start(["create-table", "bigquery", "my-project.traces.all"]).exit,
    start(["create-table", "clickhouse", "a;b"]).exit,
  ]);
  expect(fine.output).toMatch(/^CREATE TABLE IF NOT EXISTS `my-project\.traces\.all`/);
  expect(bad).toMatchObject({ code: 1, output: "", errors: expect.stringContaining("It must be a name") });
});

test("a port in use is one sentence", { timeout: 30_000 }, async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const { code, errors, output } = await start(["start"], { TRACECAST_PORT: String(port) }).exit;
  expect(code).toBe(1);
  expect(output).toBe("");
  expect(errors).toBe(
    `Port ${port} on 127.0.0.1 is in use; stop what listens there, or set TRACECAST_PORT to another port (0 picks a free one).\n`,
  );
});

test(
  "a missing variable, and a provider that cannot be reached, are one sentence each",
  { timeout: 30_000 },
  async () => {
    const missing = await start(["start"], { BRAINTRUST_API_KEY: "sk-only-the-key" }).exit;
    expect(missing).toEqual({
      code: 1,
      output: "",
      errors: "BRAINTRUST_API_KEY is set but BRAINTRUST_PROJECT_ID is not; Braintrust needs both.\n",
    });
    const unreachable = await start(["start", "--once"], { TRACECAST_UPSTREAM_URL: "http://127.0.0.1:9/v1" })
      .exit;
    expect(unreachable.code).toBe(0);
    expect(unreachable.errors).toBe(
      "The provider does not answer: 127.0.0.1:9 cannot be reached. Requests get a 502 until it does; check TRACECAST_UPSTREAM_URL.\n",
    );
  },
);

test(
  "a running gateway is asked for its destinations, their connection and their dead letters",
  { timeout: 60_000 },
  async () => {
    const braintrust = await startBraintrust();
    onTestFinished(() => braintrust.close());
    const environment = {
      TRACECAST_DATA_DIR: mkdtempSync(join(tmpdir(), "tracecast-")),
      BRAINTRUST_API_KEY: braintrust.apiKey,
      BRAINTRUST_PROJECT_ID: braintrust.projectId,
      BRAINTRUST_BASE_URL: braintrust.url,
    };
    const asked = (...args: string[]) => start(args, environment).exit;
    expect((await asked("destinations")).errors).toMatch(
      /^There is no management key: .*management-key cannot be read/,
    );
    const url = (await start(["start"], environment).firstLine).split(" ").at(-1) ?? "";
    const [listed, tested, letters, unknown, nowhere] = await Promise.all([
      asked("destinations", "--url", url),
      asked("test", "Braintrust", "--url", url),
      asked("dead-letters", "Braintrust", "--url", url),
      asked("test", "Elsewhere", "--url", url),
      asked("destinations", "--url", "http://127.0.0.1:9"),
    ]);
    expect(listed).toEqual({
      code: 0,
      errors: "",
      output: "Braintrust (braintrust): running, 0 delivered, 0 waiting, 0 refused, 0 dropped\n",
    });
    expect(tested).toEqual({
      code: 0,
      errors: "",
      output: 'Connected to the Braintrust project "Stand-in".\n',
    });
    expect(letters).toEqual({ code: 0, errors: "", output: "There are no dead letters.\n" });
    expect(unknown).toEqual({
      code: 1,
      output: "",
      errors: 'There is no destination "Elsewhere"; there are: Braintrust.\n',
    });
    expect(nowhere).toEqual({
      code: 1,
      output: "",
      errors: "No gateway answers at http://127.0.0.1:9; start one, or name another with --url.\n",
    });
  },
);

test("destinations and keys of every workspace are seen, and told apart", { timeout: 60_000 }, async () => {
  const environment = {
    TRACECAST_DATA_DIR: mkdtempSync(join(tmpdir(), "tracecast-")),
    TRACECAST_MANAGEMENT_KEY: "management-key-of-the-tests-1",
  };
  const url = (await start(["start"], environment).firstLine).split(" ").at(-1) ?? "";
  const post = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${environment.TRACECAST_MANAGEMENT_KEY}` },
      body: JSON.stringify(body),
    });
    return ((await answer.json()) as { data: { id: string } }).data.id;
  };
  const workspace = await post("/api/v1/workspaces", { name: "Team B", slug: "team-b" });
  const console = { type: "console", config: {}, name: "Ours" };
  const path = "/api/v1/observability/destinations";
  const ids = [
    await post(path, { ...console, workspace_id: workspace }),
    await post(path, { ...console, name: "Mine", workspace_id: workspace }),
    await post(path, console),
  ];
  await post("/api/v1/keys", { name: "Theirs", hash: "b".repeat(64), workspace_id: workspace });
  const asked = (...args: string[]) => start([...args, "--url", url], environment).exit;
  const [listed, tested, twofold, keys] = await Promise.all([
    asked("destinations"),
    asked("test", "Mine"),
    asked("test", "Ours"),
    asked("keys"),
  ]);
  const counts = "running, 0 delivered, 0 waiting, 0 refused, 0 dropped";
  expect(listed.output).toBe(
    `Ours (console): ${counts}\nMine (console, workspace team-b): ${counts}\nOurs (console, workspace team-b): ${counts}\n`,
  );
  expect(tested.output).toContain("Traces are printed on standard output.\n");
  expect(twofold.errors).toBe(
    `There are 2 destinations called "Ours"; give the id of one: ${ids[2]}, ${ids[0]}.\n`,
  );
  expect(keys.output).toMatch(/^Theirs .*, workspace team-b\n$/);
  expect((await asked("keys", "disable", "Theirs")).output).toBe('"Theirs" is disabled.\n');
});

test(
  "traces of a file are replayed, a sample is sent, keys are made, and the doctor says what is wrong",
  { timeout: 60_000 },
  async () => {
    const braintrust = await startBraintrust();
    onTestFinished(() => braintrust.close());
    const folder = mkdtempSync(join(tmpdir(), "tracecast-"));
    const environment = {
      TRACECAST_DATA_DIR: folder,
      BRAINTRUST_API_KEY: braintrust.apiKey,
      BRAINTRUST_PROJECT_ID: braintrust.projectId,
      BRAINTRUST_BASE_URL: braintrust.url,
    };
    const asked = (...args: string[]) => start(args, environment).exit;
    const url = (await start(["start"], environment).firstLine).split(" ").at(-1) ?? "";
    const file = join(folder, "traces.jsonl");
    const ids = [1, 2, 3].map((number) => `019b7c8e-5f6c-7a31-9d24-00000000000${number}`);
    const lines = ids.map((id) => JSON.stringify(sampleTraceEvent({ id })));
    writeFileSync(file, [...lines, "", "not JSON", '{"id":"no event"}'].join("\n"));
    const replayed = await asked("replay", file, "Braintrust", "--url", url);
    expect(replayed.output).toMatch(
      /^line 5: is not JSON\nline 6: This is not a trace event; look at: .*\n3 sent, 3 delivered, 0 refused\.\n$/,
    );
    expect(replayed.code).toBe(1);
    const kept = JSON.stringify(braintrust.rows());
    for (const id of ids) expect(kept).toContain(id);
    expect(await asked("send-sample", "Braintrust", "--url", url)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Braintrust took the test trace/),
    });
    const hash = "a".repeat(64);
    expect(await asked("keys", "create", "Laptop", "--hash", hash, "--url", url)).toMatchObject({ code: 0 });
    expect((await asked("keys", "disable", "Laptop", "--url", url)).output).toBe('"Laptop" is disabled.\n');
    expect((await asked("keys", "--url", url)).output).toBe(`Laptop  aaaaaaaa...  ${hash}  disabled\n`);
    expect((await asked("keys", "create", "Team", "--url", url)).errors).toContain(
      "TRACECAST_UPSTREAM_API_KEY",
    );
    const fine = await asked("doctor");
    expect(fine.output).toContain(
      '✓ Destination Braintrust: Connected to the Braintrust project "Stand-in".',
    );
    expect(fine.code).toBe(0);
    const ill = await start(["doctor"], { ...environment, BRAINTRUST_API_KEY: "sk-wrong-0123456789" }).exit;
    expect(ill.output).toMatch(/✕ Destination Braintrust: .*key/i);
    expect(ill.code).toBe(1);
  },
);

const throwing = `
import { defineDestination } from "@tracecast/core";
import { z } from "zod";
export const moody = defineDestination({
  type: "moody",
  name: "Moody",
  config: z.object({}),
  limits: { maxPieces: 1, maxBytes: 1 },
  connect() {
    throw new Error("not today");
  },
});`;

test.each([
  [
    "settings of a destination that do not fit",
    [{ name: "a", type: "braintrust", config: {} }],
    "Braintrust is not configured right: Api Key (apiKey) is required; Project Id (projectId) is required.",
  ],
  [
    "two destinations of one name",
    [
      { name: "a", type: "console", config: {} },
      { name: "a", type: "console", config: {} },
    ],
    'Two destinations are called "a"; rename one.',
  ],
  [
    "a plugin that throws when it connects",
    [{ name: "a", type: "moody", config: {} }],
    "Moody cannot work with its config: not today.",
  ],
])(
  "%s end a start with a sentence, which the doctor says too",
  { timeout: 30_000 },
  async (_, destinations, sentence) => {
    const home = mkdtempSync(join(folder, "test", "tmp-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const config = join(home, "tracecast.yaml");
    writeFileSync(join(home, "moody.ts"), throwing);
    writeFileSync(config, JSON.stringify({ plugins: ["./moody.ts"], destinations }));
    const [started, looked] = await Promise.all([
      start(["start", "--once", "--config", config]).exit,
      start(["doctor", "--config", config]).exit,
    ]);
    expect(started).toEqual({ code: 1, output: "", errors: `${sentence}\n` });
    expect(looked).toMatchObject({ code: 1, errors: "", output: expect.stringContaining(`✕ ${sentence}\n`) });
  },
);

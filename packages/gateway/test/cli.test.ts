import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
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

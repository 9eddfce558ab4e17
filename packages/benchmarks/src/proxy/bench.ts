// Runs every proxy, plain and streamed, in turns, and writes what came out. `--quick`: one round, fewer requests, nothing written.
import { fork, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Pool } from "undici";
import { median } from "../statistics.ts";
import { proxyContenders } from "./contenders.ts";
import type { ProxyContender } from "./contenders.ts";
import { proxyAims } from "./aims.ts";
import { proxyTable } from "./report.ts";
import type { ProxyResult } from "./report.ts";

const quick = process.argv.includes("--quick");
const rounds = quick ? 1 : 3;
const requests = quick ? 300 : 1000;
// A proxy runs for days: what is compiled in its first seconds is not what a request costs.
const warmUp = quick ? 1000 : 4000;
const clients = 8;
// Between an answer and the next question: what a proxy does after an answer must not stand in the way of the next one unless it takes longer than that.
const thinkMs = 2;
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const settleMs = 3000;

const prompt = "Say it again, in other words, and shorter. ".repeat(120);
const bodyOf = (stream: boolean) =>
  JSON.stringify({
    model: "gpt-4o",
    ...(stream && { stream, stream_options: { include_usage: true } }),
    messages: [{ role: "user", content: prompt }],
  });

const runs: ProxyResult[] = [];
for (let round = 0; round < rounds; round += 1)
  for (const [name, contender] of Object.entries(proxyContenders)) {
    process.stderr.write(`round ${round + 1}/${rounds}: ${name}\n`);
    runs.push(...(await measured(name, contender)));
  }
const results = [false, true].flatMap((streamed) =>
  Object.keys(proxyContenders).map((contender) => {
    const own = runs.filter((run) => run.contender === contender && run.streamed === streamed);
    const middle = (of: (run: ProxyResult) => number) => median(own.map(of));
    return { contender, streamed, p50Us: middle(({ p50Us }) => p50Us), cpuUs: middle(({ cpuUs }) => cpuUs) };
  }),
);
process.stdout.write(`\n${proxyAims(results)}\n\n${proxyTable(results)}\n`);
if (!quick) write(results);

async function measured(
  name: string,
  make: (typeof proxyContenders)[string],
): Promise<readonly ProxyResult[]> {
  const [provider, providerUrl] = await started("./provider.js");
  const [sink, sinkUrl] = await started("../sink.js");
  const port = await freePort();
  const contender = make({ port, provider: providerUrl, sink: sinkUrl });
  const child = fork(contender.program, contender.args, {
    execArgv: [here("./meter.js"), ...(contender.preload === undefined ? [] : [contender.preload])].flatMap(
      (module) => ["--import", module],
    ),
    env: { ...process.env, NODE_ENV: "production", ...contender.environment },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilUp(url, child);
    if (contender.switchOffWith !== undefined) await switchOff(url, contender.switchOffWith);
    const results: ProxyResult[] = [];
    for (const streamed of [false, true])
      results.push({ contender: name, streamed, ...(await driven(url, child, contender, streamed)) });
    return results;
  } finally {
    child.kill("SIGKILL");
    provider.kill();
    sink.kill();
  }
}

/**
 * After a warm-up by several clients at once, one client with a pause between its questions, so that nothing waits but for the proxy; then as long
 * as it takes to hand the traces on.
 */
async function driven(url: string, child: ChildProcess, { headers }: ProxyContender, streamed: boolean) {
  const client = new Pool(url, { connections: clients });
  const body = bodyOf(streamed);
  const ask = async () => {
    const began = performance.now();
    const answer = await client.request({
      path: "/v1/chat/completions",
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-bench", ...headers },
      body,
    });
    const text = await answer.body.text();
    const tookUs = (performance.now() - began) * 1000;
    const isWhole = streamed ? text.trimEnd().endsWith("[DONE]") : text.includes("word119");
    if (answer.statusCode !== 200 || !isWhole) throw new Error(`${answer.statusCode}: ${text.slice(0, 200)}`);
    return tookUs;
  };
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let count = 0; count < warmUp / clients; count += 1) await ask();
    }),
  );
  await wait(settleMs);
  const before = await cpuOf(child);
  const took: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    took.push(await ask());
    await wait(thinkMs);
  }
  await wait(settleMs);
  const used = (await cpuOf(child)) - before;
  await client.close();
  return { p50Us: median(took), cpuUs: used / requests };
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send("usage");
  const [{ cpu }] = (await once(child, "message")) as [{ cpu: NodeJS.CpuUsage }];
  return cpu.user + cpu.system;
}

async function started(program: string): Promise<readonly [ChildProcess, string]> {
  const child = spawn(process.execPath, [here(program)], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  return [child, `http://127.0.0.1:${port}`];
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await wait(50);
  }
  throw new Error(`${child.spawnargs.join(" ")} ended with ${child.exitCode}`);
}

async function switchOff(url: string, key: string): Promise<void> {
  await fetch(`${url}/api/v1/workspaces/default`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ is_observability_broadcast_enabled: false }),
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function write(all: readonly ProxyResult[]): void {
  const root = new URL("../../../../", import.meta.url);
  const file = new URL("packages/benchmarks/proxy-results.json", root);
  const date = new Date().toISOString().slice(0, 10);
  const about = { node: process.version, cpus: cpus().length, date, rounds, requests };
  writeFileSync(file, `${JSON.stringify({ about, results: all }, null, 2)}\n`);
  const page = new URL("docs/benchmarks-proxy.md", root);
  const figures = `<!-- figures -->\n\nNode ${process.version}, ${about.cpus} cores, ${date}, medians of ${rounds} rounds of ${requests} requests.\n\n${proxyAims(all)}\n\n${proxyTable(all)}\n`;
  writeFileSync(
    page,
    readFileSync(page, "utf8").replace(/<!-- figures -->[^]*$/, () => figures),
  );
}

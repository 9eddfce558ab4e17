// Runs every contender in every setting, in turns, and writes what came out. `--quick`: one round, fewer events, nothing written.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { aimsOf } from "./aims.ts";
import { chart } from "./chart.ts";
import { contenders } from "./contenders.ts";
import { aimTable, table } from "./report.ts";
import { median } from "./statistics.ts";
import type { Measurement, Result, Setting } from "./measurement.ts";

const quick = process.argv.includes("--quick");
const rounds = quick ? 1 : 3;
const sizes = quick
  ? [{ bytes: 6000, events: 5000 }]
  : [
      { bytes: 1000, events: 20_000 },
      { bytes: 6000, events: 10_000 },
      { bytes: 100_000, events: 1000 },
    ];
const program = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));
const root = new URL("../../../", import.meta.url);

const settings = sizes.flatMap((size) =>
  [1, 3, 10].flatMap((destinations) =>
    Object.keys(contenders).map((contender) => ({
      ...size,
      contender,
      destinations,
      // The dearest of them would take most of the time; a cost per event needs no more of them.
      events: contender === "braintrust SDK" ? size.events / 5 : size.events,
      warmUp: size.events / 5,
    })),
  ),
);
const runs: (Measurement & { readonly setting: number; readonly complete: boolean })[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const [setting, what] of settings.entries()) {
    process.stderr.write(
      `round ${round + 1}/${rounds}: ${what.contender}, ${what.destinations} × ${what.bytes / 1000} KB\n`,
    );
    runs.push({ setting, ...(await measured(what)) });
  }
}
const results: readonly Result[] = settings.map(({ contender, destinations, bytes }, setting) => {
  const own = runs.filter((run) => run.setting === setting);
  const middle = (name: keyof Measurement) => median(own.map((run) => run[name]));
  return {
    contender,
    destinations,
    bytes,
    complete: own.every(({ complete }) => complete),
    cpuUs: middle("cpuUs"),
    eventsPerSecond: middle("eventsPerSecond"),
    peakBytes: middle("peakBytes"),
    publishP50Us: middle("publishP50Us"),
    publishP99Us: middle("publishP99Us"),
  };
});
process.stdout.write(`\n${table(results)}\n\n${aimTable(aimsOf(results))}\n`);
if (!quick) write(results);

/** Measures once, with a sink of its own. */
async function measured(what: Omit<Setting, "sink">): Promise<Measurement & { readonly complete: boolean }> {
  const child = spawn(process.execPath, [program("sink")], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    const sink = `http://127.0.0.1:${port}`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--expose-gc", program("measure"), JSON.stringify({ ...what, sink })],
      { maxBuffer: 64 * 1024 * 1024 },
    );
    const { counts } = (await (await fetch(`${sink}/counts`)).json()) as { counts: Record<string, number> };
    const arrived = Object.values(counts);
    const complete =
      arrived.length === what.destinations && arrived.every((count) => count >= what.events + what.warmUp);
    return { ...(JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Measurement), complete };
  } finally {
    child.kill();
  }
}

function write(all: readonly Result[]): void {
  const about = {
    node: process.version,
    cpus: cpus().length,
    date: new Date().toISOString().slice(0, 10),
    rounds,
  };
  writeFileSync(
    new URL("packages/benchmarks/results.json", root),
    `${JSON.stringify({ about, results: all }, null, 2)}\n`,
  );
  writeFileSync(new URL("docs/benchmark.svg", root), chart(all, 6000));
  const page = new URL("docs/benchmarks.md", root);
  const figures = `<!-- figures -->\n\nNode ${process.version}, ${about.cpus} cores, ${about.date}, medians of ${rounds} rounds.\n\n${aimTable(aimsOf(all))}\n\n${table(all)}\n`;
  writeFileSync(
    page,
    readFileSync(page, "utf8").replace(/<!-- figures -->[^]*$/, () => figures),
  );
}

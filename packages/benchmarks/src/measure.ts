// One contender, in one setting, in a process of its own. Argument: a `Setting` as JSON. Prints a `Measurement` as JSON.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { TraceEvent } from "@tracecast/core";
import { contenders } from "./contenders.ts";
import { percentile } from "./statistics.ts";
import { sampleEvents } from "./sample-events.ts";
import type { Measurement, Setting } from "./measurement.ts";

const burst = 50;
// As many as are handed on before the next are made: what is measured is work, not a backlog, and what is done with can be forgotten.
const round = 1000;

const setting = JSON.parse(process.argv[2] ?? "{}") as Setting;
const factory = await contenders[setting.contender]?.();
if (!factory) throw new Error(`There is no contender "${setting.contender}".`);
const contender = await factory({ destinations: setting.destinations, sink: setting.sink });

await handOn(setting.warmUp);
const { cpuUs, seconds, callsUs } = await handOn(setting.events);
await contender.close();

const measurement: Measurement = {
  cpuUs: cpuUs / setting.events,
  eventsPerSecond: setting.events / seconds,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  publishP50Us: percentile(callsUs, 0.5),
  publishP99Us: percentile(callsUs, 0.99),
};
process.stdout.write(`\n${JSON.stringify(measurement)}`);
process.exit(0);

/** Hands events on, round by round; making them is not counted. Answers with the time of each call of `publish` in µs, sorted, too. */
async function handOn(
  count: number,
): Promise<{ readonly cpuUs: number; readonly seconds: number; readonly callsUs: Float64Array }> {
  const callsUs = new Float64Array(count);
  let cpuUs = 0;
  let seconds = 0;
  for (let done = 0; done < count; done += round) {
    const events = sampleEvents(done, Math.min(round, count - done), setting.bytes);
    globalThis.gc?.();
    const before = process.cpuUsage();
    const startedMs = performance.now();
    await publishAll(events, callsUs.subarray(done));
    await contender.flush();
    seconds += (performance.now() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(before);
    cpuUs += user + system;
  }
  return { cpuUs, seconds, callsUs: callsUs.sort() };
}

/** Publishes in bursts, with a turn of the event loop after each, and notes how long each call took. */
async function publishAll(events: (TraceEvent | undefined)[], callsUs: Float64Array): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (!event) continue;
    // Whoever publishes an event is done with it.
    events[index] = undefined;
    const started = performance.now();
    contender.publish(event);
    callsUs[index] = (performance.now() - started) * 1000;
    if (index % burst === burst - 1) await nextTurn();
  }
}

import { join } from "node:path";
import { createHttpClient, isTracecastError } from "@tracecast/core";
import type { FlushReport } from "@tracecast/dispatcher";
import { startGateway } from "../gateway.ts";
import type { Gateway } from "../gateway.ts";
import { traceTree } from "../local/trace-tree.ts";
import type { Environment } from "../settings/expand-variables.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { loadDestinationTypes } from "../settings/plugins.ts";
import { readSettings } from "../settings/settings.ts";
import type { DataSettings } from "../settings/settings.ts";
import { version } from "../version.ts";
import { announceTrouble } from "./announce-trouble.ts";
import { sendSample } from "./sample-request.ts";

/** The options of `tracecast start`. */
export interface StartOptions {
  readonly config?: string;
  /** Send one sample request when the demo provider answers, and print its trace. */
  readonly sample?: boolean;
  /** Stop after the sample. */
  readonly once?: boolean;
}

const answersTimeoutMs = 30_000;
const deliveryTimeoutMs = 10_000;

/** Runs `tracecast start` until it is told to stop. Answers the exit code; what an operator can mend is said in one sentence. */
export async function runStart(options: StartOptions, environment: Environment): Promise<number> {
  try {
    const types = await loadDestinationTypes(environment, options.config);
    const settings = readSettings(environment, types, options.config);
    const gateway = await startGateway(settings);
    const stopped = untilSignal();
    say(`Tracecast ${version} listens on ${gateway.url}`);
    announceTrouble(gateway.dispatcher, complain);
    const demo = settings.upstream === undefined;
    say(
      demo ? "Provider: the embedded demo, which makes its answers up" : `Provider: ${gateway.upstreamUrl}`,
    );
    if (!demo) await checkProvider(gateway.upstreamUrl);
    await sayDestinations(gateway);
    if (options.sample && demo) await showSample(gateway);
    sayWhatNext(gateway.url, demo);
    sayManagement(gateway.url, settings.data);
    if (!options.once) await stopped;
    sayReport(await gateway.close({ answersTimeoutMs, deliveryTimeoutMs }), gateway, settings.data);
    return 0;
  } catch (error) {
    if (!(error instanceof SettingsError) && !isTracecastError(error)) throw error;
    complain(error.message);
    return 1;
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
      process.stderr.write("Stopping: answers in flight finish first.\n");
      resolve();
    };
    process.once("SIGINT", stop).once("SIGTERM", stop);
  });
}

async function checkProvider(url: string): Promise<void> {
  const http = createHttpClient();
  const result = await http.request({ url, timeoutMs: 5000 });
  await http.close();
  if (result.kind === "failure") {
    complain(
      `The provider does not answer: ${result.message}. Requests get a 502 until it does; check TRACECAST_UPSTREAM_URL.`,
    );
  }
}

async function sayDestinations({ dispatcher }: Gateway): Promise<void> {
  const tests = dispatcher.stats().map(async ({ id, name, state }) => {
    if (state === "disabled") return `  ${name}: disabled`;
    const { ok, message } = await dispatcher.test(id, AbortSignal.timeout(10_000));
    return `  ${name}: ${ok ? "" : "NOT READY: "}${message}`;
  });
  say(`Destinations:\n${(await Promise.all(tests)).join("\n")}`);
}

async function showSample(gateway: Gateway): Promise<void> {
  const { url, dispatcher, localTraces } = gateway;
  await sendSample(url);
  const { left } = await gateway.flush({ timeoutMs: deliveryTimeoutMs });
  const trace = localTraces.list().at(-1);
  if (trace) say(`\nOne sample request went through. Its trace:\n\n${indent(traceTree(trace))}\n`);
  const late = new Map(left.map((entry) => [entry.destinationId, entry.reason ?? "no answer yet"]));
  for (const { id, name, delivered } of dispatcher.stats()) {
    say(
      late.has(id)
        ? `  waits for ${name}: ${late.get(id)}`
        : delivered > 0
          ? `  delivered to ${name}`
          : `  not for ${name}`,
    );
  }
}

function sayWhatNext(url: string, demo: boolean): void {
  const key = demo ? "any-key" : "$YOUR_KEY";
  say(`
Next: point any OpenAI client at ${url}/v1, or:

  curl ${url}/v1/chat/completions -H 'content-type: application/json' -H 'authorization: Bearer ${key}' \\
    -d '{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hello"}],"trace":{"trace_name":"My first trace"}}'
`);
  if (demo) say("A real provider: set TRACECAST_UPSTREAM_URL, for instance to https://openrouter.ai/api/v1.");
  say("Braintrust: set BRAINTRUST_API_KEY and BRAINTRUST_PROJECT_ID. Stop with Ctrl-C.");
}

function sayManagement(url: string, data: DataSettings | undefined): void {
  if (!data) return;
  const key = data.managementKey ? "TRACECAST_MANAGEMENT_KEY" : join(data.folder, "management-key");
  say(`Settings: ${url}/, with the management key in ${key}.`);
}

function sayReport(
  { delivered, left }: FlushReport,
  { dispatcher }: Gateway,
  data: DataSettings | undefined,
): void {
  const names = new Map(dispatcher.stats().map(({ id, name }) => [id, name]));
  say(`Stopped; ${delivered} waiting deliveries were made on the way out.`);
  for (const { destinationId, events, reason } of left) {
    complain(
      `${events} undelivered for ${names.get(destinationId) ?? destinationId}${reason ? `: ${reason}` : "."}`,
    );
  }
  if (left.length > 0 && data) say(`They are kept in ${data.folder} and sent after the next start.`);
}

const indent = (text: string): string => text.replaceAll(/^/gm, "  ");
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

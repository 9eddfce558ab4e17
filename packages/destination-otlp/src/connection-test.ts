import { parseJson } from "@tracecast/core";
import type { HttpResponse, HttpResult, TestResult } from "@tracecast/core";
import type { Exporter } from "./exporter.ts";
import { isWebPage } from "./export-outcome.ts";
import type { Target } from "./target.ts";

const timeoutMs = 10_000;
const fail = (message: string): TestResult => ({ ok: false, message });
const pass = (message: string): TestResult => ({ ok: true, message });

/**
 * Finds out whether traces would be taken, and writes none: exports nothing, which every OTLP endpoint has to take, and before that reads what the
 * target names as something cheap to read.
 */
export async function testConnection(
  name: string,
  target: Target,
  exporter: Exporter,
  signal: AbortSignal,
): Promise<TestResult> {
  const { check, labels, testHeaders: headers } = target;
  const judge = (result: HttpResult) => judgeAnswer(result, name, labels);
  let place: string | undefined;
  if (check) {
    const answer = await exporter.read(check.url, { signal, timeoutMs });
    const verdict = judge(answer);
    if (!verdict.ok || answer.kind === "failure") return verdict;
    place = check.nameIn(parseJson(answer.body));
  }
  const result = await exporter.export([], { signal, timeoutMs, ...(headers && { headers }) });
  if (target.takesAnySuccess && isSuccess(result)) return pass(`${name} takes traces at ${result.host}.`);
  const verdict = judge(result);
  return verdict.ok && place !== undefined ? pass(`Connected to ${name}: ${place}.`) : verdict;
}

const isSuccess = (result: HttpResult): result is HttpResponse =>
  result.kind === "response" && result.status >= 200 && result.status < 300;

function judgeAnswer(result: HttpResult, name: string, { address, key }: Target["labels"]): TestResult {
  if (result.kind === "failure") {
    const slow = result.code === "timeout" || result.code === "aborted";
    return fail(`${result.message}; ${slow ? "try again, or check" : "check"} the ${address}.`);
  }
  const { status, host } = result;
  if (isSuccess(result)) {
    return isWebPage(result)
      ? fail(`${host} answers with a web page, not as ${name} does; check the ${address}.`)
      : pass(`${name} takes traces at ${host}.`);
  }
  if (status === 401 || status === 403)
    return fail(
      `${name} does not take this ${key} (${status}); paste it again, or create one that may write traces.`,
    );
  if (status === 400)
    return pass(
      `${name} answers at ${host} and did not object to the ${key}; the first trace will show the rest.`,
    );
  if (status < 400 || status === 404 || status === 405 || status === 410)
    return fail(`${host} takes no traces at this address (${status}); check the ${address}.`);
  if (status === 415)
    return fail(`${host} does not read exports of this kind (415); choose another encoding.`);
  return fail(
    `${host} answered with ${status}, so the connection could not be verified; try again in a while.`,
  );
}

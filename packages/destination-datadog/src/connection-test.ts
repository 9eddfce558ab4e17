import { isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { HttpClient, TestResult } from "@tracecast/core";

/** Where and with what a connection is tested. */
export interface TestTarget {
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
}

/**
 * Asks whether the key is valid.
 * @see https://docs.datadoghq.com/api/latest/authentication/validate-api-key/
 */
export async function testConnection(target: TestTarget, signal: AbortSignal): Promise<TestResult> {
  const { http, headers, url } = target;
  const result = await http.request({ url: `${url}/api/v1/validate`, headers, signal, timeoutMs: 10_000 });
  const outcome = outcomeOf(result);
  if (outcome.status === "retry") {
    return fail(`${outcome.reason}, so the key could not be checked; check the Url or try again in a while.`);
  }
  if (outcome.status === "rejected" && outcome.code === "unauthorized") {
    return fail(
      "Datadog does not know this key; paste the Api Key again, and check that the Url is of the same Datadog site.",
    );
  }
  const answer = result.kind === "response" ? parseJson(result.body) : undefined;
  if (outcome.status === "rejected" || !isJsonObject(answer) || answer["valid"] !== true) {
    return fail(`${new URL(url).host} does not answer as Datadog does; check the Url (${url}).`);
  }
  return { ok: true, message: "Datadog knows this key." };
}

const fail = (message: string): TestResult => ({ ok: false, message });

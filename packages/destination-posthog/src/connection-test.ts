import { isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { HttpClient, TestResult } from "@tracecast/core";

/** Where and with what a connection is tested. */
export interface TestTarget {
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly apiKey: string;
  readonly endpoint: string;
}

/**
 * Asks for the feature flags of nobody: that PostHog checks the key for, which it does not at once when it takes events. With
 * `disable_flags` no flag is evaluated and nothing is billed; no event and no person is written.
 *
 * @see https://github.com/PostHog/posthog/blob/master/rust/feature-flags/src/handler/mod.rs, and `api/errors.rs` for the 401
 */
export async function testConnection(target: TestTarget, signal: AbortSignal): Promise<TestResult> {
  const { http, headers, apiKey, endpoint } = target;
  const body = JSON.stringify({
    api_key: apiKey,
    distinct_id: "tracecast-connection-test",
    disable_flags: true,
  });
  const result = await http.request({
    url: `${endpoint}/flags/?v=2`,
    method: "POST",
    headers,
    body,
    signal,
    timeoutMs: 10_000,
  });
  const outcome = outcomeOf(result);
  if (outcome.status === "retry") {
    return fail(
      `${outcome.reason}, so the key could not be checked; check the Endpoint or try again in a while.`,
    );
  }
  if (outcome.status === "rejected" && outcome.code === "unauthorized") {
    return fail(
      "PostHog does not know this key; paste the project's Api Key again, and check that the Endpoint is in its region.",
    );
  }
  const answer = result.kind === "response" ? parseJson(result.body) : undefined;
  if (outcome.status === "rejected" || !isJsonObject(answer) || !("errorsWhileComputingFlags" in answer)) {
    return fail(
      `${new URL(endpoint).host} does not answer as PostHog does; check the Endpoint (${endpoint}).`,
    );
  }
  return { ok: true, message: "PostHog knows this key and takes events for its project." };
}

const fail = (message: string): TestResult => ({ ok: false, message });

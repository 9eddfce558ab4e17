import { isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { HttpClient, TestResult } from "@tracecast/core";

/** Where and with what a connection is tested. */
export interface TestTarget {
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  readonly workspace: string;
}

/**
 * Asks for the name of the workspace, which Opik answers only to a key that may enter it. A project that is not there yet is made when the
 * first trace arrives, so its name cannot be wrong.
 *
 * @see https://github.com/comet-ml/opik/blob/main/apps/opik-backend/src/main/java/com/comet/opik/api/resources/v1/priv/AuthenticationResource.java
 */
export async function testConnection(target: TestTarget, signal: AbortSignal): Promise<TestResult> {
  const { http, headers, baseUrl, workspace } = target;
  const url = `${baseUrl}/v1/private/auth/workspace`;
  const result = await http.request({ url, headers, signal, timeoutMs: 10_000 });
  const outcome = outcomeOf(result);
  if (outcome.status === "retry") {
    return fail(
      `${outcome.reason}, so the key could not be checked; check the Base Url or try again in a while.`,
    );
  }
  if (outcome.status === "rejected" && outcome.code === "unauthorized") {
    return fail(
      `Opik does not let this key into the workspace "${workspace}"; check the Workspace and paste the Api Key again.`,
    );
  }
  const answer = result.kind === "response" ? parseJson(result.body) : undefined;
  if (
    outcome.status === "rejected" ||
    !isJsonObject(answer) ||
    typeof answer["workspace_name"] !== "string"
  ) {
    return fail(`${new URL(baseUrl).host} does not answer as Opik does; check the Base Url (${baseUrl}).`);
  }
  return { ok: true, message: `Opik lets this key into the workspace "${workspace}".` };
}

const fail = (message: string): TestResult => ({ ok: false, message });

import { isJsonObject, parseJson } from "@tracecast/core";
import type { HttpClient, HttpResult, TestResult } from "@tracecast/core";

/** Where and with what a connection is tested. */
export interface TestTarget {
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  readonly projectId: string;
}

const timeoutMs = 10_000;
const fail = (message: string): TestResult => ({ ok: false, message });
const pass = (message: string): TestResult => ({ ok: true, message });

/**
 * Finds out whether rows would be taken, and writes none: reads the project, then inserts an empty list. A service token may write without
 * being allowed to read, so a project that cannot be read is not the end.
 *
 * @see https://www.braintrust.dev/docs/kb, "Service token permissions for log ingestion"
 */
export async function testConnection(target: TestTarget, signal: AbortSignal): Promise<TestResult> {
  const { http, headers, baseUrl, projectId } = target;
  const project = await http.request({
    url: `${baseUrl}/v1/project/${projectId}`,
    headers,
    signal,
    timeoutMs,
  });
  const verdict = judgeProject(project, target);
  if (verdict && !verdict.mayStillWrite) return verdict.result;

  const probe = await http.request({
    url: `${baseUrl}/v1/project_logs/${projectId}/insert`,
    method: "POST",
    headers,
    body: '{"events":[]}',
    signal,
    timeoutMs,
  });
  return judgeProbe(probe, verdict?.result ?? unreadable, target);
}

interface Verdict {
  readonly result: TestResult;
  readonly mayStillWrite: boolean;
}

const unreadable = pass("Braintrust takes rows for this project; its name may not be read with this key.");

/** What reading the project says; `undefined` where the key may not read it. */
function judgeProject(result: HttpResult, target: TestTarget): Verdict | undefined {
  const final = (message: string): Verdict => ({ result: fail(message), mayStillWrite: false });
  if (result.kind === "failure") return final(failureSentence(result, target));
  const { status } = result;
  if (status === 401) return final(wrongKey);
  if (status === 403) return undefined;
  if (status === 400 || status === 404) return final(noProject(target));
  if (status >= 300 && status < 400) return final(wrongBase(target, "redirects elsewhere"));
  if (status !== 200) return final(tryAgain(status));
  const project = parseJson(result.body);
  if (!isJsonObject(project) || project["id"] !== target.projectId)
    return final(wrongBase(target, "does not answer as Braintrust's API does"));
  if (project["deleted_at"])
    return final("This Braintrust project has been deleted; choose another Project Id.");
  const name = typeof project["name"] === "string" ? ` "${project["name"]}"` : "";
  return { result: pass(`Connected to the Braintrust project${name}.`), mayStillWrite: true };
}

function judgeProbe(result: HttpResult, verdict: TestResult, target: TestTarget): TestResult {
  const knowsProject = verdict !== unreadable;
  if (result.kind === "failure") return fail(failureSentence(result, target));
  const { status } = result;
  if (status === 401) return fail(wrongKey);
  if (status === 403) {
    return fail(
      knowsProject
        ? "This key may read the project but not write its logs; give it the permission to update project logs."
        : noProject(target),
    );
  }
  if (status === 404) return fail(noProject(target));
  if (status === 408 || status === 429 || status >= 500) return fail(tryAgain(status));
  if (status >= 300 && status < 400) return fail(wrongBase(target, "redirects elsewhere"));
  // Whether an empty list is an error to it is not documented: with the project known, it proves nothing either way.
  if (status === 400) return knowsProject ? verdict : fail(noProject(target));
  if (!isJsonObject(parseJson(result.body)))
    return fail(wrongBase(target, "does not answer as Braintrust's API does"));
  return verdict;
}

const wrongKey =
  "Braintrust does not know this key; paste the Api Key again, or create a new one in Braintrust's account settings.";

function noProject({ projectId }: TestTarget): string {
  const looksRight = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(projectId);
  const hint = looksRight ? "" : ", which should be a UUID";
  return `Braintrust has no such project, or this key has no access to it; check the Project Id${hint}.`;
}

const wrongBase = ({ baseUrl }: TestTarget, what: string): string =>
  `${new URL(baseUrl).host} ${what}; check the Base Url, which is https://api.braintrust.dev unless you use another data plane.`;

const tryAgain = (status: number): string =>
  `Braintrust answered with ${status}, so the connection could not be verified; try again in a while.`;

function failureSentence(result: Extract<HttpResult, { kind: "failure" }>, { baseUrl }: TestTarget): string {
  const base = result.code === "timeout" || result.code === "aborted" ? "try again, or check" : "check";
  return `${result.message}; ${base} the Base Url (${baseUrl}).`;
}

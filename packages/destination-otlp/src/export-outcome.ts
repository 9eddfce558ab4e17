import { delivered, isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { HttpResponse, HttpResult, Outcome } from "@tracecast/core";

/**
 * What the answer to an export of `spans` spans means.
 *
 * A success in which the far end says that it rejected some of them is none: the batch is refused, so that the worker looks for the event at fault
 * and keeps it as a dead letter with the reason. Its neighbours are sent again, under the same ids. (The specification would have a client that
 * cannot tell them apart give up on all of them.)
 * With `takesAnySuccess` it is no OTLP endpoint that answers, and every success is one.
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export function exportOutcome(result: HttpResult, spans: number, takesAnySuccess = false): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status !== "delivered" || result.kind === "failure" || takesAnySuccess) return outcome;
  const { host, body } = result;
  if (isWebPage(result)) {
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${host} answers with a web page, not as an OTLP endpoint does`,
    };
  }
  const rejected = rejectedIn(body);
  if (!rejected) return delivered;
  const { count, message } = rejected;
  const reason = `${host} rejected ${count ?? "some"} of ${spans} spans`;
  return { status: "rejected", code: "invalid", reason, ...(message && { detail: message.slice(0, 500) }) };
}

/** Whether what answered is a web server that shows a page for every path. */
export function isWebPage({ headers, body }: HttpResponse): boolean {
  return /\bhtml\b/i.test(headers["content-type"] ?? "") || /^\s*<(?:!doctype|html)/i.test(body);
}

interface Rejection {
  readonly count?: number;
  readonly message?: string;
}

function rejectedIn(body: string): Rejection | undefined {
  const answer = parseJson(body);
  if (answer === undefined) return binaryRejection.test(body) ? {} : undefined;
  const partial = isJsonObject(answer) ? answer["partialSuccess"] : undefined;
  if (!isJsonObject(partial)) return undefined;
  const count = Number(partial["rejectedSpans"] ?? 0);
  const message = partial["errorMessage"];
  // With none rejected the message is a warning.
  return count > 0 ? { count, ...(typeof message === "string" && { message }) } : undefined;
}

// In Protocol Buffers: field 1 is the partial success, and in it field 1 is how many were rejected, which is left out where it is none. The length
// between the two tags may be no valid UTF-8.
// oxlint-disable-next-line no-control-regex
const binaryRejection = /^\n(?:[\0-\x7f]|\ufffd+[\x01-\x7f])\x08[^\0]/;

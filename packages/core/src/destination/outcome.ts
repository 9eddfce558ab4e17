import type { HttpResult } from "../http/client.ts";
import { parseRetryAfter } from "../http/retry-after.ts";

/**
 * Why a destination will not take an event, however often it is sent.
 * - `unauthorized`: the key is wrong, revoked, or may not do this. The worker pauses and keeps its events.
 * - `misconfigured`: the address or a name in the settings is wrong. The worker pauses and keeps its events.
 * - `too_large`: the request has too many bytes. The worker sends smaller ones.
 * - `invalid`: the destination refuses what the request says. The worker looks for the event that is at fault.
 */
export type RejectionCode = "unauthorized" | "misconfigured" | "too_large" | "invalid";

/** What became of an event in one attempt. A value: what happens in ordinary life is not thrown. */
export type Outcome = Delivered | Retry | Rejected;

/** The destination has it. */
export interface Delivered {
  readonly status: "delivered";
}

/** Not now; the same attempt may succeed later. */
export interface Retry {
  readonly status: "retry";
  /** One line for a log, without content or secrets. */
  readonly reason: string;
  /** How long the destination asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Not like this, however often it is tried. */
export interface Rejected {
  readonly status: "rejected";
  readonly code: RejectionCode;
  /** One line for a log, without content or secrets. */
  readonly reason: string;
  /** The start of the destination's answer, secrets masked. It may quote content: for dead letters, not for logs. */
  readonly detail?: string;
}

/** The answer to a sent batch: one outcome for all of it, and those events that fared otherwise, by event id. */
export interface SendResult {
  readonly outcome: Outcome;
  readonly exceptions?: ReadonlyMap<string, Outcome>;
}

/** The outcome of what went well. */
export const delivered: Delivered = { status: "delivered" };

const detailLength = 500;

/**
 * What an HTTP answer means for the batch that was sent, by the rules most APIs follow: 2xx delivered; 408, 425, 429, 5xx and
 * a broken connection may be tried again; 401 and 403 are the key; 413 is the size; redirects, 404, 405 and 410 are the address;
 * any other 4xx is the request.
 */
export function outcomeOf(result: HttpResult, nowMs: number = Date.now()): Outcome {
  if (result.kind === "failure") {
    return result.code === "forbidden_address" || result.code === "private_address"
      ? { status: "rejected", code: "misconfigured", reason: result.message }
      : { status: "retry", reason: result.message };
  }
  const { status, headers, host } = result;
  if (status >= 200 && status < 300) return delivered;
  const reason = `${status} from ${host}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(headers["retry-after"], nowMs);
    return { status: "retry", reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  const detail = result.body.slice(0, detailLength).trim();
  return { status: "rejected", code: rejectionCodeOf(status), reason, ...(detail && { detail }) };
}

function rejectionCodeOf(status: number): RejectionCode {
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 413) return "too_large";
  if (status < 400 || status === 404 || status === 405 || status === 410) return "misconfigured";
  return "invalid";
}

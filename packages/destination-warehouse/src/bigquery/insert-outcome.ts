import { isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { Batch, HttpResponse, Outcome, SendResult } from "@tracecast/core";
import { z } from "zod";
import type { TableResult } from "./table.ts";

const complaint = z.object({
  reason: z.string().default(""),
  message: z.string().default(""),
  location: z.string().default(""),
});
const insertAnswer = z.object({
  insertErrors: z
    .array(z.object({ index: z.number().default(0), errors: z.array(complaint).default([]) }))
    .default([]),
});
const errorAnswer = z.object({ error: z.object({ errors: z.array(complaint).min(1) }) });

// Sources: https://cloud.google.com/bigquery/docs/error-messages, and for the messages the issues of Google's own clients.
const mayPass = /^(?:rateLimitExceeded|quotaExceeded|backendError|internalError|timeout|stopped)$/;
const otherColumns = /^(?:no such field|missing required field)/i;
const detailLength = 500;

/** What an answer means for the rows that were sent: one outcome for all, and those that fared otherwise. */
export function judge(result: TableResult, batch: Batch): SendResult {
  const outcome = tableOutcome(result);
  if (outcome.status !== "delivered" || result.kind !== "response") return { outcome };
  const answer = insertAnswer.safeParse(parseJson(result.body));
  if (!answer.success) return { outcome: strange(result) };
  const exceptions = new Map<string, Outcome>();
  for (const { index, errors } of answer.data.insertErrors) {
    const row = batch[index];
    // Which row it is about cannot be told: better all of them twice than one of them never.
    if (!row)
      return { outcome: { status: "retry", reason: `${result.host} complains of a row that was not sent` } };
    exceptions.set(row.eventId, rowOutcome(errors[0] ?? complaint.parse({}), result));
  }
  return exceptions.size === 0 ? { outcome } : { outcome, exceptions };
}

/** What an answer of the table means, whatever was asked. */
export function tableOutcome(result: TableResult): Outcome {
  if (result.kind === "refused") return result.outcome;
  const outcome = outcomeOf(result);
  if (result.kind === "failure") return outcome;
  const answer = parseJson(result.body);
  if (outcome.status === "delivered") return isJsonObject(answer) ? outcome : strange(result);
  // A 403 is a key that may not, but also one that asks too often.
  const reason = errorAnswer.safeParse(answer).data?.error.errors[0]?.reason ?? "";
  return result.status === 403 && mayPass.test(reason)
    ? { status: "retry", reason: `${reason} from ${result.host}` }
    : outcome;
}

const strange = ({ host }: HttpResponse): Outcome => ({
  status: "rejected",
  code: "misconfigured",
  reason: `${host} does not answer as BigQuery does`,
});

function rowOutcome(
  { reason, message, location }: z.output<typeof complaint>,
  { host }: HttpResponse,
): Outcome {
  if (mayPass.test(reason)) return { status: "retry", reason: `${reason} from ${host}` };
  const detail = `${location} ${message}`.trim().slice(0, detailLength);
  const isOtherTable = otherColumns.test(message);
  return {
    status: "rejected",
    code: isOtherTable ? "misconfigured" : "invalid",
    reason: isOtherTable
      ? `The table has other columns than those that are written, says ${host}`
      : `${host} does not take this row`,
    ...(detail && { detail }),
  };
}

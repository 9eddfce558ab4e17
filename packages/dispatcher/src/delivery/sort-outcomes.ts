import type { Rejected, Retry, SendResult } from "@tracecast/core";
import type { Item } from "./batch.ts";
import { halves } from "./batch.ts";

/** What is to be done after an attempt, event by event. */
export interface Sorted {
  readonly delivered: readonly Item[];
  /** To be sent again as they are, after a while. */
  readonly retry: readonly Item[];
  readonly retryReason?: Retry;
  /** To be kept until the destination's settings are mended. */
  readonly blocked: readonly Item[];
  readonly blockedReason?: Rejected;
  /** To be sent again in smaller batches, so that the one at fault is found and its neighbours are delivered. */
  readonly smaller: readonly (readonly Item[])[];
  readonly dead: readonly { readonly item: Item; readonly why: Rejected }[];
}

/** Sorts the events of a batch by how they fared. */
export function sortOutcomes(batch: readonly Item[], result: SendResult): Sorted {
  const delivered: Item[] = [];
  const retry: Item[] = [];
  const blocked: Item[] = [];
  const refused: Item[] = [];
  const dead: { item: Item; why: Rejected }[] = [];
  let retryReason: Retry | undefined;
  let blockedReason: Rejected | undefined;

  for (const item of batch) {
    const exception = result.exceptions?.get(item.encoded.eventId);
    const outcome = exception ?? result.outcome;
    if (outcome.status === "delivered") delivered.push(item);
    else if (outcome.status === "retry") {
      retry.push(item);
      retryReason = outcome;
    } else if (outcome.code === "unauthorized" || outcome.code === "misconfigured") {
      blocked.push(item);
      blockedReason = outcome;
    } else if (exception || batch.length === 1) dead.push({ item, why: outcome });
    else refused.push(item);
  }
  return {
    delivered,
    retry,
    ...(retryReason && { retryReason }),
    blocked,
    ...(blockedReason && { blockedReason }),
    smaller: refused.length > 1 ? halves(refused) : refused.length === 1 ? [refused] : [],
    dead,
  };
}

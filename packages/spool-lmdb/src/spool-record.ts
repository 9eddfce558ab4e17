import type { Json, JsonObject } from "@tracecast/core";
import type { Recipient } from "@tracecast/dispatcher";

/** What the record of an event is sealed for. */
export const eventPlace = (position: number): string => `event ${position}`;

/** What stands in the head of an event's record: all that the spool needs to know at its start. */
export function headOf(entry: {
  readonly acceptedMs: number;
  readonly bytes: number;
  readonly waiting: readonly Recipient[];
}): JsonObject {
  const to = entry.waiting.map((recipient) => [recipient.destinationId, recipient.private]);
  return { acceptedMs: entry.acceptedMs, bytes: entry.bytes, to };
}

/** Reads a head; undefined where it is none. */
export function recipientsOf(
  head: JsonObject | undefined,
): { readonly acceptedMs: number; readonly bytes: number; readonly to: readonly Recipient[] } | undefined {
  const { acceptedMs, bytes, to } = head ?? {};
  if (typeof acceptedMs !== "number" || typeof bytes !== "number" || !Array.isArray(to)) return undefined;
  return { acceptedMs, bytes, to: (to as readonly Json[]).flatMap(recipientOf) };
}

function recipientOf(value: Json): Recipient[] {
  if (!Array.isArray(value)) return [];
  const [destinationId, isPrivate] = value as readonly Json[];
  // Anything but a plain `false` is taken for private.
  return typeof destinationId === "string" ? [{ destinationId, private: isPrivate !== false }] : [];
}

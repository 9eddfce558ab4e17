import type { Connection, Rejected, TraceEvent } from "@tracecast/core";
import { privateView } from "../policy/privacy.ts";
import type { Policy } from "../settings.ts";
import type { SpooledEvent } from "../spool/spool.ts";
import type { Item } from "./batch.ts";

/** An encoded event, or why there is none. */
export type Encoding =
  | { readonly item: Item; readonly failure?: undefined }
  | {
      readonly item?: undefined;
      readonly failure: Rejected;
      readonly eventId: string;
      readonly view?: TraceEvent;
    };

const failed = (reason: string): Rejected => ({ status: "rejected", code: "invalid", reason });

/**
 * Reduces an event to what its destination may see and encodes that. Fails closed: a view that cannot be made leaves nothing
 * behind, and no message of a thrown error is kept, for it may quote what was withheld.
 */
export function encodeEvent(
  connection: Connection,
  spooled: SpooledEvent,
  { privacyMode, redact }: Pick<Policy, "privacyMode" | "redact">,
): Encoding {
  const { position } = spooled;
  let stage = "reading it back from the spool";
  let eventId = `(position ${position})`;
  let view: TraceEvent | undefined;
  try {
    const { event } = spooled;
    eventId = event.id;
    stage = "making the destination's view";
    const allowed = privacyMode || spooled.private ? privateView(event) : event;
    view = redact ? redact(allowed) : allowed;
    stage = "encoding";
    const pieces = connection.encode(view);
    if (pieces.length === 0)
      return { failure: failed("the destination made nothing of this event"), eventId, view };
    const bytes = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
    return { item: { position, encoded: { eventId, pieces }, bytes, view, attempts: 0 } };
  } catch (error) {
    const name = error instanceof Error ? error.name : "something";
    return { failure: failed(`${stage} threw ${name}`), eventId, ...(view && { view }) };
  }
}

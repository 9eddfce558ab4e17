import { generationView, withAskedDetails } from "@tracecast/core";
import type { Connection, EncodedEvent, Rejected, TraceEvent } from "@tracecast/core";
import { privateView } from "../policy/privacy.ts";
import type { Policy } from "../settings.ts";
import type { SpooledEvent } from "../spool/spool.ts";
import type { Item } from "./batch.ts";
import type { Encoded, TypeEncodings, Visibility } from "./shared-encodings.ts";

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
 * Reduces an event to what its destination may see and encodes that, unless a destination that may see the same has done so. Fails closed: a
 * view that cannot be made leaves nothing behind, and no message of a thrown error is kept, for it may quote what was withheld.
 */
export function encodeEvent(
  connection: Connection,
  spooled: SpooledEvent,
  { privacyMode, blocks, redact }: Pick<Policy, "privacyMode" | "blocks" | "redact">,
  shared: TypeEncodings,
): Encoding {
  const { position } = spooled;
  const sight = { isPrivate: privacyMode || spooled.private, blocks, redact };
  const known = redact ? undefined : shared.find(position, sight);
  if (known) return { item: new EncodedItem(spooled, known, sight) };

  let stage = "reading it back from the spool";
  let eventId = `(position ${position})`;
  let view: TraceEvent | undefined;
  try {
    const { event } = spooled;
    eventId = event.id;
    stage = "making the destination's view";
    view = viewOf(event, sight);
    stage = "encoding";
    const pieces = connection.encode(generationView(view, blocks));
    if (pieces.length === 0)
      return { failure: failed("the destination made nothing of this event"), eventId, view };
    const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
    const encoded = { encoded: { eventId, pieces }, bytes };
    if (!redact) shared.keep(position, sight, encoded);
    return { item: new EncodedItem(spooled, encoded, sight) };
  } catch (error) {
    const name = error instanceof Error ? error.name : "something";
    return { failure: failed(`${stage} threw ${name}`), eventId, ...(view && { view }) };
  }
}

/** For an event that is encoded to be looked at: nothing is taken from what others have encoded, and nothing left for them. */
export const unshared: TypeEncodings = { find: () => undefined, keep: () => {}, leave: () => {} };

/** What of an event a destination may see. */
interface Sight extends Visibility {
  readonly redact: Policy["redact"];
}

function viewOf(event: TraceEvent, { isPrivate, blocks, redact }: Sight): TraceEvent {
  const asked = withAskedDetails(event, blocks);
  const allowed = isPrivate ? privateView(asked) : asked;
  return redact ? redact(allowed) : allowed;
}

class EncodedItem implements Item {
  readonly position: number;
  readonly encoded: EncodedEvent;
  readonly bytes: number;
  attempts = 0;
  readonly #spooled: SpooledEvent;
  readonly #sight: Sight;

  constructor(spooled: SpooledEvent, { encoded, bytes }: Encoded, sight: Sight) {
    this.position = spooled.position;
    this.encoded = encoded;
    this.bytes = bytes;
    this.#spooled = spooled;
    this.#sight = sight;
  }

  view(): TraceEvent | undefined {
    try {
      return viewOf(this.#spooled.event, this.#sight);
    } catch {
      return undefined;
    }
  }
}

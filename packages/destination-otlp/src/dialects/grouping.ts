import type { TraceEvent } from "@tracecast/core";
import { plainValue } from "../attributes.ts";
import type { Attributes, AttributeValue } from "../attributes.ts";

/** What a dialect calls the fields that group traces. */
export interface GroupingNames {
  /** Stands in front of each key of the custom metadata. */
  readonly metadata: string;
  readonly traceName: string;
  readonly tags: string;
}

/**
 * The attributes that group traces: `user.id` and `session.id`, which all readers know, and the rest under the given names. Custom metadata comes
 * first, so that it never overwrites a field of ours.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/session/
 */
export function groupingAttributes(event: TraceEvent, names: GroupingNames): Attributes {
  const { trace, user, sessionId, tags } = event;
  const metadata: Record<string, AttributeValue | undefined> = {};
  for (const [key, value] of Object.entries(trace.metadata))
    metadata[`${names.metadata}${key}`] = plainValue(value);
  return {
    ...metadata,
    "user.id": user,
    "session.id": sessionId,
    "gen_ai.conversation.id": sessionId,
    [names.traceName]: trace.traceName,
    [names.tags]: tags.length > 0 ? tags : undefined,
    "tracecast.trace.id": trace.traceId,
  };
}

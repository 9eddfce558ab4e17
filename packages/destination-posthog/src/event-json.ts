import { jsonFragment, piece } from "@tracecast/core";
import type { Json, Piece, TraceEvent } from "@tracecast/core";
import { propertiesOf } from "./properties.ts";
import { traceIdOf } from "./trace-id.ts";

// Source: https://posthog.com/docs/data/ingestion-warnings, "Discarded event exceeding 1MB limit". The rest is for what PostHog adds.
const maxEventBytes = 950_000;

/**
 * An event as PostHog's batch endpoint takes it. PostHog stores two of one `uuid`, name, time and person as one, and all four depend on
 * the event alone. An event that PostHog would discard for its size leaves its content behind and says so in `cut`.
 */
export function encodeEvent(event: TraceEvent): Piece {
  const whole = piece(eventJson(event));
  return whole.bytes <= maxEventBytes ? whole : piece(eventJson(withoutContent(event)));
}

function eventJson(event: TraceEvent): string {
  const { id, operation, input, output, contentParameters, timing } = event;
  const tools = contentParameters?.["tools"];
  const envelope = {
    uuid: id,
    event: operation === "embeddings" ? "$ai_embedding" : "$ai_generation",
    distinct_id: event.user ?? traceIdOf(event),
    timestamp: new Date(timing.startMs).toISOString(),
  };
  const properties = JSON.stringify(propertiesOf(event));
  const content = fragments({ $ai_input: input, $ai_output_choices: output, $ai_tools: tools });
  return `${JSON.stringify(envelope).slice(0, -1)},"properties":${properties.slice(0, -1)}${content}}}`;
}

/** Content as the last members of an object, its text shared with other destinations. */
function fragments(fields: Readonly<Record<string, Json | undefined>>): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === undefined ? "" : `,"${name}":${jsonFragment(value)}`))
    .join("");
}

function withoutContent(event: TraceEvent): TraceEvent {
  const { input: _input, output: _output, contentParameters: _parameters, ...rest } = event;
  return { ...rest, cut: [...(event.cut ?? []), "input", "output", "contentParameters"] };
}

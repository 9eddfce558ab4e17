import { piece } from "@tracecast/core";
import type { Piece, TraceEvent } from "@tracecast/core";
import { propertiesOf } from "./properties.ts";
import type { Properties } from "./properties.ts";
import { answerIn, questionIn } from "./texts.ts";

// Source: https://www.raindrop.ai/docs/sdk/http-api: an event may have 1 MB; of a larger one, properties are cut.
const maxEventBytes = 1_000_000;
const shortText = 50_000;

/**
 * An event as Raindrop takes it. In one that is too large the texts are cut, and properties with content are left out and named in `cut`, so that
 * Raindrop need not cut the others.
 */
export function encodeEvent(event: TraceEvent): Piece {
  const whole = pieceOf(event, propertiesOf(event), Number.POSITIVE_INFINITY);
  return whole.bytes <= maxEventBytes ? whole : pieceOf(event, smallPropertiesOf(event), shortText);
}

function smallPropertiesOf(event: TraceEvent): Properties {
  const { input: _input, output: _output, contentParameters: _parameters, ...rest } = event;
  return propertiesOf({ ...rest, cut: [...(event.cut ?? []), "input", "output", "contentParameters"] });
}

function pieceOf(event: TraceEvent, properties: Properties, maxText: number): Piece {
  const { id, user, sessionId, timing } = event;
  const [input, output] = [questionIn(event.input), answerIn(event.output)].map((text) =>
    shortened(text, maxText),
  );
  return piece(
    JSON.stringify({
      event_id: id,
      event: "llm_generation",
      // Required.
      user_id: user ?? "anonymous",
      timestamp: new Date(timing.startMs).toISOString(),
      // With neither text an `ai_data` is refused: the session then stands among the properties.
      ...(input || output
        ? { properties, ai_data: { model: properties["model"], input, output, convo_id: sessionId } }
        : { properties: { ...properties, convo_id: sessionId } }),
    }),
  );
}

function shortened(text: string | undefined, max: number): string | undefined {
  return text === undefined || text.length <= max ? text : `${text.slice(0, max).toWellFormed()}…`;
}

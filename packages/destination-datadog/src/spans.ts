import type { TraceEvent } from "@tracecast/core";
import { exchangeOfInput, exchangeOfOutput } from "./messages.ts";
import { metadataOf, modelOf } from "./metadata.ts";
import { metricsOf } from "./metrics.ts";
import { toolsOf } from "./tool-definitions.ts";
import { placementOf } from "./placement.ts";
import type { Place } from "./placement.ts";
import type { Meta, Span } from "./span.ts";

/** The spans of an event, the outermost first: root, span and generation, as far as it names them. */
export function spansOf(event: TraceEvent): readonly Span[] {
  const { traceId, root, span, generation } = placementOf(event);
  const { traceName, spanName, generationName } = event.trace;
  const spanAt = (place: Place, name: string | undefined, meta: Meta): Span => ({
    name: name ?? modelOf(event) ?? event.operation,
    span_id: place.id,
    trace_id: traceId,
    parent_id: place.parent,
    ...timesOf(event),
    status: event.error ? "error" : "ok",
    session_id: event.sessionId,
    tags: tagsOf(event),
    meta,
  });
  return [
    ...(root ? [spanAt(root, traceName, { kind: "workflow" })] : []),
    ...(span ? [spanAt(span, spanName, { kind: "workflow" })] : []),
    { ...spanAt(generation, generationName, generationMeta(event, generation)), metrics: metricsOf(event) },
  ];
}

function generationMeta(event: TraceEvent, { parent }: Place): Meta {
  const { operation, input, output, error, contentParameters } = event;
  const { definitions } = toolsOf(contentParameters?.["tools"]);
  return {
    // Source: https://docs.datadoghq.com/llm_observability/terms/, "Span kinds": an embedding cannot be a root.
    kind: operation === "embeddings" && parent !== "undefined" ? "embedding" : "llm",
    ...(input !== undefined && { input: exchangeOfInput(input) }),
    ...(output !== undefined && { output: exchangeOfOutput(output) }),
    ...(definitions.length > 0 && { tool_definitions: definitions }),
    metadata: metadataOf(event),
    error: error && { type: error.type ?? error.status?.toString(), message: error.message },
  };
}

function timesOf({ timing: { startMs, endMs } }: TraceEvent): Pick<Span, "start_ns" | "duration"> {
  return { start_ns: Math.round(startMs * 1e6), duration: Math.round(Math.max(0, endMs - startMs) * 1e6) };
}

/** Tags as `name:value`. A comma would part one into two. */
function tagsOf({ user, sessionId, tags }: TraceEvent): readonly string[] {
  const named = [...(user ? [`user_id:${user}`] : []), ...(sessionId ? [`session_id:${sessionId}`] : [])];
  return [...named, ...tags].map((tag) => tag.replaceAll(",", "_"));
}

import { sharedMetadata } from "@tracecast/core";
import type { Json, JsonObject, TraceEvent } from "@tracecast/core";

type Fields = Record<string, Json | undefined>;

// Every name that this destination gives a meaning, whether an event has it or not: what a trace may call its own must not depend on that.
// `prompt` is Braintrust's own, for the prompt a row was made from.
const reserved = new Set([
  "model",
  "model_slug",
  "model_requested",
  "provider",
  "gateway",
  "operation",
  "generation_id",
  "user_id",
  "session_id",
  "api_key_hash",
  "api_key_name",
  "workspace_id",
  "data_region",
  "finish_reason",
  "native_finish_reason",
  "streamed",
  "cancelled",
  "is_byok",
  "cost_is_estimated",
  "error",
  "tags",
  "trace_id",
  "trace_name",
  "span_name",
  "generation_name",
  "parent_span_id",
  "cut",
  "truncated",
  "prompt",
]);

/** The metadata of a generation: our own fields, the request's parameters and tools, and every custom key of its `trace`. */
export function generationMetadata(event: TraceEvent, hasTagRow: boolean): JsonObject {
  const metadata = ownFields(event, hasTagRow);
  addRenamed(metadata, event.parameters, "request");
  if (event.contentParameters) addRenamed(metadata, event.contentParameters, "request");
  addRenamed(metadata, event.trace.metadata, "trace");
  return metadata;
}

/** The metadata of a trace's root: only what all its requests may have in common. */
export function rootMetadata({ user, sessionId, trace }: TraceEvent): JsonObject {
  const metadata: Fields = {
    user_id: user,
    session_id: sessionId,
    trace_id: trace.traceId,
    trace_name: trace.traceName,
  };
  addRenamed(metadata, sharedMetadata(trace.metadata), "trace");
  return metadata;
}

function ownFields(event: TraceEvent, hasTagRow: boolean): Fields {
  const { model, finishReason, error, trace } = event;
  const slug = model.resolved ?? model.requested;
  const provider = event.provider?.toLowerCase();
  return {
    // Braintrust prices by exact name, and its catalogue has no vendor in front: `openai/gpt-4o` is its `gpt-4o`.
    model: slug?.slice(slug.indexOf("/") + 1) || slug,
    model_slug: slug,
    model_requested: model.requested === slug ? undefined : model.requested,
    provider,
    gateway: "tracecast",
    operation: event.operation,
    generation_id: event.generationId,
    api_key_hash: event.apiKey?.hash,
    api_key_name: event.apiKey?.name,
    workspace_id: event.workspaceId,
    data_region: event.region,
    finish_reason: finishReason?.normalized,
    native_finish_reason: finishReason?.native,
    streamed: event.streamed,
    cancelled: event.cancelled,
    is_byok: event.cost?.byok,
    cost_is_estimated: event.cost?.estimated,
    error: error && { code: error.status, type: error.type, provider },
    cut: listOf(event.cut),
    tags: hasTagRow ? undefined : listOf(event.tags),
    user_id: event.user,
    session_id: event.sessionId,
    trace_id: trace.traceId,
    trace_name: trace.traceName,
    span_name: trace.spanName,
    generation_name: trace.generationName,
    parent_span_id: trace.parentSpanId,
  };
}

/** Adds fields under their own names, or, where those are taken, under `prefix.name`. A null would overwrite what another request has written. */
function addRenamed(metadata: Fields, fields: JsonObject, prefix: "request" | "trace"): void {
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined && value !== null && !unsafe.has(name))
      metadata[freeName(metadata, name, prefix)] = value;
  }
}

function freeName(metadata: Fields, name: string, prefix: "request" | "trace"): string {
  if (name === "prompt") return prefix === "trace" ? "user_prompt" : "request.prompt";
  let free = name;
  while (reserved.has(free) || metadata[free] !== undefined) free = `${prefix}.${free}`;
  return free;
}

const listOf = (items: readonly string[] | undefined): Json | undefined =>
  items?.length ? items : undefined;

// Braintrust's merge refuses them.
const unsafe = new Set(["__proto__", "constructor", "prototype"]);

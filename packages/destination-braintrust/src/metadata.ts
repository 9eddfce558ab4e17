import type { Json, TraceEvent } from "@tracecast/core";

type Fields = Readonly<Record<string, Json | undefined>>;

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
  "finish_reason",
  "native_finish_reason",
  "streamed",
  "cancelled",
  "is_byok",
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
export function generationMetadata(event: TraceEvent, hasTagRow: boolean): Readonly<Record<string, Json>> {
  const { parameters, contentParameters, trace } = event;
  const own: Fields = {
    ...callFields(event),
    ...groupingFields(event),
    tags: hasTagRow ? undefined : listOf(event.tags),
  };
  const request = renamed({ ...parameters, ...contentParameters }, reserved, "request");
  const taken = new Set([...reserved, ...Object.keys(request)]);
  return known({ ...renamed(trace.metadata, taken, "trace"), ...request, ...own });
}

/** The metadata of a trace's root: only what all its requests may have in common. */
export function rootMetadata(event: TraceEvent): Readonly<Record<string, Json>> {
  const { traceId, traceName, metadata } = event.trace;
  return known({
    ...renamed(metadata, reserved, "trace"),
    user_id: event.user,
    session_id: event.sessionId,
    trace_id: traceId,
    trace_name: traceName,
  });
}

function callFields(event: TraceEvent): Fields {
  const { model, provider, finishReason, cost, error } = event;
  const slug = model.resolved ?? model.requested;
  return {
    // Braintrust prices by exact name, and its catalogue has no vendor in front: `openai/gpt-4o` is its `gpt-4o`.
    model: slug?.slice(slug.indexOf("/") + 1) || slug,
    model_slug: slug,
    model_requested: model.requested === slug ? undefined : model.requested,
    provider: provider?.toLowerCase(),
    gateway: "tracecast",
    operation: event.operation,
    generation_id: event.generationId,
    api_key_hash: event.apiKey?.hash,
    api_key_name: event.apiKey?.name,
    workspace_id: event.workspaceId,
    finish_reason: finishReason?.normalized,
    native_finish_reason: finishReason?.native,
    streamed: event.streamed,
    cancelled: event.cancelled,
    is_byok: cost?.byok,
    error: error && known({ code: error.status, type: error.type, provider: provider?.toLowerCase() }),
    cut: listOf(event.cut),
  };
}

function groupingFields({ user, sessionId, trace }: TraceEvent): Fields {
  return {
    user_id: user,
    session_id: sessionId,
    trace_id: trace.traceId,
    trace_name: trace.traceName,
    span_name: trace.spanName,
    generation_name: trace.generationName,
    parent_span_id: trace.parentSpanId,
  };
}

/** Fields whose names are not taken keep them; the others are kept under `prefix.name`. */
function renamed(fields: Fields, taken: ReadonlySet<string>, prefix: string): Fields {
  const result: Record<string, Json | undefined> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === "prompt") result[prefix === "trace" ? "user_prompt" : "request.prompt"] = value;
    else result[taken.has(name) ? `${prefix}.${name}` : name] = value;
  }
  return result;
}

const listOf = (items: readonly string[] | undefined): Json | undefined =>
  items?.length ? items : undefined;

// A null would overwrite what another request of the trace has written.
function known(fields: Fields): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && !unsafe.has(name)) result[name] = value;
  }
  return result;
}

// Braintrust's merge refuses them.
const unsafe = new Set(["__proto__", "constructor", "prototype"]);

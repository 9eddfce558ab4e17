import type { Json, JsonObject } from "@tracecast/core";

/**
 * A span of Datadog's LLM Observability, as far as Tracecast writes it.
 * @see https://docs.datadoghq.com/llm_observability/instrumentation/api/, "Span"
 */
export interface Span {
  readonly name: string;
  readonly span_id: string;
  readonly trace_id: string;
  /** The word `undefined` for a root. */
  readonly parent_id: string;
  readonly start_ns: number;
  /** In nanoseconds. */
  readonly duration: number;
  readonly status: "ok" | "error";
  readonly session_id?: string | undefined;
  readonly tags: readonly string[];
  readonly meta: Meta;
  readonly metrics?: Readonly<Record<string, number | undefined>>;
}

/** What a span is about. */
export interface Meta {
  readonly kind: "workflow" | "llm" | "embedding";
  readonly input?: Exchange;
  readonly output?: Exchange;
  readonly tool_definitions?: readonly ToolDefinition[];
  readonly metadata?: Readonly<Record<string, Json | undefined>>;
  readonly error?: { readonly type?: string | undefined; readonly message?: string | undefined } | undefined;
}

/** What went in or came out: messages, or else a text. */
export type Exchange = { readonly messages: readonly Message[] } | { readonly value: string };

/**
 * A message.
 * @see https://github.com/DataDog/dd-trace-js/blob/master/packages/dd-trace/src/llmobs/tagger.js, which names the fields of tool calls
 */
export interface Message {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_id?: string;
}

/** A tool that a model called. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: Json;
  readonly tool_id?: string | undefined;
  readonly type?: string | undefined;
}

/** A tool that a model may call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  readonly schema?: JsonObject | undefined;
}

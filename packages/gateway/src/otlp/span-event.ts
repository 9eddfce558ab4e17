import { createHash } from "node:crypto";
import { finishReasonOf, known, parseJson, parseTraceEvent, TracecastError } from "@tracecast/core";
import type { Json, Operation, TraceEvent } from "@tracecast/core";
import { z } from "zod";
import type { AttributeValue, ReceivedSpan } from "./export-request.ts";
import { chatChoices, chatMessages, completionChoices, promptMessages } from "./messages.ts";

const uuid = z.uuid();

const operations: ReadonlyMap<unknown, Operation> = new Map([
  ["chat", "chat"],
  ["generate_content", "chat"],
  ["text_completion", "completion"],
  ["embeddings", "embeddings"],
]);

function operationOf({ "gen_ai.operation.name": name }: ReceivedSpan["attributes"]): Operation | undefined {
  return operations.get(name);
}

/** Whether a span is the call of a model. Others say how such calls hang together, and no more. */
export function isGeneration({ attributes }: ReceivedSpan): boolean {
  return operationOf(attributes) !== undefined;
}

/**
 * The trace event of a model call that was recorded elsewhere, by the GenAI conventions and by the names that OpenRouter's Broadcast adds. Its id comes
 * from the span's, so that an export that is sent twice is one event.
 *
 * @throws `TracecastError` `EVENT_INVALID`
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 */
export function spanEvent(span: ReceivedSpan): TraceEvent {
  if (span.traceId === "" || span.spanId === "" || span.startMs === 0)
    throw new TracecastError("EVENT_INVALID", "A span without ids or a start is no trace event.");
  const read = reader(span.attributes);
  const finish = reasonOf(read, span.attributes);
  const model = {
    requested: read.text("gen_ai.request.model"),
    resolved: read.text("gen_ai.response.model"),
  };
  return parseTraceEvent(
    known({
      // What another Tracecast sends keeps its id.
      id: uuid.safeParse(span.attributes["tracecast.event.id"]).data ?? eventId(span),
      operation: operationOf(span.attributes),
      generationId: read.text("gen_ai.response.id"),
      model: known(model),
      provider: read.text("trace.metadata.openrouter.provider_name", "gen_ai.provider.name", "gen_ai.system"),
      apiKey: apiKeyOf(read),
      input: inputOf(read),
      output: outputOf(read, finish?.normalized),
      parameters: parametersOf(span.attributes),
      usage: usageOf(read),
      cost: costOf(read),
      timing: timingOf(span, read),
      finishReason: finish,
      streamed: span.attributes["gen_ai.request.stream"] === true || firstTokenAfterMs(read) !== undefined,
      error: errorOf(span, read),
      user: read.text("user.id", "enduser.id"),
      sessionId: read.text("session.id", "gen_ai.conversation.id"),
      tags: tagsOf(span.attributes["trace.tags"]),
      trace: traceOf(span, read),
    }),
  );
}

interface Reader {
  /** The first of these attributes that is a text. */
  readonly text: (...names: readonly string[]) => string | undefined;
  /** The first of these attributes that is a number. */
  readonly number: (...names: readonly string[]) => number | undefined;
}

function reader(attributes: ReceivedSpan["attributes"]): Reader {
  return {
    text: (...names) =>
      names.map((name) => attributes[name]).find((value) => typeof value === "string" && value !== "") as
        | string
        | undefined,
    number: (...names) =>
      names
        .map((name) => attributes[name])
        // OpenRouter's samples have figures as texts.
        .map((value) => (typeof value === "string" && value !== "" ? Number(value) : value))
        .find((value) => typeof value === "number" && Number.isFinite(value) && value >= 0) as
        | number
        | undefined,
  };
}

/** A UUID of version 8, from the ids of the span alone. */
function eventId({ traceId, spanId }: ReceivedSpan): string {
  const digest = createHash("sha256").update(`${traceId} ${spanId}`).digest("hex");
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

function inputOf(read: Reader): Json | undefined {
  const messages = read.text("gen_ai.input.messages");
  if (messages !== undefined) return chatMessages(parseJson(messages) ?? messages);
  const prompt = read.text("gen_ai.prompt", "trace.input");
  return prompt === undefined ? undefined : promptMessages(prompt);
}

function outputOf(read: Reader, finish: string | undefined): Json | undefined {
  const messages = read.text("gen_ai.output.messages");
  if (messages !== undefined) return chatChoices(parseJson(messages) ?? messages);
  const completion = read.text("gen_ai.completion", "trace.output");
  return completion === undefined ? undefined : completionChoices(completion, finish);
}

function apiKeyOf(read: Reader): TraceEvent["apiKey"] {
  const name = read.text("trace.metadata.openrouter.api_key_name");
  return name === undefined
    ? undefined
    : { hash: createHash("sha256").update(`name ${name}`).digest("hex"), name };
}

/** Request settings that are figures or switches; stop sequences and the like may quote a prompt. */
function parametersOf(attributes: ReceivedSpan["attributes"]): Readonly<Record<string, Json>> {
  const settings = Object.entries(attributes).flatMap(([name, value]) => {
    const setting = /^gen_ai\.request\.(?!model$|stream$)([\w.]+)$/.exec(name)?.[1];
    const isPlain = typeof value === "number" || typeof value === "boolean";
    return setting !== undefined && isPlain ? [[setting, value] as const] : [];
  });
  return Object.fromEntries(settings);
}

function usageOf({ number }: Reader): TraceEvent["usage"] {
  const [promptTokens, completionTokens] = [
    number("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"),
    number("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
  ];
  const usage = known({
    promptTokens,
    completionTokens,
    totalTokens: number("gen_ai.usage.total_tokens") ?? sum(promptTokens, completionTokens),
    cachedTokens: number("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.input_tokens.cached"),
    cacheWriteTokens: number(
      "gen_ai.usage.cache_creation.input_tokens",
      "gen_ai.usage.input_tokens.cache_write",
    ),
    promptAudioTokens: number("gen_ai.usage.audio.input_tokens", "gen_ai.usage.input_tokens.audio"),
    reasoningTokens: number("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.output_tokens.reasoning"),
    completionImageTokens: number("gen_ai.usage.image.output_tokens", "gen_ai.usage.output_tokens.image"),
  });
  return Object.keys(usage).length > 0 ? usage : undefined;
}

function costOf({ number }: Reader): TraceEvent["cost"] {
  const cost = known({
    totalUsd: number("gen_ai.usage.total_cost", "gen_ai.usage.cost"),
    inputUsd: number("gen_ai.usage.input_cost"),
    outputUsd: number("gen_ai.usage.output_cost"),
  });
  return Object.keys(cost).length > 0 ? cost : undefined;
}

function firstTokenAfterMs({ number }: Reader): number | undefined {
  const seconds = number("gen_ai.response.time_to_first_chunk");
  return seconds === undefined ? number("trace.metadata.openrouter.first_token_ms") : seconds * 1000;
}

function timingOf({ startMs, endMs }: ReceivedSpan, read: Reader): TraceEvent["timing"] {
  const after = firstTokenAfterMs(read);
  return {
    startMs,
    endMs: Math.max(startMs, endMs),
    ...(after !== undefined && { firstTokenMs: startMs + after }),
  };
}

function reasonOf(read: Reader, { "gen_ai.response.finish_reasons": all }: ReceivedSpan["attributes"]) {
  const given = read.text("gen_ai.response.finish_reason") ?? listOf(all)[0];
  return finishReasonOf(given, read.text("trace.metadata.openrouter.finish_reason"));
}

/** OpenRouter has lists as texts of JSON. */
function listOf(value: AttributeValue | undefined): readonly Json[] {
  const list = typeof value === "string" ? parseJson(value) : value;
  return Array.isArray(list) ? (list as readonly Json[]) : [];
}

function errorOf({ failure }: ReceivedSpan, read: Reader): TraceEvent["error"] {
  if (!failure) return undefined;
  const type = read.text("error.type", "exception.type");
  const isShort = type !== undefined && /^[\w.:/-]{1,100}$/.test(type);
  return { ...(isShort && { type }), ...(failure.message !== undefined && { message: failure.message }) };
}

function tagsOf(value: AttributeValue | undefined): readonly string[] {
  const list =
    typeof value === "string" ? (parseJson(value) ?? value.split(",").map((tag) => tag.trim())) : value;
  return Array.isArray(list)
    ? list.filter((tag): tag is string => typeof tag === "string" && tag !== "")
    : [];
}

function traceOf(
  { traceId, parentSpanId, name, attributes }: ReceivedSpan,
  read: Reader,
): TraceEvent["trace"] {
  const custom = Object.entries(attributes).flatMap(([key, value]) => {
    const own = /^trace\.metadata\.(?!openrouter\.)(.+)$/.exec(key)?.[1];
    return own === undefined ? [] : [[own, value] as const];
  });
  return {
    traceId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    ...(name !== "" && { generationName: name }),
    ...known({ traceName: read.text("trace.name") }),
    metadata: Object.fromEntries(custom),
  };
}

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

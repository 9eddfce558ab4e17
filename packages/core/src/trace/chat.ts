import { uuidv7 } from "uuidv7";
import { isJsonObject } from "../json.ts";
import type { Json, JsonObject } from "../json.ts";
import { callErrorOf, isError } from "./call-error.ts";
import { foldChatStream } from "./chat-stream.ts";
import type { StreamChunk } from "./chat-stream.ts";
import { parseTraceEvent } from "./event.ts";
import type { CallError, TraceEvent } from "./event.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { describeMedia } from "./media.ts";
import { parametersOf } from "./parameters.ts";
import { tracingFieldsOf } from "./tracing-fields.ts";
import { costOf, usageOf } from "./usage.ts";
import { wellFormed, wellFormedText } from "./well-formed.ts";

/** A chat completion that is over, as the gateway saw it. Times are epoch milliseconds. */
export interface ChatCall {
  /** The event's id. @defaultValue a new UUIDv7 */
  readonly id?: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The parsed body of the request; absent where it could not be parsed. */
  readonly request: Json | undefined;
  /** The request's `x-session-id`; its body's `session_id` wins. */
  readonly sessionIdHeader?: string;
  readonly apiKey?: { readonly hash: string; readonly name?: string };
  readonly workspaceId?: string;
  /** The answer's `x-generation-id`; its body's `id` wins. */
  readonly generationIdHeader?: string;
  /** The client went away before the answer was complete. */
  readonly cancelled?: boolean;
  /** There was more of the answer than could be kept; `cut` then names `response`. */
  readonly truncated?: boolean;
  readonly response: ChatResponse;
}

/** How a chat completion was answered. */
export type ChatResponse =
  | { readonly kind: "json"; readonly status: number; readonly body: Json | undefined }
  /** `complete` is false where the stream broke off. */
  | {
      readonly kind: "stream";
      readonly status: number;
      readonly chunks: readonly StreamChunk[];
      readonly complete: boolean;
    }
  /** The provider could not be reached, or never answered. */
  | { readonly kind: "none"; readonly status: number; readonly type: string; readonly message: string };

/** What an answer says, however it came. */
interface Answer {
  readonly body: JsonObject;
  readonly firstTokenMs?: number;
  readonly error?: CallError | undefined;
}

/**
 * Makes the trace event of a chat completion: of a success or a failure, in one piece or streamed, also of one that broke off. Takes any
 * JSON and never throws.
 */
export function chatTraceEvent(call: ChatCall): TraceEvent {
  const request = isJsonObject(call.request) ? call.request : {};
  const { body, firstTokenMs, error } = answerOf(call);
  const tracing = tracingFieldsOf(request, call.sessionIdHeader);
  const choices = body["choices"];
  const [first] = Array.isArray(choices) ? (choices as readonly Json[]) : [];
  const choice = isJsonObject(first) ? first : {};
  return parseTraceEvent(
    known({
      id: call.id ?? uuidv7(),
      operation: "chat",
      apiKey: call.apiKey,
      workspaceId: call.workspaceId,
      generationId: name(body["id"]) ?? name(call.generationIdHeader),
      model: known({ requested: name(request["model"]), resolved: name(body["model"]) }),
      provider: name(body["provider"]),
      input: content(request["messages"]),
      output: outputOf(choices),
      ...cleanParameters(request),
      usage: usageOf(body["usage"]),
      cost: costOf(body["usage"]),
      timing: known({ startMs: call.startMs, firstTokenMs, endMs: Math.max(call.startMs, call.endMs) }),
      finishReason: finishReasonOf(choice["finish_reason"], choice["native_finish_reason"]),
      streamed: call.response.kind === "stream" || request["stream"] === true,
      cancelled: call.cancelled ? true : undefined,
      error,
      ...tracing,
      cut: call.truncated ? [...(tracing.cut ?? []), "response"] : tracing.cut,
    }),
  );
}

function answerOf({ response, cancelled }: ChatCall): Answer {
  if (response.kind === "none") {
    const { status, type, message } = response;
    return cancelled ? { body: {} } : { body: {}, error: callErrorOf({ type, message }, status) };
  }
  if (response.kind === "json") {
    const body = isJsonObject(response.body) ? response.body : {};
    return { body, error: callErrorOf(errorIn(body), response.status) };
  }
  const { body, firstTokenMs } = foldChatStream(response.chunks);
  const reported = errorIn(body);
  const brokeOff = !response.complete && !cancelled && !isError(reported);
  const error = brokeOff ? interrupted : callErrorOf(reported, response.status);
  return { body, error, ...(firstTokenMs !== undefined && { firstTokenMs }) };
}

const interrupted: CallError = {
  type: "stream_interrupted",
  message: "The provider's stream ended before it was complete.",
};

/** The error of an answer: its own, else the first that a choice carries, as OpenRouter's may. */
function errorIn({ error, choices }: JsonObject): Json | undefined {
  if (isError(error) || !Array.isArray(choices)) return error;
  const errors = (choices as readonly Json[]).map((choice) =>
    isJsonObject(choice) ? choice["error"] : undefined,
  );
  return errors.find(isError);
}

function outputOf(choices: Json | undefined): Json | undefined {
  return Array.isArray(choices) && choices.length === 0 ? undefined : content(choices);
}

function cleanParameters(request: JsonObject): Pick<TraceEvent, "parameters" | "contentParameters"> {
  const { parameters, contentParameters } = parametersOf(request);
  return {
    parameters: parameters as Record<string, Json>,
    ...(contentParameters && { contentParameters: wellFormed(contentParameters) as Record<string, Json> }),
  };
}

function content(value: Json | undefined): Json | undefined {
  return value === undefined || value === null ? undefined : wellFormed(describeMedia(value));
}

/** A short text that identifies something, such as a model or an id. */
function name(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return wellFormedText(value).slice(0, 256).toWellFormed() || undefined;
}

/** Without the fields that are unknown. */
function known<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

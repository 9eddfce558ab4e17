import { isJsonObject } from "../json.ts";
import type { Json, JsonObject } from "../json.ts";
import { callErrorOf, isError } from "./call-error.ts";
import type { StreamChunk } from "./chat-stream.ts";
import { eventId } from "./event-id.ts";
import type { CallError, Operation, Region, TraceEvent } from "./event.ts";
import { chatFormat } from "./formats/chat.ts";
import { completionsFormat } from "./formats/completions.ts";
import { embeddingsFormat } from "./formats/embeddings.ts";
import type { OperationFormat } from "./formats/format.ts";
import { messagesFormat } from "./formats/messages.ts";
import { responsesFormat } from "./formats/responses.ts";
import { known } from "./known.ts";
import { describeMedia } from "./media.ts";
import { generationDetailsOf } from "./read-generation.ts";
import type { CallHeaders } from "./read-generation.ts";
import { parametersOf } from "./parameters.ts";
import { tracingFieldsOf } from "./tracing-fields.ts";
import { wellFormed, wellFormedText } from "./well-formed.ts";

/** A call of a model that is over, as the gateway saw it. Times are epoch milliseconds. */
export interface ModelCall {
  readonly operation: Operation;
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
  readonly region?: Region;
  /** The answer's `x-generation-id`; its body's `id` wins. */
  readonly generationIdHeader?: string;
  /** What else its headers say. */
  readonly headers?: CallHeaders;
  /** Whether the event gets the details of its generation, which are only for destinations that ask for them. @defaultValue true */
  readonly details?: boolean;
  /** The client went away before the answer was complete. */
  readonly cancelled?: boolean;
  /** There was more of the answer than could be kept; `cut` then names `response`. */
  readonly truncated?: boolean;
  /** There was a request, but it could not be kept; `cut` then names `request`. */
  readonly requestMissing?: boolean;
  readonly response: CallResponse;
}

/** How a call was answered. */
export type CallResponse =
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

const formats: Readonly<Record<Operation, OperationFormat>> = {
  chat: chatFormat,
  completion: completionsFormat,
  responses: responsesFormat,
  messages: messagesFormat,
  embeddings: embeddingsFormat,
};

/** An answer in one piece, however it came. */
interface Answer {
  readonly body: JsonObject;
  readonly firstTokenMs?: number;
  /** What went wrong on the way, which the body does not say. */
  readonly failure?: CallError | undefined;
}

/**
 * Makes the trace event of a call: of a success or a failure, in one piece or streamed, also of one that broke off. Takes any JSON and never
 * throws. Its shape is checked where every event's is, at the door of a dispatcher.
 */
export function callTraceEvent(call: ModelCall): TraceEvent {
  const format = formats[call.operation];
  const request = isJsonObject(call.request) ? call.request : {};
  const { body, firstTokenMs, failure } = answerOf(call, format);
  const facts = format.read(body);
  const tracing = tracingFieldsOf(withUser(request, format), call.sessionIdHeader);
  return known({
    id: call.id ?? eventId(),
    operation: call.operation,
    apiKey: call.apiKey,
    workspaceId: call.workspaceId,
    region: call.region,
    generationId: name(body["id"]) ?? name(call.generationIdHeader),
    model: known({ requested: name(request["model"]), resolved: name(body["model"]) }),
    provider: name(body["provider"]),
    input: content(format.input(request)),
    output: content(facts.output),
    ...cleanParameters(request, format),
    usage: facts.usage,
    cost: facts.cost,
    timing: known({ startMs: call.startMs, firstTokenMs, endMs: Math.max(call.startMs, call.endMs) }),
    finishReason: facts.finishReason,
    streamed: call.response.kind === "stream" || request["stream"] === true,
    cancelled: call.cancelled ? true : undefined,
    error: failure ?? errorOf(call, facts.error ?? body["error"]),
    generation: call.details === false ? undefined : detailsOf(call, request, body, format),
    ...tracing,
    cut: cutOf(call, tracing.cut),
  }) as TraceEvent;
}

function cutOf({ truncated, requestMissing }: ModelCall, cut: readonly string[] = []): string[] | undefined {
  const all = [...cut, ...(requestMissing ? ["request"] : []), ...(truncated ? ["response"] : [])];
  return all.length === 0 ? undefined : all;
}

function detailsOf(
  { headers = {} }: ModelCall,
  request: JsonObject,
  answer: JsonObject,
  { inputFields }: OperationFormat,
): TraceEvent["generation"] {
  const said = inputFields.map((field) => request[field]);
  return generationDetailsOf(headers, said, answer);
}

function answerOf({ response, cancelled }: ModelCall, format: OperationFormat): Answer {
  if (response.kind === "none") {
    const { status, type, message } = response;
    return cancelled ? { body: {} } : { body: {}, failure: callErrorOf({ type, message }, status) };
  }
  if (response.kind === "json") return { body: isJsonObject(response.body) ? response.body : {} };
  const folded = format.fold(response.chunks);
  const reported = format.read(folded.body).error ?? folded.body["error"];
  const brokeOff = !response.complete && !cancelled && !isError(reported);
  return { ...folded, failure: brokeOff ? interrupted : undefined };
}

function errorOf({ response }: ModelCall, reported: Json | undefined): CallError | undefined {
  return response.kind === "none" ? undefined : callErrorOf(reported, response.status);
}

const interrupted: CallError = {
  type: "stream_interrupted",
  message: "The provider's stream ended before it was complete.",
};

/** The request with its end user where all operations have it. */
function withUser(request: JsonObject, { user }: OperationFormat): JsonObject {
  return user && (request["user"] ?? null) === null ? { ...request, user: user(request) } : request;
}

function cleanParameters(
  request: JsonObject,
  { inputFields }: OperationFormat,
): Pick<TraceEvent, "parameters" | "contentParameters"> {
  const { parameters, contentParameters } = parametersOf(request, inputFields);
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

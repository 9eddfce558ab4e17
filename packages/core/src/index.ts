export { isTracecastError, TracecastError } from "./errors.ts";
export type { TracecastErrorCode } from "./errors.ts";
export { isJsonObject, jsonFragment, parseJson } from "./json.ts";
export type { Json, JsonObject } from "./json.ts";
export { wellFormed } from "./trace/well-formed.ts";
export { eventJson } from "./trace/event-json.ts";
export { known } from "./trace/known.ts";
export type { Known } from "./trace/known.ts";
export { contentClasses, parseTraceEvent, region, traceEventSchema } from "./trace/event.ts";
export type {
  CallError,
  Cost,
  FinishReason,
  Operation,
  Region,
  TraceEvent,
  TraceFields,
  Usage,
} from "./trace/event.ts";
export { generationView, sharedMetadata, withAskedDetails } from "./trace/generation-view.ts";
export type { GenerationBlocks, GenerationDetails } from "./trace/generation-details.ts";
export type { CallHeaders } from "./trace/read-generation.ts";
export { contentParts, fieldPaths } from "./trace/field-path.ts";
export type { FieldPath } from "./trace/field-path.ts";
export { chatTraceEvent } from "./trace/chat.ts";
export type { ChatCall } from "./trace/chat.ts";
export { callTraceEvent } from "./trace/call-event.ts";
export type { CallResponse, ModelCall } from "./trace/call-event.ts";
export { finishReasonOf } from "./trace/finish-reason.ts";
export { foldChatStream } from "./trace/chat-stream.ts";
export type { FoldedChat, StreamChunk } from "./trace/chat-stream.ts";
export type { ContentClass, ContentClasses } from "./trace/content-class.ts";
export { defineDestination } from "./destination/define-destination.ts";
export { piece, requestBody } from "./destination/piece.ts";
export type {
  Batch,
  Connection,
  ConnectionTools,
  Destination,
  DestinationDefinition,
  EncodedEvent,
  FormField,
  Limits,
  NotCarried,
  Piece,
  TestResult,
} from "./destination/destination.ts";
export { customHeaders } from "./destination/custom-headers.ts";
export { delivered, outcomeOf } from "./destination/outcome.ts";
export type {
  Delivered,
  Outcome,
  Rejected,
  RejectionCode,
  Retry,
  SendResult,
} from "./destination/outcome.ts";
export { secret } from "./destination/secret.ts";
export { createHttpClient } from "./http/client.ts";
export type { PrivateNetworks } from "./http/address-guard.ts";
export type {
  HttpClient,
  HttpClientOptions,
  HttpFailure,
  HttpRequest,
  HttpResponse,
  HttpResult,
} from "./http/client.ts";

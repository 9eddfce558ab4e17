import { shortenText } from "./shorten.ts";
import type { Span } from "./span.ts";
import { cleanText, writeAttributes } from "./write-attributes.ts";

/**
 * The OTLP/JSON text of a span, no text in which is longer than `maxLength` characters. The event `tracecast.trace_truncated` names what had to be
 * shortened.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function writeSpan(span: Span, maxLength: number): string {
  const { place, kind, startMs, endMs, error } = span;
  const { json: attributes, shortened } = writeAttributes(span.attributes, maxLength);
  const name = JSON.stringify(cleanText(span.name));
  const message = error && shortenText(cleanText(error.message ?? error.type), maxLength);
  const events = [
    ...(error ? [exceptionEvent(error.type, message ?? "", endMs)] : []),
    ...(shortened.length > 0 ? [truncatedEvent(shortened, endMs)] : []),
  ];
  return (
    `{"traceId":"${place.traceId}","spanId":"${place.spanId}",` +
    (place.parentSpanId === undefined ? "" : `"parentSpanId":"${place.parentSpanId}",`) +
    `"name":${name},"kind":${kind},"startTimeUnixNano":"${nanos(startMs)}","endTimeUnixNano":"${nanos(endMs)}",` +
    `"attributes":${attributes},` +
    (events.length > 0 ? `"events":[${events.join(",")}],` : "") +
    `"status":${message === undefined ? "{}" : `{"code":2,"message":${JSON.stringify(message)}}`}}`
  );
}

/** @see https://opentelemetry.io/docs/specs/otel/trace/exceptions/ */
function exceptionEvent(type: string, message: string, timeMs: number): string {
  return eventJson("exception", timeMs, { "exception.type": type, "exception.message": message });
}

function truncatedEvent(names: readonly string[], timeMs: number): string {
  return eventJson("tracecast.trace_truncated", timeMs, { "tracecast.truncated_attributes": names });
}

function eventJson(name: string, timeMs: number, attributes: Parameters<typeof writeAttributes>[0]): string {
  const { json } = writeAttributes(attributes, Number.POSITIVE_INFINITY);
  return `{"timeUnixNano":"${nanos(timeMs)}","name":"${name}","attributes":${json}}`;
}

// Nanoseconds since 1970 are beyond what a number can hold exactly; microseconds are not.
const nanos = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

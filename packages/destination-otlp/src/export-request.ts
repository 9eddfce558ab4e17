import { isJsonObject, requestBody } from "@tracecast/core";
import type { Json, JsonObject, Piece } from "@tracecast/core";
import type { Attributes } from "./attributes.ts";
import { bytesField, doubleField, fixed64Field, intField, textField } from "./protobuf.ts";
import type { Field } from "./protobuf.ts";
import { version } from "./version.ts";
import { writeAttributes } from "./write-attributes.ts";

/** The resource of an export, as the JSON of its attributes: who sends it. */
export function resourceJson(attributes: Attributes): string {
  const own: Attributes = { "service.name": "tracecast", "service.version": version, ...attributes };
  return writeAttributes(own, Number.POSITIVE_INFINITY).json;
}

/** An `ExportTraceServiceRequest` in OTLP/JSON, around spans that are JSON already. No spans: an export of nothing. */
export function exportJson(resource: string, spans: readonly Piece[]): Uint8Array {
  if (spans.length === 0) return Buffer.from('{"resourceSpans":[]}');
  const scope = `{"name":"tracecast","version":"${version}"}`;
  const before = `{"resourceSpans":[{"resource":{"attributes":${resource}},"scopeSpans":[{"scope":${scope},"spans":[`;
  return requestBody(before, spans, "]}]}]}");
}

/**
 * The same in Protocol Buffers, for far ends that read nothing else.
 * @see https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto, whose field numbers these are
 */
export function exportProtobuf(resource: string, spans: readonly Piece[]): Uint8Array {
  if (spans.length === 0) return new Uint8Array();
  const scope = bytesField(1, textField(1, "tracecast"), textField(2, version));
  const written = spans.map(({ json }) => bytesField(2, ...spanFields(JSON.parse(json) as JsonObject)));
  const attributes = attributeFields(1, JSON.parse(resource) as Json);
  return bytesField(1, bytesField(1, ...attributes), bytesField(2, scope, ...written));
}

function spanFields(span: JsonObject): readonly Field[] {
  return [
    idField(1, span["traceId"]),
    idField(2, span["spanId"]),
    ...(span["parentSpanId"] === undefined ? [] : [idField(4, span["parentSpanId"])]),
    textField(5, text(span["name"])),
    intField(6, Number(span["kind"])),
    fixed64Field(7, BigInt(text(span["startTimeUnixNano"]))),
    fixed64Field(8, BigInt(text(span["endTimeUnixNano"]))),
    ...attributeFields(9, span["attributes"]),
    ...list(span["events"]).map((event) => bytesField(11, ...eventFields(event))),
    ...list([span["status"] ?? {}]).map((status) => bytesField(15, ...statusFields(status))),
  ];
}

function eventFields(event: JsonObject): readonly Field[] {
  return [
    fixed64Field(1, BigInt(text(event["timeUnixNano"]))),
    textField(2, text(event["name"])),
    ...attributeFields(3, event["attributes"]),
  ];
}

function statusFields({ code, message }: JsonObject): readonly Field[] {
  return code === undefined ? [] : [textField(2, text(message)), intField(3, Number(code))];
}

function attributeFields(number: number, attributes: Json | undefined): readonly Field[] {
  return list(attributes).map(({ key, value }) =>
    bytesField(number, textField(1, text(key)), bytesField(2, anyValue(isJsonObject(value) ? value : {}))),
  );
}

function anyValue({ stringValue, boolValue, intValue, doubleValue, arrayValue }: JsonObject): Field {
  if (stringValue !== undefined) return textField(1, text(stringValue));
  if (boolValue !== undefined) return intField(2, boolValue === true ? 1 : 0);
  if (intValue !== undefined) return intField(3, Number(intValue));
  if (doubleValue !== undefined) return doubleField(4, Number(doubleValue));
  const values = isJsonObject(arrayValue) ? list(arrayValue["values"]) : [];
  return bytesField(5, ...values.map((value) => bytesField(1, anyValue(value))));
}

const idField = (number: number, id: Json | undefined): Field =>
  bytesField(number, Buffer.from(text(id), "hex"));

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const list = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];

import protobuf from "protobufjs/light.js";

/** A value of an attribute, as JSON has it. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** A span as it was sent, its attributes read. Times are epoch milliseconds. */
export interface ReceivedSpan {
  /** Hexadecimal, lower case. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  /** What went wrong; absent where nothing is said of that. */
  readonly failure?: { readonly message?: string };
}

// What is read of OTLP. Source: https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto and common/v1/common.proto, 1.9.
const definitions = protobuf.Root.fromJSON({
  nested: {
    Request: { fields: { resourceSpans: { rule: "repeated", type: "ResourceSpans", id: 1 } } },
    ResourceSpans: {
      fields: {
        resource: { type: "Resource", id: 1 },
        scopeSpans: { rule: "repeated", type: "ScopeSpans", id: 2 },
      },
    },
    Resource: { fields: { attributes: { rule: "repeated", type: "KeyValue", id: 1 } } },
    ScopeSpans: { fields: { spans: { rule: "repeated", type: "Span", id: 2 } } },
    Span: {
      fields: {
        traceId: { type: "bytes", id: 1 },
        spanId: { type: "bytes", id: 2 },
        parentSpanId: { type: "bytes", id: 4 },
        name: { type: "string", id: 5 },
        startTimeUnixNano: { type: "fixed64", id: 7 },
        endTimeUnixNano: { type: "fixed64", id: 8 },
        attributes: { rule: "repeated", type: "KeyValue", id: 9 },
        status: { type: "Status", id: 15 },
      },
    },
    Status: { fields: { message: { type: "string", id: 2 }, code: { type: "int32", id: 3 } } },
    KeyValue: { fields: { key: { type: "string", id: 1 }, value: { type: "AnyValue", id: 2 } } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            "stringValue",
            "boolValue",
            "intValue",
            "doubleValue",
            "arrayValue",
            "kvlistValue",
            "bytesValue",
          ],
        },
      },
      fields: {
        stringValue: { type: "string", id: 1 },
        boolValue: { type: "bool", id: 2 },
        intValue: { type: "int64", id: 3 },
        doubleValue: { type: "double", id: 4 },
        arrayValue: { type: "ArrayValue", id: 5 },
        kvlistValue: { type: "KeyValueList", id: 6 },
        bytesValue: { type: "bytes", id: 7 },
      },
    },
    ArrayValue: { fields: { values: { rule: "repeated", type: "AnyValue", id: 1 } } },
    Response: { fields: { partialSuccess: { type: "PartialSuccess", id: 1 } } },
    PartialSuccess: {
      fields: { rejectedSpans: { type: "int64", id: 1 }, errorMessage: { type: "string", id: 2 } },
    },
    KeyValueList: { fields: { values: { rule: "repeated", type: "KeyValue", id: 1 } } },
  },
});
const request = definitions.lookupType("Request");
const response = definitions.lookupType("Response");

/**
 * The spans of an export in Protocol Buffers.
 * @throws where the bytes are none
 */
export function spansOfProtobuf(bytes: Uint8Array): readonly ReceivedSpan[] {
  const decoded = request.toObject(request.decode(bytes), { longs: String, bytes: String });
  return spansOf(decoded, (id) => Buffer.from(id, "base64").toString("hex"));
}

/**
 * The spans of an export in JSON. What is not as OTLP has it is left out.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function spansOfJson(body: unknown): readonly ReceivedSpan[] {
  return spansOf(body, (id) => id.toLowerCase());
}

/** An answer that says how many spans were not taken, and why. */
export interface PartialSuccess {
  readonly partialSuccess?: { readonly rejectedSpans: number; readonly errorMessage: string };
}

/** The answer to an export in Protocol Buffers. */
export function protobufAnswer(said: PartialSuccess): Uint8Array {
  return response.encode(response.fromObject(said)).finish();
}

function spansOf(body: unknown, idOf: (id: string) => string): readonly ReceivedSpan[] {
  return listAt(body, "resourceSpans").flatMap((resourceSpans) => {
    const resource = attributesOf(at(resourceSpans, "resource"));
    return listAt(resourceSpans, "scopeSpans")
      .flatMap((scope) => listAt(scope, "spans"))
      .map((span) => spanOf(span, resource, idOf));
  });
}

function spanOf(
  span: unknown,
  resource: ReceivedSpan["resource"],
  idOf: (id: string) => string,
): ReceivedSpan {
  const parent = textAt(span, "parentSpanId");
  const status = at(span, "status");
  const code = at(status, "code");
  const message = textAt(status, "message");
  return {
    traceId: idOf(textAt(span, "traceId") ?? ""),
    spanId: idOf(textAt(span, "spanId") ?? ""),
    ...(parent && { parentSpanId: idOf(parent) }),
    name: textAt(span, "name") ?? "",
    startMs: msOf(at(span, "startTimeUnixNano")),
    endMs: msOf(at(span, "endTimeUnixNano")),
    attributes: attributesOf(span),
    resource,
    ...((code === 2 || code === "STATUS_CODE_ERROR") && { failure: { ...(message && { message }) } }),
  };
}

function attributesOf(holder: unknown): Readonly<Record<string, AttributeValue>> {
  return pairsOf(listAt(holder, "attributes"));
}

function pairsOf(list: readonly unknown[]): Readonly<Record<string, AttributeValue>> {
  return Object.fromEntries(list.map((pair) => [textAt(pair, "key") ?? "", valueOf(at(pair, "value"))]));
}

function valueOf(value: unknown): AttributeValue {
  const [kind, held] = isObject(value) ? (Object.entries(value)[0] ?? []) : [];
  switch (kind) {
    case "stringValue":
    case "boolValue":
    case "doubleValue":
    case "bytesValue":
      return held as AttributeValue;
    case "intValue":
      return Number(held);
    case "arrayValue":
      return listAt(held, "values").map(valueOf);
    case "kvlistValue":
      return pairsOf(listAt(held, "values"));
    default:
      return null;
  }
}

/** Nanoseconds, as a text or a number, in milliseconds. */
function msOf(nanoseconds: unknown): number {
  const text = typeof nanoseconds === "string" || typeof nanoseconds === "number" ? String(nanoseconds) : "";
  return /^\d{1,20}$/.test(text) ? Number(BigInt(text) / 1000n) / 1000 : 0;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
const at = (holder: unknown, name: string): unknown => (isObject(holder) ? holder[name] : undefined);

function listAt(holder: unknown, name: string): readonly unknown[] {
  const list = at(holder, name);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}

function textAt(holder: unknown, name: string): string | undefined {
  const text = at(holder, name);
  return typeof text === "string" ? text : undefined;
}

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import protobuf from "protobufjs";

/** An attribute as the official definitions read it. */
export interface ReadAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as the official definitions read it: ids in hexadecimal, 64-bit numbers as text. */
export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly ReadAttribute[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly ReadAttribute[] }[];
  readonly status?: { readonly code?: string; readonly message?: string };
}

/** An export as the official definitions read it. */
export interface ReadExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly ReadAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly ReadSpan[];
    }[];
  }[];
}

const packageFolder = dirname(createRequire(import.meta.url).resolve("@elastic/mockotlpserver/package.json"));
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(packageFolder, target);
root.loadSync("opentelemetry/proto/collector/trace/v1/trace_service.proto");
const exportRequest = root.lookupType("opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest");

/** Reads an export in Protocol Buffers by OpenTelemetry's own definitions. */
export function readBinary(body: Uint8Array): ReadExport {
  const read = exportRequest.toObject(exportRequest.decode(body), {
    longs: String,
    bytes: String,
    enums: String,
    json: true,
  });
  return mapIds(read, (id) => Buffer.from(id, "base64").toString("hex")) as ReadExport;
}

/** Reads an export in OTLP/JSON by OpenTelemetry's own definitions. Throws where a field is unknown to them or of another type. */
export function readJson(body: string | Uint8Array): ReadExport {
  const given = mapIds(JSON.parse(Buffer.from(body).toString()), (id) =>
    Buffer.from(id, "hex").toString("base64"),
  );
  assertKnown(exportRequest, given, "");
  return readBinary(exportRequest.encode(exportRequest.fromObject(given as object)).finish());
}

/** All spans of an export. */
export function spansIn({ resourceSpans }: Partial<ReadExport>): readonly ReadSpan[] {
  return (resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** The attributes of a span, or of one of its events, by name, each as its plain value. */
export function attributesOf(
  holder: { readonly attributes?: readonly ReadAttribute[] } | undefined,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries((holder?.attributes ?? []).map(({ key, value }) => [key, plain(value)]));
}

function plain(value: ReadAttribute["value"]): unknown {
  const [kind, inner] = Object.entries(value)[0] ?? [];
  if (kind === "intValue" || kind === "doubleValue") return Number(inner);
  if (kind !== "arrayValue") return inner;
  return ((inner as { values?: ReadAttribute["value"][] }).values ?? []).map(plain);
}

const ids = new Set(["traceId", "spanId", "parentSpanId"]);

function mapIds(value: unknown, change: (id: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => mapIds(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      ids.has(key) ? change(String(child)) : mapIds(child, change),
    ]),
  );
}

/** `fromObject` passes over what it does not know; a collector may not. */
function assertKnown(type: protobuf.Type, value: unknown, path: string): void {
  for (const [name, child] of Object.entries(value as object)) {
    const field = type.fields[name]?.resolve();
    if (!field) throw new Error(`${type.name} has no field ${path}${name}`);
    if (Array.isArray(child) !== field.repeated) throw new Error(`${path}${name} is a list or is not`);
    if (!(field.resolvedType instanceof protobuf.Type)) continue;
    for (const item of [child].flat()) assertKnown(field.resolvedType, item, `${path}${name}.`);
  }
}

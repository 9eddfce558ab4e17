import type { Json, JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { unsafeKeys } from "./unsafe-keys.ts";

const maxDepth = 64;
const rawBase64Bytes = 1024;
const payloadKeys = new Set(["data", "b64_json", "file_data", "bytes"]);

interface Payload {
  /** What kind of part it stood in. */
  readonly type: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly name?: string;
}

/**
 * A copy of a value in which every inline image, sound, video and file is replaced by a descriptor with its media type and size. A
 * content part becomes a text part, which every viewer can show:
 * `{ type: "text", text: "[image omitted: image/png, 123 KB]", omitted: { type: "image_url", mediaType, bytes } }`. Elsewhere only the
 * bytes give way to the bracketed words. Addresses on the web stay. What has no media in it is returned as it is, not copied.
 */
export function describeMedia(value: Json): Json {
  return walk(value, "", 0);
}

function walk(value: Json, key: string, depth: number): Json {
  if (typeof value === "string") return describeString(value, key);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= maxDepth) return "[nested too deep]";
  if (Array.isArray(value)) return mapItems(value, depth);
  const object = value as JsonObject;
  const payload = partPayload(object);
  if (payload) return describePart(payload);
  return mapFields(key === "audio" ? withoutSound(object) : object, depth);
}

function mapItems(items: readonly Json[], depth: number): Json {
  let changed = false;
  const mapped = items.map((item) => {
    const described = walk(item, "", depth + 1);
    changed ||= described !== item;
    return described;
  });
  return changed ? mapped : items;
}

function mapFields(object: JsonObject, depth: number): Json {
  let mapped: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(object)) {
    if (child === undefined || unsafeKeys.has(key)) continue;
    const described = walk(child, key, depth + 1);
    if (described !== child) (mapped ??= { ...object })[key] = described;
  }
  return mapped ?? object;
}

/** The inline payload of a content part, in the shapes of OpenAI's chat and responses APIs and of Anthropic's messages. */
function partPayload(part: JsonObject): Payload | undefined {
  const { type } = part;
  if (type === "image_url" || type === "video_url") {
    const holder = part[type];
    return fromDataUrl(type, isJsonObject(holder) ? holder["url"] : holder);
  }
  if (type === "input_image") return fromDataUrl(type, part["image_url"]);
  if (type === "input_audio") {
    const { data, format } = asObject(part["input_audio"]);
    return fromBase64(type, data, `audio/${typeof format === "string" ? format : "unknown"}`);
  }
  if (type === "file" || type === "input_file")
    return filePayload(type, type === "file" ? asObject(part["file"]) : part);
  if (type === "image" || type === "document") {
    const { type: encoding, data, media_type: mediaType } = asObject(part["source"]);
    return encoding === "base64"
      ? fromBase64(type, data, typeof mediaType === "string" ? mediaType : "unknown")
      : undefined;
  }
  return undefined;
}

/** The `audio` of an answered message. Its data may be longer than any limit, and may be many padded pieces in a row. */
function withoutSound(audio: JsonObject): JsonObject {
  const { id, transcript, data } = audio;
  if (id === undefined && transcript === undefined) return audio;
  if (typeof data !== "string" || !/^[A-Za-z0-9+/=_-]+$/.test(data)) return audio;
  return { ...audio, data: words({ mediaType: "audio/unknown", bytes: base64Bytes(data) }) };
}

function filePayload(type: string, { file_data: data, filename }: JsonObject): Payload | undefined {
  const payload = fromDataUrl(type, data) ?? fromBase64(type, data, "application/octet-stream");
  return payload && typeof filename === "string" ? { ...payload, name: filename } : payload;
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function describePart(payload: Payload): Json {
  const { type, mediaType, bytes } = payload;
  return { type: "text", text: words(payload), omitted: { type, mediaType, bytes } };
}

function words({ mediaType, bytes, name }: Omit<Payload, "type">): string {
  const kind = /^(image|audio|video)\//.exec(mediaType)?.[1] ?? "file";
  const size = bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KB`;
  return `[${kind} omitted: ${mediaType}, ${size}${name ? `, ${name}` : ""}]`;
}

function fromDataUrl(type: string, url: unknown): Payload | undefined {
  if (typeof url !== "string" || !/^data:/i.test(url)) return undefined;
  const comma = url.indexOf(",");
  const head = url.slice(5, comma < 0 ? 200 : Math.min(comma, 200));
  const mediaType = head.split(";")[0] || "text/plain";
  const data = url.slice(comma + 1);
  return { type, mediaType, bytes: head.endsWith(";base64") ? base64Bytes(data) : data.length };
}

function fromBase64(type: string, data: unknown, mediaType: string): Payload | undefined {
  // Some providers take an address in place of the bytes.
  if (typeof data !== "string" || /^https?:/i.test(data)) return undefined;
  return { type, mediaType, bytes: base64Bytes(data) };
}

function base64Bytes(data: string): number {
  const padding = data.endsWith("==") ? 2 : Number(data.endsWith("="));
  return Math.floor(((data.length - padding) * 3) / 4);
}

/** A text without the inline media in it. `key` is the name of the field it stands in. */
export function describeString(text: string, key = ""): string {
  if (text.includes(";base64,")) {
    const described = text.replaceAll(
      /data:([\w.+/-]{0,100})(?:;[\w=.+-]{1,60}){0,4};base64,([A-Za-z0-9+/=_-]+)/gi,
      (_, mediaType: string, data: string) =>
        words({ mediaType: mediaType || "text/plain", bytes: base64Bytes(data) }),
    );
    if (described !== text) return described;
  }
  if (payloadKeys.has(key) && text.length > rawBase64Bytes && /^[A-Za-z0-9+/_-]+=*$/.test(text)) {
    return words({ mediaType: "application/octet-stream", bytes: base64Bytes(text) });
  }
  return text;
}

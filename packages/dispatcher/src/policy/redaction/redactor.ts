import { createHash } from "node:crypto";
import { known } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import { card, isCardNumber } from "./detectors/card.ts";
import type { Detector } from "./detectors/detector.ts";
import { email } from "./detectors/email.ts";
import { iban } from "./detectors/iban.ts";
import { ip } from "./detectors/ip.ts";
import { key } from "./detectors/key.ts";
import { phone } from "./detectors/phone.ts";
import { mapChildren, mapJsonText } from "./json-walk.ts";
import { parsePath } from "./path.ts";
import { redactPath } from "./path-redaction.ts";
import type { DetectorName, RedactionSettings } from "./redaction-settings.ts";

/** Makes the event that a destination may see: a new one, or the same one where nothing was found. May throw; its caller fails closed. */
export type Redactor = (event: TraceEvent) => TraceEvent;

// In the order they run: what is longer and surer comes first.
const detectors: Readonly<Record<DetectorName, Detector>> = { key, email, iban, card, ip, phone };

const hashed = /^sha256:[\da-f]{16}$/;

/** Compiles redaction settings. */
export function createRedactor({
  paths = [],
  detectors: names = [],
  replaceWith,
}: RedactionSettings): Redactor {
  const wanted = Object.entries(detectors).filter(([name]) => names.some((one) => one === name));
  const asHash = replaceWith === "hash";
  const routes = paths.map(parsePath);
  const whole = (value: Json): Json => (asHash ? hashOf(value) : "[redacted]");
  return (event) => {
    const scrubbed = wanted.length === 0 ? event : scrubEvent(event, wanted, asHash);
    return routes.reduce(
      (view, steps) => onContent(view, (part) => redactPath(part, steps, whole)),
      scrubbed,
    );
  };
}

/** The same value gives the same hash; what is one already stays. */
function hashOf(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return hashed.test(text) ? text : `sha256:${digest(text).slice(0, 16)}`;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Changes the part of an event that redaction may reach. The rest is not shown to it. */
function onContent(event: TraceEvent, change: (part: Json) => Json): TraceEvent {
  const { input, output, contentParameters, tags, user, trace, error, generation } = event;
  const { traceName, spanName, generationName, metadata } = trace;
  const part = known({
    input,
    output,
    contentParameters,
    tags,
    user,
    generation,
    trace: known({ traceName, spanName, generationName, metadata }),
    error: error?.message === undefined ? undefined : { message: error.message },
  });
  const changed = change(part) as Partial<TraceEvent>;
  if (changed === part) return event;
  return {
    ...event,
    ...changed,
    trace: { ...trace, ...changed.trace },
    ...(error && { error: { ...error, ...changed.error } }),
  };
}

type NamedDetector = readonly [string, Detector];

function scrubEvent(event: TraceEvent, wanted: readonly NamedDetector[], asHash: boolean): TraceEvent {
  const view = onContent(event, (part) => scrub(part, wanted, asHash, 0));
  return scrubIds(view, (text) => scrubText(text, wanted, true));
}

/** What groups events must go on telling them apart, so it is always hashed. */
function scrubIds(event: TraceEvent, change: (text: string) => string): TraceEvent {
  const { sessionId, trace, apiKey } = event;
  const { traceId, parentSpanId } = trace;
  const changed = [sessionId, traceId, parentSpanId, apiKey?.name].some(
    (text) => text !== undefined && change(text) !== text,
  );
  if (!changed) return event;
  return {
    ...event,
    ...(sessionId !== undefined && { sessionId: change(sessionId) }),
    trace: {
      ...trace,
      ...(traceId !== undefined && { traceId: change(traceId) }),
      ...(parentSpanId !== undefined && { parentSpanId: change(parentSpanId) }),
    },
    ...(apiKey && { apiKey: { ...apiKey, ...(apiKey.name !== undefined && { name: change(apiKey.name) }) } }),
  };
}

function scrub(value: Json, wanted: readonly NamedDetector[], asHash: boolean, depth: number): Json {
  if (typeof value === "string") {
    const inner = mapJsonText(value, depth, (json) => scrub(json, wanted, asHash, depth + 1));
    return inner ?? scrubText(value, wanted, asHash);
  }
  if (typeof value === "number") return scrubNumber(value, wanted, asHash);
  return withScrubbedKeys(
    mapChildren(value, (child) => scrub(child, wanted, asHash, depth)),
    (name) => scrubText(name, wanted, asHash),
  );
}

function scrubNumber(value: number, wanted: readonly NamedDetector[], asHash: boolean): Json {
  const isCard = wanted.some(([name]) => name === "card") && isCardNumber(String(value));
  return isCard ? replacement("card", String(value), asHash) : value;
}

/** Names of fields are text like any other. Two that become the same are told apart by a number. */
function withScrubbedKeys(value: Json, change: (name: string) => string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (Object.keys(value).every((name) => change(name) === name)) return value;
  const fields: Record<string, Json> = {};
  for (const [name, child] of Object.entries(value)) {
    const base = change(name);
    let free = base;
    for (let n = 2; Object.hasOwn(fields, free); n += 1) free = `${base} ${n}`;
    fields[free] = child as Json;
  }
  return fields;
}

function scrubText(text: string, wanted: readonly NamedDetector[], asHash: boolean): string {
  if (hashed.test(text)) return text;
  return wanted.reduce(
    (rest, [name, detect]) => detect(rest, (found) => replacement(name, found, asHash)),
    text,
  );
}

const replacement = (name: string, found: string, asHash: boolean): string =>
  asHash ? `[${name}:${digest(found).slice(0, 8)}]` : `[${name}]`;

import type { z } from "zod";
import type { HttpClient } from "../http/client.ts";
import type { JsonObject } from "../json.ts";
import type { TraceEvent } from "../trace/event.ts";
import type { FieldPath } from "../trace/field-path.ts";
import type { SendResult } from "./outcome.ts";

/** What one request to a destination may carry. */
export interface Limits {
  /** How many pieces. */
  readonly maxPieces: number;
  /** How many bytes all pieces together. */
  readonly maxBytes: number;
  /** How long an event may wait for others to share its request with, in milliseconds. @defaultValue 1000 */
  readonly maxDelayMs?: number;
}

/** A part of a request body, ready to be sent and reused on every attempt: a row, a span, a line. Make one with `piece`. */
export interface Piece {
  /** The JSON text, in UTF-8. */
  readonly utf8: Buffer;
  /** The JSON text, made from `utf8` whenever it is asked for. */
  readonly json: string;
  /** The length of `utf8`. */
  readonly bytes: number;
  /** What it is stored under at the far end. Two pieces of one key must not travel in one request; `send` joins them. */
  readonly key?: string | undefined;
}

/** One event as a destination sends it. */
export interface EncodedEvent {
  readonly eventId: string;
  readonly pieces: readonly Piece[];
}

/** The events of one request, in the order they happened. Never empty. */
export type Batch = readonly EncodedEvent[];

/** What a connection test found, in one sentence that says what is wrong and what to do. */
export interface TestResult {
  readonly ok: boolean;
  readonly message: string;
}

/** A destination configured and ready to send. It holds no queue, no timer and no retry: the dispatcher does. */
export interface Connection {
  /** What a request may carry, where these settings want it otherwise than the type's `limits` say. */
  readonly limits?: Limits;
  /** Finds out whether events would arrive, cheaply and without writing any. */
  test(signal: AbortSignal): Promise<TestResult>;
  /**
   * Turns an event, already reduced to what the destination may see, into pieces. Pure, and the same whatever the config: what one
   * connection of a type makes of an event is sent by all of them that may see the same.
   */
  encode(event: TraceEvent): readonly Piece[];
  /** Makes one request for one batch, once. Answers by value and does not reject. */
  send(batch: Batch, signal: AbortSignal): Promise<SendResult>;
}

/** What a connection is lent. */
export interface ConnectionTools {
  /** Every outgoing request goes through it. It masks the config's secrets in what it answers. */
  readonly http: HttpClient;
}

/** What a far end has no place for, by field of the trace event; each with a sentence that tells people so. */
export type NotCarried = { readonly [Path in FieldPath]?: string };

/** What an author hands to `defineDestination`. */
export interface DestinationDefinition<Config extends z.ZodObject> {
  /** The name of the type in settings: `braintrust`. */
  readonly type: string;
  /** The name people read: `Braintrust`. */
  readonly name: string;
  readonly docsUrl?: string;
  /** Validator, form, secret mask and type of the settings, all in one. Give every field a `title`; mark keys with `secret()`. */
  readonly config: Config;
  readonly limits: Limits;
  /**
   * The fields of the trace event that never reach the far end, each with a sentence for the docs and the connection test: "Raindrop has no place for
   * earlier answers." The contract proves it: what is named here is not sent, and everything else is. @defaultValue everything is carried
   */
  readonly notCarried?: NotCarried;
  /** Makes a connection. Opens no socket. */
  connect(config: z.output<Config>, tools: ConnectionTools): Connection;
}

/** A field of a destination's form, read off its config. */
export interface FormField {
  readonly name: string;
  /** What stands before the input: `Api Key`. */
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** Absent: a text. An `object` is one of texts by name, such as headers. */
  readonly kind?: "number" | "boolean" | "object";
  /** A text of several lines, such as the JSON of a service account. Said by `.meta({ multiline: true })`. */
  readonly multiline?: true;
  /** The only values there are. */
  readonly options?: readonly string[];
  readonly defaultValue?: unknown;
  readonly description?: string;
}

/** A destination type as the dispatcher and the gateway know it. */
export interface Destination {
  readonly type: string;
  readonly name: string;
  readonly docsUrl?: string;
  readonly limits: Limits;
  /** See {@link DestinationDefinition.notCarried}; empty where everything is carried. */
  readonly notCarried: NotCarried;
  readonly form: readonly FormField[];
  /**
   * Checks settings and fills in defaults.
   * @throws `TracecastError` `CONFIG_INVALID`, naming each field by its label and what to do about it.
   */
  parseConfig(config: unknown): JsonObject;
  /** A copy of parsed settings that people may see. */
  maskConfig(config: JsonObject): JsonObject;
  /**
   * Makes a connection from settings, parsed or not.
   * @throws `TracecastError` `CONFIG_INVALID`
   */
  connect(config: unknown, tools: ConnectionTools): Connection;
}

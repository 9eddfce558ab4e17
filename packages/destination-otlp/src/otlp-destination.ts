import { defineDestination } from "@tracecast/core";
import type { Connection, Destination, HttpClient, Limits, NotCarried, Outcome } from "@tracecast/core";
import type { z } from "zod";
import { testConnection } from "./connection-test.ts";
import { conventions } from "./dialects/conventions.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { exportOutcome } from "./export-outcome.ts";
import { exporterTo } from "./exporter.ts";
import { SharedSpans } from "./shared-spans.ts";
import { encodeSpans } from "./span-piece.ts";
import type { SpanPiece } from "./span-piece.ts";
import type { Target } from "./target.ts";

/** A far end that takes OTLP, as data: what is true of it and of no other. */
export interface OtlpPreset<Config extends z.ZodObject> {
  readonly type: string;
  readonly name: string;
  readonly docsUrl: string;
  readonly config: Config;
  /** @defaultValue 512 spans, which is what OpenTelemetry's own batches have, and 4 MiB */
  readonly limits?: Limits;
  /**
   * How long one text may be, in characters; longer ones keep their beginning and their end.
   * @defaultValue 10,000,000, which OpenRouter's Broadcast allows
   */
  readonly maxTextLength?: number;
  /** @defaultValue the GenAI conventions and nothing else */
  readonly dialect?: Dialect;
  /** See `DestinationDefinition.notCarried`. @defaultValue everything is carried */
  readonly notCarried?: NotCarried;
  /** Where a destination with these settings sends. */
  readonly target: (config: z.output<Config>) => Target;
}

const usualLimits: Limits = { maxPieces: 512, maxBytes: 4 * 1024 * 1024 };

/** Makes a destination type from a preset. */
export function otlpDestination<Config extends z.ZodObject>(preset: OtlpPreset<Config>): Destination {
  const { type, name, docsUrl, config, limits = usualLimits, notCarried = {}, target } = preset;
  return defineDestination({
    type,
    name,
    docsUrl,
    config,
    limits,
    notCarried,
    connect: (settings, { http }) => connectTo(target(settings), http, { ...preset, limits }),
  });
}

/** What a connection has to know of a preset. */
type Far = Pick<OtlpPreset<z.ZodObject>, "name" | "dialect" | "maxTextLength"> & { readonly limits: Limits };

function connectTo(target: Target, http: HttpClient, far: Far): Connection {
  const { name, dialect = conventions, maxTextLength = 10_000_000, limits } = far;
  const exporter = exporterTo(target, http);
  const shared = new SharedSpans();
  return {
    test: (signal) => testConnection(name, target, exporter, signal),
    encode: (event) => encodeSpans(event, dialect, { maxBytes: limits.maxBytes, maxTextLength }),
    async send(batch, signal) {
      const spans = shared.pick(batch.flatMap((event) => event.pieces as readonly SpanPiece[]));
      const result = await exporter.export(spans, { signal, timeoutMs: 30_000 });
      const outcome: Outcome = exportOutcome(result, spans.length, target.takesAnySuccess);
      if (outcome.status === "delivered") shared.delivered(spans);
      return { outcome };
    },
  };
}

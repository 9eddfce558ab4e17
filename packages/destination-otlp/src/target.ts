import type { Json } from "@tracecast/core";
import type { Attributes } from "./attributes.ts";

/** Where and how exports go, read off a destination's settings. */
export interface Target {
  readonly url: string;
  /** @defaultValue "POST" */
  readonly method?: "POST" | "PUT";
  /** The headers that say who asks, and for what place. Their values are hidden in whatever the far end answers. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** The operator's own headers; they never replace one of ours. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Attributes of the resource, beside the name and version of the service. */
  readonly resource?: Attributes;
  /** @defaultValue "json" */
  readonly encoding?: "json" | "protobuf";
  /** @defaultValue "gzip" */
  readonly compression?: "gzip" | "none";
  /** Headers that depend on the body, such as a signature. */
  readonly sign?: (body: string | Uint8Array) => Readonly<Record<string, string>>;
  /** Every success counts, whatever it says: it is no OTLP endpoint that answers. */
  readonly takesAnySuccess?: boolean;
  /** Headers of a connection test only. */
  readonly testHeaders?: Readonly<Record<string, string>>;
  /** Something cheap to read with the same credentials, and how its answer names the place that traces go to. */
  readonly check?: {
    readonly url: string;
    /** The name of that place in the answer. */
    readonly nameIn: (answer: Json | undefined) => string | undefined;
  };
  /** What the settings for the address and the key are called, so that a failed test can name them. */
  readonly labels: { readonly address: string; readonly key: string };
}

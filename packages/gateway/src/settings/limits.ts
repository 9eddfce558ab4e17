import { z } from "zod";

/** How much the gateway takes. */
export interface Limits {
  /** Of one request's body. */
  readonly maxBodyBytes: number;
  /** Of one request's headers. */
  readonly maxHeaderBytes: number;
  /** From a request's arrival to the last byte of its answer, in milliseconds. */
  readonly maxStreamMs: number;
  /** Requests to the provider that are under way. */
  readonly maxConcurrentRequests: number;
}

const atLeast = (minimum: number) => z.number().int().min(minimum);

/** The limits as `tracecast.yaml` has them; what is absent is the default. */
export const limitsSchema = z.strictObject({
  max_body_bytes: atLeast(1024).default(64 * 1024 * 1024),
  max_header_bytes: atLeast(1024).default(64 * 1024),
  max_stream_ms: atLeast(1000)
    .max(2 ** 31 - 1)
    .default(60 * 60_000),
  max_concurrent_requests: atLeast(1).default(2000),
});

/** The limits that a config file says. */
export function limitsFrom(file: z.infer<typeof limitsSchema>): Limits {
  return {
    maxBodyBytes: file.max_body_bytes,
    maxHeaderBytes: file.max_header_bytes,
    maxStreamMs: file.max_stream_ms,
    maxConcurrentRequests: file.max_concurrent_requests,
  };
}

/** What holds where nothing is set. */
export const defaultLimits: Limits = limitsFrom(limitsSchema.parse({}));

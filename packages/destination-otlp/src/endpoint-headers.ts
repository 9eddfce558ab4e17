import { z } from "zod";

// What the connection and the body decide.
const reserved = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, "is not a header name")
  .refine((name) => !reserved.has(name.toLowerCase()), "is set by Tracecast itself; leave it out");

/**
 * The optional `headers` field of a type that has no key of its own: its credentials are among them, so `authorization` may be too. The values are
 * treated as secrets.
 */
export function endpointHeaders(): z.ZodOptional<z.ZodRecord<typeof headerName, z.ZodString>> {
  return z
    .record(
      headerName,
      z
        .string()
        .regex(/^[\t\x20-\x7e]*$/, "must be printable ASCII")
        .meta({ secret: true }),
    )
    .optional()
    .meta({ title: "Headers", description: "Sent with every request, such as an authorization." });
}

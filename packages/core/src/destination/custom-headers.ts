import { z } from "zod";

// Headers that we, or the connection, set ourselves.
const reserved = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "host",
  "keep-alive",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, "is not a header name")
  .refine((name) => !reserved.has(name.toLowerCase()), "is set by Tracecast itself; leave it out");

/** The optional `headers` field that every destination type offers: extra request headers, their values treated as secrets. */
export function customHeaders(): z.ZodOptional<z.ZodRecord<typeof headerName, z.ZodString>> {
  return z
    .record(
      headerName,
      z
        .string()
        .regex(/^[\t\x20-\x7e]*$/, "must be printable ASCII")
        .meta({ secret: true }),
    )
    .optional()
    .meta({ title: "Custom headers" });
}

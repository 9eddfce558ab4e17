import { z } from "zod";

// Headers that we, or the connection, set ourselves.
const always = new Set([
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
const credentials = new Set(["authorization", "proxy-authorization"]);

/**
 * The optional `headers` field that every destination type offers: extra request headers, their values treated as secrets.
 * @param options - `credentials`: the type has no key of its own, so that its credentials may be among the headers
 */
export function customHeaders(options: { readonly credentials?: boolean } = {}) {
  const isTaken = (name: string) =>
    always.has(name) || (options.credentials !== true && credentials.has(name));
  const name = z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/, "is not a header name")
    .refine((given) => !isTaken(given.toLowerCase()), "is set by Tracecast itself; leave it out");
  const value = z
    .string()
    .regex(/^[\t\x20-\x7e]*$/, "must be printable ASCII")
    .meta({ secret: true });
  return z.record(name, value).optional().meta({ title: "Custom headers" });
}

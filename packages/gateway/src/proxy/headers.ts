/** Headers as they travel: name, value, name, value, in their order and spelling. */
export type RawHeaders = readonly string[];

// RFC 9110, section 7.6.1, and what clients send in its spirit. They belong to one connection.
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers that go on to the other side: all but those of this one connection, and but those named in `also` (lower case). */
export function endToEndHeaders(headers: RawHeaders, also?: ReadonlySet<string>): string[] {
  const named = namedByConnection(headers);
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [spelled = "", value = ""] = [headers[at], headers[at + 1]];
    const name = spelled.toLowerCase();
    if (!hopByHop.has(name) && !also?.has(name) && !named?.has(name)) kept.push(spelled, value);
  }
  return kept;
}

/** The first value of a header, by its name in lower case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const spelled = headers[at];
    if (spelled?.length === name.length && spelled.toLowerCase() === name) return headers[at + 1];
  }
  return undefined;
}

/** The headers that `Connection` names; undefined where it names none, as nearly always. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> | undefined {
  const value = headerValue(headers, "connection");
  if (value === undefined || /^(?:keep-alive|close)$/i.test(value)) return undefined;
  const all = headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === "connection");
  return new Set(all.flatMap((one) => one.split(",")).map((name) => name.trim().toLowerCase()));
}

/** The headers with another key in place of the client's, under the name that the client's had. */
export function withKey(headers: RawHeaders, key: string): string[] {
  const isAnthropic = headerValue(headers, "x-api-key") !== undefined;
  const kept = endToEndHeaders(headers, credentials);
  return isAnthropic ? [...kept, "x-api-key", key] : [...kept, "authorization", `Bearer ${key}`];
}

const credentials: ReadonlySet<string> = new Set(["authorization", "x-api-key"]);

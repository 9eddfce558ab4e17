/** Headers as they travel: name, value, name, value, in their order and spelling. */
export type RawHeaders = readonly string[];

// RFC 9110, section 7.6.1, and what clients send in its spirit. They belong to one connection.
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The headers that go on to the other side: all but those of this one connection, and but those named in `also` (lower case). */
export function endToEndHeaders(headers: RawHeaders, also: readonly string[] = []): string[] {
  const left = new Set([...hopByHop, ...namedByConnection(headers), ...also]);
  const kept: string[] = [];
  for (const [name, value] of pairs(headers)) if (!left.has(name.toLowerCase())) kept.push(name, value);
  return kept;
}

/** The first value of a header, by its name in lower case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  for (const [key, value] of pairs(headers)) if (key.toLowerCase() === name) return value;
  return undefined;
}

function namedByConnection(headers: RawHeaders): readonly string[] {
  const names: string[] = [];
  for (const [name, value] of pairs(headers)) {
    if (name.toLowerCase() === "connection")
      names.push(...value.split(",").map((part) => part.trim().toLowerCase()));
  }
  return names;
}

function* pairs(headers: RawHeaders): Generator<readonly [string, string]> {
  for (let at = 0; at + 1 < headers.length; at += 2) yield [headers[at] ?? "", headers[at + 1] ?? ""];
}

/** The headers with another key in place of the client's, under the name that the client's had. */
export function withKey(headers: RawHeaders, key: string): string[] {
  const isAnthropic = headerValue(headers, "x-api-key") !== undefined;
  const kept = endToEndHeaders(headers, ["authorization", "x-api-key"]);
  return isAnthropic ? [...kept, "x-api-key", key] : [...kept, "authorization", `Bearer ${key}`];
}

/**
 * About how many bytes of JSON a value makes, without making them: strings by their length, everything else by a flat rate.
 * Good enough for a limit on memory, and far cheaper than serialising.
 */
export function estimateBytes(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += estimateBytes(item) + 1;
    return bytes;
  }
  for (const [key, child] of Object.entries(value)) bytes += key.length + 4 + estimateBytes(child);
  return bytes;
}

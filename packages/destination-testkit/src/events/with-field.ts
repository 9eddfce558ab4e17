/** A copy of plain data with a value at a path; a field that was there keeps its place among the others. */
export function withField(target: object, [field = "", ...rest]: readonly string[], value: unknown): object {
  if (rest.length === 0) return { ...target, [field]: value };
  const child = (target as Readonly<Record<string, unknown>>)[field];
  const base = typeof child === "object" && child !== null ? child : {};
  return { ...target, [field]: withField(base, rest, value) };
}

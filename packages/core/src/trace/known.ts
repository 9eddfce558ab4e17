/** An object type whose fields are there or not, never `undefined`. */
export type Known<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** A copy without the fields that are `undefined`: what is unknown is absent. */
export function known<T extends object>(fields: T): Known<T> {
  const kept: Known<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value as Exclude<T[keyof T], undefined>;
  }
  return kept;
}

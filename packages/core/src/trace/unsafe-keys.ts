/** Keys that mean something to JavaScript itself. No field of ours has them, and a custom field that does is left out. */
export const unsafeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

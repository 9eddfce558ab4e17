import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { SettingsError } from "./settings-error.ts";

const method = z.custom((value) => typeof value === "function");
const field = z.looseObject({
  name: z.string(),
  label: z.string(),
  required: z.boolean(),
  secret: z.boolean(),
});

/** What a destination type must have, whoever made it. */
const destination = z.looseObject({
  type: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: z.string().trim().min(1),
  limits: z.looseObject({ maxPieces: z.int().positive(), maxBytes: z.number().positive() }),
  notCarried: z.record(z.string(), z.string()),
  form: z.array(field),
  parseConfig: method,
  maskConfig: method,
  connect: method,
});

/** Whether something is meant to be a destination type: it has a type, and something to connect or to be configured with. */
export function looksLikeDestination(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return "connect" in value || "parseConfig" in value;
}

/**
 * A value as the destination type that it is meant to be.
 * @param what - the beginning of the complaint: what is said of whom
 * @throws {@link SettingsError} naming the member that is missing or is not what it must be
 */
export function asDestination(value: unknown, what: string): Destination {
  const parsed = destination.safeParse(value);
  if (parsed.success) return value as Destination;
  const [first = ""] = parsed.error.issues.map(({ path }) => path.map(String).join("."));
  const [member = ""] = first.split(".");
  const isThere = (value as Readonly<Record<string, unknown>>)[member] !== undefined;
  throw new SettingsError(
    `${what}, which does not fit the Destination interface: ${isThere ? `its ${first} is not what it must be` : `it has no ${member}`}; make it with defineDestination.`,
  );
}

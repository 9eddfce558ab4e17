import { z } from "zod";
import { parsePath } from "./path.ts";

/** What is looked for inside texts. */
export const detectorNames = ["email", "phone", "card", "iban", "ip", "key"] as const;

/**
 * - `email`: e-mail addresses.
 * - `phone`: telephone numbers with a country code, and common national forms with separators.
 * - `card`: payment card numbers; the checksum must be right.
 * - `iban`: bank account numbers; length and checksum must be right.
 * - `ip`: addresses of both versions.
 * - `key`: what has the shape of a secret: API keys, bearer tokens, JWTs, private keys.
 */
export type DetectorName = (typeof detectorNames)[number];

/** What a destination must not see of the content and metadata it otherwise gets. */
export interface RedactionSettings {
  /** Fields that are replaced as a whole, such as `input[*].content`, `trace.metadata.customer` or `**.password`. See `parsePath`. */
  readonly paths?: readonly string[] | undefined;
  /** What is replaced wherever it stands in a text. */
  readonly detectors?: readonly DetectorName[] | undefined;
  /**
   * What stands in its place: a name such as `[email]`, or a name with a hash, which is the same for the same value, so that it can still be
   * counted and joined. A hash hides nothing from somebody who can try all values. @defaultValue "mask"
   */
  readonly replaceWith?: "mask" | "hash" | undefined;
}

const path = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    try {
      parsePath(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "is not a path" });
    }
  });

/** Checks redaction settings. */
export const redactionSchema = z
  .object({
    paths: z.array(path).max(100).optional(),
    detectors: z.array(z.enum(detectorNames)).optional(),
    replaceWith: z.enum(["mask", "hash"]).optional(),
  })
  .strict();

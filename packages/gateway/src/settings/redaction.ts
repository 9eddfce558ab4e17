import { redactionSchema } from "@tracecast/dispatcher";
import type { RedactionSettings } from "@tracecast/dispatcher";
import { z } from "zod";

const { paths, detectors, replaceWith } = redactionSchema.shape;

/** Redaction as it is written in a `tracecast.yaml` and sent to the management API. */
export const redaction = z.strictObject({ paths, detectors, replace_with: replaceWith });

/** Redaction under its names on the wire. */
export type WireRedaction = z.infer<typeof redaction>;

/** What was written or sent, as the dispatcher takes it. */
export function redactionFrom({ replace_with: replaceWith, ...rest }: WireRedaction): RedactionSettings {
  return { ...rest, ...(replaceWith && { replaceWith }) };
}

/** Settings as they are shown: under the names they were sent with. */
export function redactionView({ paths, detectors, replaceWith }: RedactionSettings): WireRedaction {
  return {
    ...(paths && { paths: [...paths] }),
    ...(detectors && { detectors: [...detectors] }),
    ...(replaceWith && { replace_with: replaceWith }),
  };
}

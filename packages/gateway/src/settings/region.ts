import { region as known } from "@tracecast/core";
import { z } from "zod";

/** A region as it is written in a `tracecast.yaml` and sent to the management API, which has two words for Europe. */
export const region = z
  .union([known, z.literal("eu")], { error: "must be global, europe or us" })
  .transform((name) => (name === "eu" ? "europe" : name));

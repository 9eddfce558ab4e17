import { z } from "zod";
import { defaultWorkspaceId } from "../store/workspace.ts";

/** Which destinations are listed. */
export const destinationsPage = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  workspace_id: z.uuid().default(defaultWorkspaceId),
});

/** Trace events that are handed in. */
export const eventsBody = z.object({ events: z.array(z.unknown()).min(1).max(1000) });

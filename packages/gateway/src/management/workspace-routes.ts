import { known } from "@tracecast/core";
import type { Hono } from "hono";
import { z } from "zod";
import { bodyOf } from "./body.ts";
import { parse } from "./destination-body.ts";
import { workspaceView } from "./workspace-view.ts";
import type { WorkspaceFields, Workspaces } from "./workspaces.ts";

const fields = {
  name: z.string().trim().min(1, "is required").max(100),
  // An address may name a workspace by its id too.
  slug: z
    .string()
    .max(50)
    .regex(/^[a-z\d]+(?:-[a-z\d]+)*$/, "must be lower-case letters, digits and single dashes")
    .refine((slug) => !z.guid().safeParse(slug).success, "must not look like an id"),
  description: z.string().max(1000).nullable(),
  is_observability_broadcast_enabled: z.boolean(),
};
/** What makes a workspace. */
export const createWorkspaceBody = z.object({
  ...fields,
  description: fields.description.default(null),
  is_observability_broadcast_enabled: fields.is_observability_broadcast_enabled.default(true),
});
/** What changes one. */
export const updateWorkspaceBody = z.object(fields).partial();
/** Which are listed. */
export const workspacesPage = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/**
 * The workspaces, as OpenRouter's API has them.
 * @see https://openrouter.ai/docs/api-reference/workspaces
 */
export function addWorkspaceRoutes(api: Hono, workspaces: Workspaces): void {
  const root = "/api/v1/workspaces";
  api.get(root, (c) => {
    const { offset, limit } = parse(workspacesPage, c.req.query());
    const all = workspaces.list();
    return c.json({
      data: all.slice(offset, offset + limit).map(workspaceView),
      total_count: all.length,
    });
  });
  api.post(root, async (c) => {
    const {
      name,
      slug,
      description,
      is_observability_broadcast_enabled: broadcastEnabled,
    } = parse(createWorkspaceBody, await bodyOf(c));
    const made = workspaces.create({ name, slug, description, broadcastEnabled });
    return c.json({ data: workspaceView(made) }, 201);
  });
  api.get(`${root}/:id`, (c) => c.json({ data: workspaceView(workspaces.get(c.req.param("id"))) }));
  api.patch(`${root}/:id`, async (c) => {
    const { is_observability_broadcast_enabled: broadcastEnabled, ...others } = parse(
      updateWorkspaceBody,
      await bodyOf(c),
    );
    const changes: Partial<WorkspaceFields> = known({ ...others, broadcastEnabled });
    return c.json({ data: workspaceView(workspaces.update(c.req.param("id"), changes)) });
  });
  api.delete(`${root}/:id`, (c) => {
    workspaces.delete(c.req.param("id"));
    return c.json({ deleted: true });
  });
}

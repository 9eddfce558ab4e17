import type { JsonObject } from "@tracecast/core";
import type { Hono } from "hono";
import { z } from "zod";
import type { ApiKeys } from "../keys/api-keys.ts";
import type { SavedKey } from "../store/config-store.ts";
import { ApiError } from "./api-error.ts";
import { bodyOf } from "./body.ts";
import { parse } from "./destination-body.ts";
import { defaultWorkspaceId } from "../store/workspace.ts";
import type { Workspaces } from "./workspaces.ts";

const name = z.string().trim().min(1, "is required").max(200);
/** What makes a key, or names one. */
export const createKeyBody = z.object({
  name,
  hash: z
    .string()
    .regex(/^[\da-f]{64}$/, "is not a key's SHA-256 in hex")
    .optional(),
  workspace_id: z.uuid().optional(),
});
/** What changes a key. */
export const updateKeyBody = z.object({ name: name.optional(), disabled: z.boolean().optional() });
/** Which keys are listed. */
export const keysPage = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  workspace_id: z.uuid().default(defaultWorkspaceId),
});
const perPage = 100;

/**
 * The keys of clients, as OpenRouter's API has them.
 * @see https://openrouter.ai/docs/api-reference/api-keys
 */
export function addKeyRoutes(
  api: Hono,
  { keys, workspaces }: { readonly keys: ApiKeys; readonly workspaces: Workspaces },
): void {
  const root = "/api/v1/keys";
  const known = (hash: string): SavedKey => {
    const saved = keys.get(hash);
    if (!saved) throw new ApiError(404, "There is no key with this hash.");
    return saved;
  };
  api.get(root, (c) => {
    const { offset, workspace_id: workspaceId } = parse(keysPage, c.req.query());
    return c.json({
      data: keys
        .list()
        .filter((key) => key.workspaceId === workspaceId)
        .slice(offset, offset + perPage)
        .map(keyView),
    });
  });
  api.post(root, async (c) => {
    const {
      name,
      hash,
      workspace_id: workspaceId = defaultWorkspaceId,
    } = parse(createKeyBody, await bodyOf(c));
    if (!workspaces.list().some(({ id }) => id === workspaceId))
      throw new ApiError(400, "There is no workspace with this workspace_id.");
    if (hash !== undefined) return c.json({ data: keyView(keys.name(hash, name, workspaceId)) }, 201);
    if (!keys.issues) throw new ApiError(400, issuesNone);
    const { saved, key } = keys.issue(name, workspaceId);
    return c.json({ data: keyView(saved), key }, 201);
  });
  api.get(`${root}/:hash`, (c) => c.json({ data: keyView(known(c.req.param("hash"))) }));
  api.patch(`${root}/:hash`, async (c) => {
    const { name, disabled } = parse(updateKeyBody, await bodyOf(c));
    const changes = { ...(name !== undefined && { name }), ...(disabled !== undefined && { disabled }) };
    return c.json({ data: keyView(keys.change(known(c.req.param("hash")), changes)) });
  });
  api.delete(`${root}/:hash`, (c) => {
    keys.delete(known(c.req.param("hash")).hash);
    return c.json({ deleted: true });
  });
}

const issuesNone =
  "This gateway passes its clients' own keys on and issues none. To have it issue keys, start it with TRACECAST_UPSTREAM_API_KEY; to give a client's key a name, send its SHA-256 as hash.";

/** Limits and spending are OpenRouter's; here nobody keeps count of them. */
function keyView({ hash, name, label, disabled, workspaceId, createdMs, updatedMs }: SavedKey): JsonObject {
  return {
    hash,
    name,
    label,
    disabled,
    workspace_id: workspaceId,
    created_at: new Date(createdMs).toISOString(),
    updated_at: new Date(updatedMs).toISOString(),
    creator_user_id: null,
    external_user: null,
    expires_at: null,
    include_byok_in_limit: false,
    limit: null,
    limit_remaining: null,
    limit_reset: null,
    usage: 0,
    usage_daily: 0,
    usage_weekly: 0,
    usage_monthly: 0,
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
  };
}

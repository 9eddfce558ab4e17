import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";
import type { ManagementClient } from "./management-client.ts";

/** The objects of a list. */
export const listIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];

/** All that a list of the API has, of one workspace after the other; each with the slug of its workspace as `workspace`. */
export async function listAll(client: ManagementClient, path: string): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (const { id, slug } of await pagesOf(client, "/api/v1/workspaces?limit=100")) {
    if (typeof id !== "string") continue;
    const there = await pagesOf(client, `${path}?workspace_id=${id}`);
    all.push(...there.map((one) => ({ ...one, workspace: slug })));
  }
  return all;
}

async function pagesOf(client: ManagementClient, path: string): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (;;) {
    const page = listIn((await client.ask("GET", `${path}&offset=${all.length}`))["data"]);
    if (page.length === 0) return all;
    all.push(...page);
  }
}

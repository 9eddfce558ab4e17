import { OpenRouter } from "@openrouter/sdk";
import { OpenRouter as OpenRouter1241 } from "openrouter-sdk-1.2.41";
import { OpenRouter as OpenRouter1275 } from "openrouter-sdk-1.2.75";
import { expect, test } from "vitest";
import { configs } from "./destination-configs.ts";
import { key, secret, setUp } from "./management-rig.ts";

/** As much of a client as the tests use; what differs between the versions is only what they know of a destination. */
type Client = Pick<OpenRouter, "observability">;

const versions: Readonly<Record<string, (options: { serverURL: string }) => Client>> = {
  "1.2.41": (options) => new OpenRouter1241({ ...settings, ...options }) as unknown as Client,
  "1.2.75": (options) => new OpenRouter1275({ ...settings, ...options }) as unknown as Client,
  "1.3.19": (options) => new OpenRouter({ ...settings, ...options }),
};
const settings = { apiKey: key, retryConfig: { strategy: "none" } } as const;
const types = Object.keys(configs);

/** A destination that a client cannot read it calls unknown, and says nothing. */
function expectKnown(destination: unknown, type: string): void {
  expect(destination).not.toHaveProperty("isUnknown");
  expect(destination).toMatchObject({ type });
  expect(JSON.stringify(destination)).not.toContain(secret);
}

async function listed(client: Client, query: object): Promise<readonly { readonly id: string }[]> {
  const all: { readonly id: string }[] = [];
  for await (const page of await client.observability.list(query)) {
    for (const one of page.result.data) {
      expect(one).not.toHaveProperty("isUnknown");
      all.push(one as { readonly id: string });
    }
  }
  return all;
}

test.each(Object.entries(versions))(
  "version %s of OpenRouter's client makes, lists, reads, changes and deletes a destination of every type it knows",
  async (_, connect) => {
    const { gateway } = await setUp();
    const client = connect({ serverURL: `${gateway.url}/api/v1` });
    for (const [type, config] of Object.entries(configs)) {
      const { data: made } = await client.observability.create({
        createObservabilityDestinationRequest: {
          type: type as never,
          name: type,
          config: config as never,
          apiKeyHashes: ["a".repeat(64)],
          filterRules: {
            groups: [{ rules: [{ field: "total_cost", operator: "gte", value: 0.01 }] }],
          },
        },
      });
      expectKnown(made, type);
      const { id } = made as { readonly id: string };
      expectKnown((await client.observability.get({ id })).data, type);
      const { data: changed } = await client.observability.update({
        id,
        updateObservabilityDestinationRequest: {
          name: "Changed",
          samplingRate: 0.5,
          privacyMode: true,
          broadcastGenerationCost: true,
          apiKeyHashes: null,
          filterRules: null,
        },
      });
      expectKnown(changed, type);
      expect(changed).toMatchObject({ name: "Changed", broadcastGenerationCost: true, apiKeyHashes: null });
    }
    const all = await listed(client, {});
    expect(all).toHaveLength(types.length);
    for (const { id } of all) expect(await client.observability.delete({ id })).toEqual({ deleted: true });
    expect(await listed(client, {})).toEqual([]);
  },
);

test("every version pages through the five destinations of every type in two workspaces, page after page", async () => {
  const { ask, client, gateway } = await setUp();
  const { data: other } = await client.workspaces.create({
    createWorkspaceRequest: { name: "Other", slug: "other" },
  });
  for (const [type, config] of Object.entries(configs))
    for (let n = 0; n < 5; n += 1)
      for (const workspace_id of [undefined, other.id]) {
        const body = { type, name: `${type} ${n}`, config, workspace_id };
        expect((await ask("POST", "/api/v1/observability/destinations", body)).status).toBe(201);
      }
  const count = types.length * 5;
  expect(count).toBeGreaterThan(50);
  for (const connect of Object.values(versions)) {
    const sdk = connect({ serverURL: `${gateway.url}/api/v1` });
    const ids = [...(await listed(sdk, {})), ...(await listed(sdk, { workspaceId: other.id, limit: 7 }))].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(count * 2);
  }
});

test("a client pages through more workspaces than one page holds", async () => {
  const { ask, client } = await setUp();
  for (let n = 0; n < 110; n += 1)
    await ask("POST", "/api/v1/workspaces", { name: `Team ${n}`, slug: `team-${n}` });
  const slugs: string[] = [];
  for await (const { result } of await client.workspaces.list())
    slugs.push(...result.data.map(({ slug }) => slug));
  expect(slugs).toHaveLength(111);
  expect(new Set(slugs).size).toBe(111);
});

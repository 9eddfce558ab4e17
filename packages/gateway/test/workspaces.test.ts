import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { destinationTypes } from "../src/destination-types.ts";
import { createHash } from "node:crypto";
import { dataOf, key, listOf, secret, setUp, workspaceId } from "./management-rig.ts";
import type { Rig } from "./management-rig.ts";
import { sendJson } from "./provider.ts";

const root = "/api/v1/workspaces";
const destinations = "/api/v1/observability/destinations";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const braintrust = (more: object = {}) => ({
  type: "braintrust",
  name: "B",
  // Nobody is there; what is sent waits.
  config: { apiKey: secret, projectId: "p", baseUrl: "http://127.0.0.1:9" },
  ...more,
});

async function makeWorkspace({ client }: Rig, slug: string): Promise<string> {
  const { data } = await client.workspaces.create({ createWorkspaceRequest: { name: slug, slug } });
  return data.id;
}

async function chat({ gateway, provider }: Rig, bearer?: string): Promise<void> {
  provider.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ model: "m", messages: [] }),
  });
  await answer.text();
}

test("OpenRouter's client makes, lists, reads, changes and deletes workspaces, by id and by slug", async () => {
  const { client } = await setUp();
  const { data: made } = await client.workspaces.create({
    createWorkspaceRequest: {
      name: "Team B",
      slug: "team-b",
      description: "Evals",
      isObservabilityBroadcastEnabled: false,
    },
  });
  expect(made).toMatchObject({
    name: "Team B",
    slug: "team-b",
    description: "Evals",
    isObservabilityBroadcastEnabled: false,
    updatedAt: null,
  });
  const slugs: string[] = [];
  for await (const page of await client.workspaces.list({ limit: 1 }))
    slugs.push(...page.result.data.map(({ slug }) => slug));
  expect(slugs).toEqual(["default", "team-b"]);
  expect((await client.workspaces.get({ id: made.id })).data).toEqual(made);
  const { data: changed } = await client.workspaces.update({
    id: "team-b",
    updateWorkspaceRequest: { name: "Team C", slug: "team-c", isObservabilityBroadcastEnabled: true },
  });
  expect(changed).toMatchObject({ id: made.id, name: "Team C", isObservabilityBroadcastEnabled: true });
  expect((await client.workspaces.get({ id: "team-c" })).data).toEqual(changed);
  expect(await client.workspaces.delete({ id: "team-c" })).toEqual({ deleted: true });
  await expect(client.workspaces.get({ id: made.id })).rejects.toMatchObject({ statusCode: 404 });
});

test.each([
  ["POST", root, { name: "A" }, 400, /slug: /],
  ["POST", root, { name: "A", slug: "Not A Slug" }, 400, /slug: must be lower-case/],
  ["POST", root, { name: "A", slug: workspaceId }, 400, /slug: must not look like an id/],
  ["POST", root, { name: "A", slug: "default" }, 400, /"default" is another workspace's already/],
  ["PATCH", `${root}/nowhere`, { name: "A" }, 404, /no workspace/],
  ["PATCH", `${root}/default`, { is_observability_broadcast_enabled: "no" }, 400, /broadcast_enabled: /],
  ["DELETE", `${root}/default`, undefined, 400, /default workspace cannot be deleted/],
  [
    "POST",
    "/api/v1/keys",
    { name: "K", hash: sha256("k"), workspace_id: crypto.randomUUID() },
    400,
    /no workspace/,
  ],
])("%s %s with %j is refused in one sentence", async (method, path, body, status, message) => {
  const { ask } = await setUp();
  expect(await ask(method, path, body)).toMatchObject({
    status,
    body: { error: { code: status, message: expect.stringMatching(message) } },
  });
});

test("a workspace that has destinations or keys is not deleted", async () => {
  const rig = await setUp();
  const { ask } = rig;
  const id = await makeWorkspace(rig, "team-b");
  const made = dataOf(await ask("POST", destinations, braintrust({ workspace_id: id })));
  await ask("POST", "/api/v1/keys", { name: "K", hash: sha256("sk-b"), workspace_id: id });
  expect(await ask("DELETE", `${root}/team-b`)).toMatchObject({
    status: 400,
    body: {
      error: { message: "The workspace still has 1 destination and 1 key; delete them first." },
    },
  });
  await ask("DELETE", `${destinations}/${made.id}`);
  await ask("DELETE", `/api/v1/keys/${sha256("sk-b")}`);
  expect((await ask("DELETE", `${root}/team-b`)).body).toEqual({ deleted: true });
  expect((await ask("POST", `/api/tracecast/v1/destinations/${made.id}/restore`)).status).toBe(409);
});

test("an event goes to the destinations of its key's workspace, while that one broadcasts; the gateway's own traces see all", async () => {
  const rig = await setUp();
  const { ask, gateway } = rig;
  const b = await makeWorkspace(rig, "team-b");
  const inDefault = dataOf(await ask("POST", destinations, braintrust()));
  const inB = dataOf(await ask("POST", destinations, braintrust({ workspace_id: b })));
  expect([inDefault, inB]).toMatchObject([{ workspace_id: workspaceId }, { workspace_id: b }]);
  expect(listOf(await ask("GET", destinations))).toMatchObject([{ id: inDefault.id }]);
  expect(listOf(await ask("GET", `${destinations}?workspace_id=${b}`))).toMatchObject([{ id: inB.id }]);
  await ask("POST", "/api/v1/keys", { name: "Laptop of B", hash: sha256("sk-b"), workspace_id: b });
  expect(listOf(await ask("GET", "/api/v1/keys"))).toEqual([]);
  expect(listOf(await ask("GET", `/api/v1/keys?workspace_id=${b}`))).toHaveLength(1);

  const figures = () => gateway.dispatcher.stats().map(({ published, filtered }) => [published, filtered]);
  await chat(rig, "sk-a");
  await chat(rig);
  await chat(rig, "sk-b");
  await expect.poll(() => gateway.dispatcher.stats()[0]?.published).toBe(3);
  expect(figures()).toEqual([
    [3, {}],
    [3, { workspace: 1 }],
    [3, { workspace: 2 }],
  ]);
  await expect.poll(() => gateway.localTraces.list()).toHaveLength(3);
  const captured = gateway.localTraces.list()[2];
  expect(captured).toMatchObject({ workspaceId: b, apiKey: { name: "Laptop of B" } });
  expect((await ask("POST", "/api/tracecast/v1/route", captured)).body).toEqual({
    data: [
      { destinationId: "local", admitted: true },
      { destinationId: inDefault.id, admitted: false, by: "workspace" },
      { destinationId: inB.id, admitted: true },
    ],
  });

  await ask("PATCH", `${root}/team-b`, { is_observability_broadcast_enabled: false });
  await chat(rig, "sk-b");
  await chat(rig, "sk-a");
  await expect.poll(() => gateway.dispatcher.stats()[0]?.published).toBe(5);
  expect(figures()).toEqual([
    [5, { workspace: 1 }],
    [5, { workspace: 2 }],
    [5, { workspace: 4 }],
  ]);
  // Nobody is left to want anything: nothing is recorded.
  await ask("PATCH", `${root}/default`, { is_observability_broadcast_enabled: false });
  await chat(rig, "sk-a");
  await ask("PATCH", `${root}/default`, { is_observability_broadcast_enabled: true });
  await chat(rig, "sk-a");
  await expect.poll(() => gateway.dispatcher.stats()[0]?.published).toBe(6);
});

test("five destinations of a type are of one workspace", async () => {
  const rig = await setUp();
  const b = await makeWorkspace(rig, "team-b");
  const statusIn = async (workspace: string) =>
    (await rig.ask("POST", destinations, braintrust({ workspace_id: workspace }))).status;
  for (const workspace of [workspaceId, b])
    for (const status of [201, 201, 201, 201, 201, 409]) expect(await statusIn(workspace)).toBe(status);
});

test("traces that were recorded elsewhere are of the workspace of the key that brings them", async () => {
  const rig = await setUp();
  const { ask, gateway } = rig;
  const b = await makeWorkspace(rig, "team-b");
  await ask("POST", "/api/v1/keys", { name: "Exporter", hash: sha256("sk-b"), workspace_id: b });
  const span = (spanId: string) => ({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId,
    name: "chat",
    startTimeUnixNano: "1767323045100000000",
    endTimeUnixNano: "1767323046100000000",
    attributes: [{ key: "gen_ai.operation.name", value: { stringValue: "chat" } }],
  });
  for (const [spanId, token] of [
    ["b7ad6b7169203331", "sk-b"],
    ["b7ad6b7169203332", key],
  ] as const)
    await ask("POST", "/v1/traces", { resourceSpans: [{ scopeSpans: [{ spans: [span(spanId)] }] }] }, token);
  await expect.poll(() => gateway.localTraces.list()).toHaveLength(2);
  expect(gateway.localTraces.list().map((event) => event.workspaceId)).toEqual([b, workspaceId]);
});

test("workspaces, and what is declared in one, are there after a restart; one that is not there is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-workspaces-"));
  const first = await setUp({ folder });
  const b = await makeWorkspace(first, "team-b");
  await first.ask("PATCH", `${root}/team-b`, { is_observability_broadcast_enabled: false });
  await first.stop();
  const type = destinationTypes[0]!;
  const declared = { name: "Declared", type, config: { apiKey: secret, projectId: "p" } };
  const second = await setUp({
    folder,
    settings: { destinations: [{ ...declared, workspace: "team-b" }] },
  });
  expect(listOf(await second.ask("GET", `${destinations}?workspace_id=${b}`))).toMatchObject([
    { name: "Declared", workspace_id: b, read_only: true },
  ]);
  expect((await second.ask("DELETE", `${root}/team-b`)).status).toBe(400);
  second.gateway.dispatcher.publish(sampleTraceEvent({ workspaceId: b }));
  expect(second.gateway.dispatcher.stats()[1]).toMatchObject({ filtered: { workspace: 1 } });
  await second.stop();
  await expect(
    setUp({ folder, settings: { destinations: [{ ...declared, workspace: "team-x" }] } }),
  ).rejects.toThrow(/"Declared" names the workspace "team-x", which is not one of: default, team-b/);
});

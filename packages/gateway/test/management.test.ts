import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import { sampleTraceEvent, startFaultServer } from "@tracecast/destination-testkit";
import { OpenRouter as OlderOpenRouter } from "openrouter-sdk-1.2.41";
import { expect, onTestFinished, test } from "vitest";
import { managementClient } from "../src/cli/management-client.ts";
import { testDestination } from "../src/cli/manage.ts";
import { destinationTypes } from "../src/destination-types.ts";
import { configs } from "./destination-configs.ts";
import { dataOf, key, listOf, secret, setUp, workspaceId } from "./management-rig.ts";
import type { Shown } from "./management-rig.ts";
import { sendJson } from "./provider.ts";

const root = "/api/v1/observability/destinations";
const own = "/api/tracecast/v1";
const braintrust = (more: object = {}) => ({
  type: "braintrust",
  name: "Production",
  config: { apiKey: secret, projectId: "p1" },
  ...more,
});

test.each(Object.entries(configs))(
  "OpenRouter's published clients make, read, change and delete a destination of the type %s",
  async (type, config) => {
    const { client, gateway } = await setUp();
    const older = new OlderOpenRouter({
      apiKey: key,
      serverURL: `${gateway.url}/api/v1`,
      retryConfig: { strategy: "none" },
    });
    const { data } = await client.observability.create({
      createObservabilityDestinationRequest: {
        type: type as never,
        name: "One",
        config: config as never,
        filterRules: { groups: [{ rules: [{ field: "model", operator: "equals", value: "m" }] }] },
      },
    });
    // A destination that it cannot read, the client calls unknown, and says nothing.
    expect(data).not.toHaveProperty("isUnknown");
    const made = data as typeof data & Shown;
    expect(made).toMatchObject({
      type,
      name: "One",
      enabled: true,
      samplingRate: 1,
      apiKeyHashes: null,
      regions: ["global"],
    });
    expect(JSON.stringify(made)).not.toContain(secret);
    for (const sdk of [client, older]) {
      const { data: read } = await sdk.observability.get({ id: made.id });
      expect(read).not.toHaveProperty("isUnknown");
      expect(read).toMatchObject({ id: made.id, type });
    }
    const { data: changed } = await client.observability.update({
      id: made.id,
      updateObservabilityDestinationRequest: { name: "Two", samplingRate: 0.5, filterRules: null },
    });
    expect(changed).toMatchObject({ name: "Two", samplingRate: 0.5, filterRules: null });
    expect(gateway.dispatcher.stats()).toMatchObject([{ id: "local" }, { id: made.id, name: "Two", type }]);
    expect(await client.observability.delete({ id: made.id })).toEqual({ deleted: true });
    expect(gateway.dispatcher.stats()).toMatchObject([{ id: "local" }]);
    await expect(client.observability.get({ id: made.id })).rejects.toMatchObject({ statusCode: 404 });
  },
);

test("a long list is paged through to its end, newest first, and a sixth of one type is too many", async () => {
  const { client, ask } = await setUp();
  const types = ["braintrust", "langsmith", "ramp"];
  for (const type of types)
    for (let n = 0; n < 5; n += 1)
      expect((await ask("POST", root, { type, name: `${type} ${n}`, config: configs[type] })).status).toBe(
        201,
      );
  expect(await ask("POST", root, braintrust())).toMatchObject({
    status: 409,
    body: { error: { code: 409, message: expect.stringContaining("5 destinations of the type braintrust") } },
  });
  const names: unknown[] = [];
  for await (const page of await client.observability.list({ limit: 4 }))
    names.push(...page.result.data.map((one) => (one as { name?: string }).name));
  expect(names).toHaveLength(15);
  expect(new Set(names)).toHaveProperty("size", 15);
  expect((await ask("GET", `${root}?offset=14&limit=5`)).body).toMatchObject({
    total_count: 15,
    data: [expect.anything()],
  });
  expect((await ask("GET", `${root}?limit=101`)).status).toBe(400);
});

test("a masked value that is sent back leaves the secret as it was; another replaces it", async () => {
  const braintrustServer = await startBraintrust();
  onTestFinished(() => braintrustServer.close());
  const { ask, provider, gateway } = await setUp();
  const { apiKey, projectId, url: baseUrl } = braintrustServer;
  const config = { apiKey, projectId, baseUrl, headers: { "x-team": "a-team-that-is-secret" } };
  const made = dataOf(await ask("POST", root, { type: "braintrust", name: "B", config }));
  expect(made.config.apiKey).not.toBe(apiKey);
  const back = { ...made.config, projectId: "elsewhere" };
  const changed = dataOf(await ask("PATCH", `${root}/${made.id}`, { config: back }));
  expect(changed.config).toMatchObject({
    projectId: "elsewhere",
    apiKey: made.config.apiKey,
    headers: made.config.headers,
  });
  await ask("PATCH", `${root}/${made.id}`, { config: { projectId } });
  expect(await ask("POST", `${own}/destinations/${made.id}/test`)).toMatchObject({
    body: { ok: true },
  });

  provider.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [] }),
  });
  await gateway.flush({ timeoutMs: 5000 });
  await expect.poll(() => braintrustServer.rows()).toHaveLength(1);

  await ask("PATCH", `${root}/${made.id}`, { config: { apiKey: "sk-another-and-wrong-one" } });
  expect(await ask("POST", `${own}/destinations/${made.id}/test`)).toMatchObject({
    body: { ok: false },
  });
});

test.each<[string, string, unknown, number, RegExp]>([
  ["POST", root, "{", 400, /the body is not JSON/],
  ["POST", root, { ...braintrust(), type: "nothing" }, 400, /type: must be one of braintrust, /],
  ["POST", root, { type: "braintrust", config: {} }, 400, /name: /],
  [
    "POST",
    root,
    braintrust({ config: { apiKey: secret } }),
    400,
    /Invalid configuration: .*Project Id \(projectId\) is required/,
  ],
  ["POST", root, braintrust({ sampling_rate: 0 }), 400, /sampling_rate: /],
  ["POST", root, braintrust({ api_key_hashes: [] }), 400, /api_key_hashes: must name a key/],
  ["POST", root, braintrust({ privacy_mode: "true" }), 400, /privacy_mode: /],
  ["POST", root, braintrust({ regions: [] }), 400, /regions: /],
  [
    "POST",
    root,
    braintrust({ filter_rules: { groups: [{ rules: [{ field: "model", operator: "gt", value: 1 }] }] } }),
    400,
    /filter_rules\.groups\.0\.rules\.0\.operator: does not fit/,
  ],
  ["POST", root, braintrust({ workspace_id: "7a41ecf5-4698-4b9a-9937-4ad334cb6b90" }), 400, /no workspace/],
  ["GET", `${root}/nothing`, undefined, 404, /no destination/],
  ["PATCH", `${root}/7a41ecf5-4698-4b9a-9937-4ad334cb6b90`, {}, 404, /no destination/],
  ["GET", "/api/v1/observability/elsewhere", undefined, 404, /not found/],
])("%s %s with %j is answered with one sentence", async (method, path, body, status, message) => {
  const { ask } = await setUp();
  const answer = await ask(method, path, body);
  expect(answer).toMatchObject({
    status,
    body: { error: { code: status, message: expect.stringMatching(message) } },
  });
  expect(JSON.stringify(answer.body)).not.toContain(secret);
});

test("without the management key nothing is answered, and with it no model is called", async () => {
  const { ask, gateway, provider } = await setUp();
  expect(await ask("GET", root, undefined, "")).toMatchObject({
    status: 401,
    body: { error: { code: 401, message: "Missing Authentication header" } },
  });
  expect(await ask("GET", root, undefined, "sk-wrong")).toMatchObject({ status: 401 });
  const call = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: "{}",
  });
  expect([call.status, provider.requests]).toEqual([403, []]);
});

test("what was made is there after a restart, encrypted on disk, and a key is made where none was set", async () => {
  const first = await setUp();
  const { id } = dataOf(await first.ask("POST", root, braintrust()));
  await first.ask("PATCH", `/api/v1/workspaces/${workspaceId}`, {
    is_observability_broadcast_enabled: false,
  });
  await first.stop();
  const files = readdirSync(first.folder, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const bytes = files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("");
  expect(bytes).not.toContain(secret);

  const second = await setUp({ folder: first.folder, managementKey: "" });
  const made = join(first.folder, "management-key");
  expect(existsSync(made)).toBe(true);
  expect(statSync(made).mode & 0o777).toBe(0o600);
  const token = readFileSync(made, "utf8").trim();
  expect(dataOf(await second.ask("GET", `${root}/${id}`, undefined, token))).toMatchObject({
    id,
    name: "Production",
  });
  expect(second.gateway.dispatcher.stats().map((one) => one.id)).toContain(id);
  expect(
    dataOf(await second.ask("GET", `/api/v1/workspaces/${workspaceId}`, undefined, token)),
  ).toMatchObject({
    is_observability_broadcast_enabled: false,
  });
});

test("the switch for Broadcast holds at once, for OpenRouter's client too", async () => {
  const { client, gateway, provider } = await setUp();
  provider.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  const call = () =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages: [] }),
    });
  const { data } = await client.workspaces.update({
    id: workspaceId,
    updateWorkspaceRequest: { isObservabilityBroadcastEnabled: false },
  });
  expect(data.isObservabilityBroadcastEnabled).toBe(false);
  await (await call()).text();
  await client.workspaces.update({
    id: workspaceId,
    updateWorkspaceRequest: { isObservabilityBroadcastEnabled: true },
  });
  await (await call()).text();
  await expect.poll(() => gateway.dispatcher.stats()[0]?.published).toBe(1);
});

test("what is declared in a file is shown, and can only be changed there", async () => {
  const type = destinationTypes[0]!;
  const { ask } = await setUp({
    settings: { destinations: [{ name: "Declared", type, config: { apiKey: secret, projectId: "p" } }] },
  });
  const [declared = { id: "", config: {} }] = listOf(await ask("GET", root));
  expect(declared).toMatchObject({ name: "Declared", read_only: true });
  expect(JSON.stringify(declared)).not.toContain(secret);
  for (const method of ["PATCH", "DELETE"])
    expect(await ask(method, `${root}/${declared.id}`, {})).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining("change it there") } },
    });
  expect(await ask("GET", `${own}/destinations/${declared.id}/stats`)).toMatchObject({
    body: { data: { id: "Declared", pending: 0 } },
  });
});

test("a destination in a private network is not reached, tested or saved with a test, unless that is allowed", async () => {
  const server = await startBraintrust();
  onTestFinished(() => server.close());
  const { ask } = await setUp({ settings: { privateNetworks: "refuse" } });
  const { apiKey, projectId, url: baseUrl } = server;
  const body = braintrust({ config: { apiKey, projectId, baseUrl } });
  expect(await ask("POST", "/api/tracecast/v1/destinations", body)).toMatchObject({
    status: 400,
    body: {
      error: { message: expect.stringContaining("is in a private network, and those are not allowed here") },
    },
  });
});

test("beside OpenRouter's API: types with their forms, a save that needs a passed test, routes foreseen, dead letters", async () => {
  const server = await startBraintrust();
  onTestFinished(() => server.close());
  const { ask, gateway } = await setUp();
  const own = "/api/tracecast/v1";
  const types = listOf(await ask("GET", `${own}/destination-types`));
  expect(types).toHaveLength(destinationTypes.length);
  expect(types[0]).toMatchObject({
    type: "braintrust",
    form: [{ name: "apiKey", label: "Api Key", secret: true }, {}, {}, {}],
    not_carried: [],
  });

  const config = { apiKey: server.apiKey, projectId: server.projectId, baseUrl: server.url };
  const wrong = { ...config, apiKey: "sk-not-this-one" };
  expect(await ask("POST", `${own}/destinations/test`, { type: "braintrust", config: wrong })).toMatchObject({
    status: 200,
    body: { ok: false },
  });
  expect(await ask("POST", `${own}/destinations`, braintrust({ config: wrong }))).toMatchObject({
    status: 400,
    body: {
      error: { message: expect.stringMatching(/^Not saved, for the connection test failed: .*Api Key/) },
    },
  });
  expect(await ask("GET", root)).toMatchObject({ body: { total_count: 0 } });
  const made = dataOf(await ask("POST", `${own}/destinations`, braintrust({ config })));

  const event = sampleTraceEvent({ workspaceId });
  expect(dataOf(await ask("POST", `${own}/route`, event))).toEqual([
    { destinationId: "local", admitted: true },
    { destinationId: made.id, admitted: true },
  ]);
  gateway.dispatcher.publish(event);
  await gateway.flush({ timeoutMs: 5000 });
  expect(dataOf(await ask("GET", `${own}/explain/${event.id}`))).toMatchObject([
    { destinations: { [made.id]: { state: "delivered" } } },
  ]);
  expect((await ask("GET", `${own}/destinations/${made.id}/dead-letters`)).body).toEqual({
    data: [],
    total_count: 0,
  });
  expect((await ask("POST", `${own}/destinations/${made.id}/dead-letters/replay`, {})).body).toEqual({
    replayed: 0,
  });
  expect((await ask("DELETE", `${own}/destinations/${made.id}/dead-letters`)).body).toEqual({ purged: 0 });
});

test("where every save is to be tested, those of OpenRouter's clients are too; switching off and renaming still work", async () => {
  const braintrustServer = await startBraintrust();
  onTestFinished(() => braintrustServer.close());
  const { client, ask } = await setUp({ settings: { testBeforeSave: "always" } });
  const { apiKey, projectId, url: baseUrl } = braintrustServer;
  const config = { apiKey, projectId, baseUrl };
  const failed = { message: expect.stringMatching(/^Not saved, for the connection test failed: /) };
  const create = (config: Record<string, string>) =>
    client.observability.create({
      createObservabilityDestinationRequest: { type: "braintrust", name: "Evals", config },
    });
  await expect(create({ ...config, apiKey: "sk-not-this-one" })).rejects.toMatchObject(failed);
  const { id } = dataOf(await ask("POST", root, braintrust({ config })));
  expect(await ask("PATCH", `${root}/${id}`, { config: { apiKey: "sk-not-this-one" } })).toMatchObject({
    status: 400,
    body: { error: failed },
  });
  await braintrustServer.close();
  for (const change of [{ name: "Old" }, { enabled: false }])
    expect(await ask("PATCH", `${root}/${id}`, change)).toMatchObject({
      status: 200,
      body: { data: change },
    });
  expect(await ask("PATCH", `${root}/${id}`, { enabled: true })).toMatchObject({ status: 400 });
});

test("a destination is paused, resumed, sent a test trace, deleted and had back", async () => {
  const braintrustServer = await startBraintrust();
  onTestFinished(() => braintrustServer.close());
  const { ask } = await setUp();
  const { apiKey, projectId, url: baseUrl } = braintrustServer;
  const made = await ask("POST", `${own}/destinations`, {
    type: "braintrust",
    name: "Evals",
    config: { apiKey, projectId, baseUrl },
  });
  const { id } = (made.body as { data: { id: string } }).data;
  const at = `${own}/destinations/${id}`;
  const state = async () =>
    ((await ask("GET", `${at}/stats`)).body as { data: { state: string } }).data?.state;
  await ask("POST", `${at}/pause`);
  expect(await state()).toBe("paused");
  await ask("POST", `${at}/resume`);
  expect(await state()).toBe("running");
  expect((await ask("POST", `${at}/sample`)).body).toEqual({
    ok: true,
    message: expect.stringMatching(/^Braintrust took the test trace test-trace-/),
  });
  expect(JSON.stringify(await braintrustServer.untilRows(1))).toContain("The capital of France is Paris.");
  await ask("DELETE", `${root}/${id}`);
  expect((await ask("GET", `${root}/${id}`)).status).toBe(404);
  expect((await ask("POST", `${at}/restore`)).status).toBe(200);
  expect((await ask("GET", `${root}/${id}`)).status).toBe(200);
  expect((await ask("POST", `${at}/restore`)).status).toBe(404);
  expect(await state()).toBe("running");
});

test("wrong keys of one address are slowed, the right one never is", async () => {
  const { gateway, ask } = await setUp();
  const wrong = () =>
    fetch(`${gateway.url}${root}`, { headers: { authorization: "Bearer wrong-key-0123456789" } });
  const statuses: number[] = [];
  for (let time = 0; time < 12; time += 1) statuses.push((await wrong()).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  expect((await ask("GET", root)).status).toBe(200);
});

test("what a type cannot carry is told with the types, and by a connection test that passes", async () => {
  const farEnd = await startFaultServer();
  onTestFinished(() => farEnd.close());
  farEnd.answerAll({ status: 204 });
  const { ask, gateway } = await setUp();
  const own = "/api/tracecast/v1";
  const citations = "Raindrop has no place for the citations of an answer.";
  expect(await ask("GET", `${own}/destination-types`)).toMatchObject({
    body: {
      data: expect.arrayContaining([
        expect.objectContaining({
          type: "raindrop",
          not_carried: expect.arrayContaining([{ field: "output.annotations", reason: citations }]),
        }),
      ]),
    },
  });

  const config = { writeKey: "raindrop-write-key-0123456789", baseUrl: farEnd.url };
  const unsaved = await ask("POST", `${own}/destinations/test`, { type: "raindrop", config });
  const { notes } = unsaved.body as { readonly notes: readonly string[] };
  expect(unsaved).toMatchObject({ body: { ok: true, notes: expect.arrayContaining([citations]) } });
  // Three fields share a reason: it is said once.
  expect(new Set(notes).size).toBe(notes.length);
  const made = dataOf(await ask("POST", root, { type: "raindrop", name: "Rain", config }));
  expect(await ask("POST", `${own}/destinations/${made.id}/test`)).toMatchObject({
    body: { ok: true, notes },
  });
  const client = managementClient({ TRACECAST_MANAGEMENT_KEY: key }, gateway.url);
  const { lines, code } = await testDestination("Rain")(client);
  expect({ lines: lines.slice(1), code }).toEqual({ lines: notes, code: 0 });

  farEnd.answerAll({ status: 401 });
  expect(await ask("POST", `${own}/destinations/${made.id}/test`)).toMatchObject({
    body: { ok: false, notes: [] },
  });
});

test.each([
  ["PUT", root, "GET, POST"],
  ["PUT", `${root}/7a41ecf5-4698-4b9a-9937-4ad334cb6b90`, "DELETE, GET, PATCH"],
  ["GET", "/api/tracecast/v1/route", "POST"],
  ["POST", "/api/tracecast/v1/openapi.json", "GET"],
  ["POST", "/api/v1/workspaces/default", "DELETE, GET, PATCH"],
])("%s %s is answered with the methods that the path has", async (method, path, allowed) => {
  const { gateway } = await setUp();
  const answer = await fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${key}` } });
  expect(answer.headers.get("allow")).toBe(allowed);
  expect([answer.status, await answer.json()]).toEqual([
    405,
    { error: { code: 405, message: `${method} is not a method of this path; it has ${allowed}.` } },
  ]);
});

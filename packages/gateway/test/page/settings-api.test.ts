import { expect, test } from "vitest";
import { startManagedGateway } from "./managed-gateway.ts";

const own = "/api/tracecast/v1";

interface Letters {
  readonly data: readonly { readonly eventId: string; readonly event?: unknown }[];
  readonly total_count: number;
}

interface DryRun {
  readonly data: readonly object[];
  readonly total_count: number;
  readonly admitted_count: number;
}

test("one question tells how all destinations fare", async () => {
  const { api, addBraintrust, addRefusing } = await startManagedGateway();
  const [good, bad] = [await addBraintrust(), await addRefusing(2)];
  const { data } = await api<{ data: object[] }>("GET", `${own}/stats`);
  expect(data).toHaveLength(2);
  expect(data).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: good, state: "running", dead: 0 }),
      expect.objectContaining({ id: bad, state: "running", dead: 2 }),
    ]),
  );
  await api("POST", `${own}/destinations/${good}/pause`);
  const paused = await api<{ data: { id: string }[] }>("GET", `${own}/stats`);
  expect(paused.data.find(({ id }) => id === good)).toMatchObject({
    state: "paused",
    pausedSinceMs: expect.any(Number),
  });
});

test("rules that are not saved judge the traces of late, and name what keeps each away", async () => {
  const { api, ask, gateway } = await startManagedGateway();
  await ask({ user: "ada" });
  await ask({ user: "bob" });
  await gateway.flush({ timeoutMs: 5000 });
  const dryRun = (settings: object) => api<DryRun>("POST", `${own}/destinations/dry-run`, settings);
  expect(await dryRun({})).toMatchObject({ total_count: 2, admitted_count: 2 });
  const rules = [
    { field: "model", operator: "starts_with", value: "openai/" },
    { field: "user_id", operator: "equals", value: "bob" },
  ];
  expect(await dryRun({ filter_rules: { groups: [{ rules }] } })).toMatchObject({
    admitted_count: 1,
    data: [
      { name: "Explain", admitted: true },
      { name: "Explain", admitted: false, by: "filter_rules", failing: ["groups.0.rules.1"] },
    ],
  });
  expect(await dryRun({ api_key_hashes: ["a".repeat(64)] })).toMatchObject({
    admitted_count: 0,
    data: [{ by: "api_key" }, { by: "api_key" }],
  });
  const blank = [{ field: "model", operator: "equals", value: "" }];
  await expect(dryRun({ filter_rules: { groups: [{ rules: blank }] } })).rejects.toThrow(
    "filter_rules.groups.0.rules.0.value: is needed by equals",
  );
});

test("dead letters come in pages, newest first; one of them with its event", async () => {
  const { api, addRefusing } = await startManagedGateway();
  const id = await addRefusing(5);
  const root = `${own}/destinations/${id}/dead-letters`;
  const page = await api<Letters>("GET", `${root}?offset=1&limit=2`);
  expect(page).toMatchObject({ total_count: 5, data: [{ code: "invalid" }, {}] });
  expect(page.data).toHaveLength(2);
  expect(page.data[0]).not.toHaveProperty("event");
  const [letter] = page.data;
  expect(await api("GET", `${root}/${letter?.eventId}`)).toMatchObject({
    data: { eventId: letter?.eventId, event: { id: letter?.eventId, operation: "chat" } },
  });
  await expect(api("GET", `${root}/unknown`)).rejects.toThrow("not there any more");
});

test("a copy takes over what is shown masked, and a setting that is null goes", async () => {
  const { api, addBraintrust, braintrust } = await startManagedGateway();
  const id = await addBraintrust({ name: "Original" });
  const at = `/api/v1/observability/destinations/${id}`;
  interface Shown {
    readonly data: { readonly id: string; readonly config: Readonly<Record<string, string>> };
  }
  const { config } = (await api<Shown>("GET", at)).data;
  const body = { type: "braintrust", name: "Copy", config, copied_from: id };
  const copy = await api<Shown>("POST", `${own}/destinations`, body);
  expect(copy.data.config).toEqual(config);
  await api("POST", `${own}/destinations/${copy.data.id}/sample`);
  await braintrust.untilRows(1);
  await expect(
    api("POST", `${own}/destinations`, { ...body, type: "webhook", config: { url: braintrust.url } }),
  ).rejects.toThrow('"Original" is of the type braintrust, not webhook.');

  await api("PATCH", at, { config: { headers: { "x-team": "a-secret-of-the-team" } } });
  expect((await api<Shown>("GET", at)).data.config).toHaveProperty("headers");
  await api("PATCH", at, { config: { headers: null } });
  expect((await api<Shown>("GET", at)).data.config).toEqual(config);
});

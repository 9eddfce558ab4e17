import { parseTraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { createParser } from "eventsource-parser";
import { expect, test } from "vitest";
import { defaultWorkspaceId } from "../../src/store/workspace.ts";
import { managementKey, startManagedGateway } from "./managed-gateway.ts";

const own = "/api/tracecast/v1";

interface Shown {
  readonly id: string;
  readonly fates: readonly { readonly name: string; readonly state: string }[];
}
interface Sent {
  readonly data: {
    readonly private: boolean;
    readonly fate: { readonly state: string; readonly failing?: readonly object[] };
    readonly pieces: readonly { readonly json: { readonly id: string } }[];
  };
}

/** Listens to the live list, and gives what it says one by one. */
async function listen(url: string) {
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${managementKey}` };
  const response = await fetch(`${url}${own}/traces/live`, { headers, signal: gone.signal });
  const heard: { readonly event: string | undefined; readonly data: unknown }[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => void heard.push({ event, data: JSON.parse(data) }),
  });
  const reading = (async () => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      parser.feed(part.value);
  })().catch(() => {});
  return { status: response.status, heard, reading, leave: () => gone.abort() };
}

test("what a destination got is shown row by row, exactly as it arrived", async () => {
  const { gateway, api, braintrust, addBraintrust, ask } = await startManagedGateway();
  const id = await addBraintrust();
  await ask();
  await braintrust.untilRows(2);
  const inserted = braintrust.requests.findLast(({ path }) => path.endsWith("/insert"))?.body ?? "";
  const [event] = gateway.localTraces.list();
  const { data } = await api<Sent>("GET", `${own}/traces/${event?.id}/sent/${id}`);
  expect(data.private).toBe(false);
  expect(data.pieces.map(({ json }) => json)).toEqual(
    (JSON.parse(inserted) as { readonly events: unknown }).events,
  );
  expect(JSON.stringify(data.pieces)).toContain("Why is the sky blue?");
});

test("of privacy then and now the stricter is shown, and of what was not sent is said why", async () => {
  const { gateway, api, braintrust, addBraintrust, ask } = await startManagedGateway();
  const closed = await addBraintrust({ name: "Closed", privacy_mode: true });
  const filter_rules = { groups: [{ rules: [{ field: "model", operator: "equals", value: "another" }] }] };
  const picky = await addBraintrust({ name: "Picky", filter_rules });
  await ask();
  await braintrust.untilRows(2);
  await api("PATCH", `/api/v1/observability/destinations/${closed}`, { privacy_mode: false });
  const [event] = gateway.localTraces.list();
  const sentTo = (id: string) => api<Sent>("GET", `${own}/traces/${event?.id}/sent/${id}`);
  const shown = await sentTo(closed);
  expect(shown.data.private).toBe(true);
  expect(shown.data.pieces.length).toBe(2);
  expect(JSON.stringify(shown)).not.toContain("sky");
  const { data } = await sentTo(picky);
  expect(data.pieces).toEqual([]);
  expect(data.fate).toMatchObject({
    state: "filtered",
    by: "filter_rules",
    failing: [{ field: "model", operator: "equals", value: "another" }],
  });
  const later = await addBraintrust({ name: "Later" });
  await expect(sentTo(later)).rejects.toThrow("was not there when the trace came in");
  await expect(sentTo("nobody")).rejects.toThrow("There is no destination with this id.");
  await expect(api("GET", `${own}/traces/nothing/sent/${picky}`)).rejects.toThrow("no longer");
});

test("one trace comes with all that share its trace id", async () => {
  const { gateway, api, ask } = await startManagedGateway();
  await ask({ trace: { trace_id: "t", span_name: "plan" } });
  await ask({ trace: { trace_id: "other" } });
  await ask({ trace: { trace_id: "t", span_name: "act" } });
  await expect.poll(() => gateway.localTraces.list().length).toBe(3);
  const [first, , last] = gateway.localTraces.list().map(({ id }) => id);
  const { data } = await api<{ data: { together: readonly Shown[] } }>("GET", `${own}/traces/${last}`);
  expect(data.together.map(({ id }) => id)).toEqual([first, last]);
});

test("the live list says what there is, then what comes and where it went", async () => {
  const { gateway, braintrust, addBraintrust, ask } = await startManagedGateway();
  await addBraintrust();
  await ask();
  await braintrust.untilRows(2);
  await expect.poll(() => gateway.localTraces.list().length).toBe(1);
  const live = await listen(gateway.url);
  await expect.poll(() => live.heard.length).toBeGreaterThan(0);
  expect(live.heard[0]).toMatchObject({ event: "traces", data: { keep: 100, traces: [{ failed: false }] } });
  await ask({ user: "grace" });
  const latest = () => live.heard.at(-1)?.data as Shown;
  await expect
    .poll(latest, { timeout: 10_000 })
    .toMatchObject({ user: "grace", fates: [{ name: "Evals", state: "delivered" }] });
  expect(JSON.stringify(live.heard)).not.toContain("sky");
  live.leave();
});

test("a gateway that stops ends the live list, and too many listeners are turned away", async () => {
  const { gateway } = await startManagedGateway();
  const headers = { authorization: `Bearer ${managementKey}` };
  for (let one = 0; one < 30; one += 1)
    await fetch(`${gateway.url}${own}/traces/live`, { method: "HEAD", headers });
  const lists = [];
  for (let one = 0; one < 25; one += 1) lists.push(await listen(gateway.url));
  expect(lists.map(({ status }) => status)).toEqual(lists.map(() => 200));
  expect((await listen(gateway.url)).status).toBe(503);
  lists[0]?.leave();
  await expect.poll(async () => (await listen(gateway.url)).status).toBe(200);
  await gateway.close({ answersTimeoutMs: 60_000, deliveryTimeoutMs: 100 });
  await Promise.all(lists.map(({ reading }) => reading));
});

test("a dead letter shows what was refused", async () => {
  const { gateway, api, addRefusing } = await startManagedGateway();
  const id = await addRefusing(0);
  const event = parseTraceEvent({
    ...sampleTraceEvent(),
    id: "01990000-0000-7000-8000-0000000000aa",
    workspaceId: defaultWorkspaceId,
  });
  gateway.dispatcher.publish(event);
  await gateway.flush({ timeoutMs: 10_000 });
  const { data } = await api<Sent>("GET", `${own}/traces/${event.id}/sent/${id}`);
  expect(data.fate).toMatchObject({ state: "dead" });
  expect(data.pieces.length).toBeGreaterThan(0);
});

test("a destination of another workspace is none of the places a trace could go to", async () => {
  const { gateway, api, addBraintrust, ask } = await startManagedGateway();
  const team = { name: "Team B", slug: "team-b" };
  const { data: made } = await api<{ data: Shown }>("POST", "/api/v1/workspaces", team);
  const theirs = await addBraintrust({ name: "Theirs", workspace_id: made.id });
  await addBraintrust({ name: "Ours" });
  await ask();
  await expect.poll(() => gateway.localTraces.list().length).toBe(1);
  const { data } = await api<{ data: readonly Shown[] }>("GET", `${own}/traces`);
  expect(data[0]?.fates.map(({ name }) => name)).toEqual(["Ours"]);
  const path = `${own}/traces/${data[0]?.id}/sent/${theirs}`;
  await expect(api("GET", path)).rejects.toThrow(/another workspace/);
});

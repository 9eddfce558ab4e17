import { expect, onTestFinished, test } from "vitest";
import { complaintsAbout } from "./row-check.ts";
import { RowStore } from "./row-store.ts";
import { startBraintrust } from "./server.ts";

const row = {
  id: "gen-1",
  span_id: "gen-1",
  root_span_id: "T",
  span_parents: ["T"],
  _is_merge: true,
  created: "2026-01-02T03:04:05.678Z",
  span_attributes: { name: "x", type: "llm" },
  metadata: { model: "m" },
  metrics: { start: 1.5, end: 2.5, prompt_tokens: 3, tokens: 4, estimated_cost: 0.0001 },
};
const root = {
  id: "r",
  span_id: "T",
  root_span_id: "T",
  span_parents: [],
  _is_merge: true,
  span_attributes: { name: "n", type: "task" },
};

test("a good row and a good root are taken", () => {
  expect(complaintsAbout([row, { ...root, tags: ["a"] }])).toEqual([]);
});

test.each([
  ["a null metric", { ...row, metrics: { total_cost: null } }],
  ["half a token", { ...row, metrics: { prompt_tokens: 3.5 } }],
  ["a negative cost", { ...row, metrics: { cost: -1 } }],
  ["an unknown span type", { ...row, span_attributes: { type: "generation" } }],
  ["an unknown key", { ...row, spanParents: ["T"] }],
  ["a parent that is no list", { ...row, span_parents: "T" }],
  ["metadata that is a list", { ...row, metadata: [] }],
  ["a model that is no text", { ...row, metadata: { model: 3 } }],
  ["a date that is none", { ...row, created: "2026-01-02 03:04:05" }],
  ["tags below the root", { ...row, tags: ["a"] }],
  ["one tag twice", { ...root, tags: ["a", "a"] }],
  ["tokens on a task", { ...root, metrics: { tokens: 3 } }],
  ["a null in a merge", { ...root, output: null }],
  ["a root under another id", { ...root, span_id: "S" }],
  ["NUL in a text", { ...row, input: "\u0000" }],
])("%s is refused", (_, bad) => {
  expect(complaintsAbout([bad])).not.toEqual([]);
});

test("one id twice in a request is refused", () => {
  expect(complaintsAbout([row, row])).toEqual(["id gen-1 stands twice in one request"]);
});

test("a merge keeps where the row stands, joins objects and unites tags; anything else replaces", () => {
  const store = new RowStore();
  store.write({
    ...root,
    created: "2026-01-01T00:00:00.000Z",
    tags: ["a"],
    metadata: { a: 1, deep: { x: 1 } },
  });
  store.write({
    ...root,
    created: "2027-01-01T00:00:00.000Z",
    span_parents: ["other"],
    tags: ["b"],
    metadata: { b: 2, deep: { y: 2 } },
  });
  expect(store.list()).toMatchObject([
    { created: "2026-01-01T00:00:00.000Z", span_parents: [], metadata: { a: 1, b: 2, deep: { x: 1, y: 2 } } },
  ]);
  expect(new Set(store.list()[0]?.["tags"] as string[])).toEqual(new Set(["a", "b"]));
  store.write({ id: "r", span_id: "T", root_span_id: "T", metadata: { c: 3 } });
  expect(store.list()[0]).toMatchObject({ metadata: { c: 3 } });
  expect(store.list()[0]).not.toHaveProperty("tags");
});

test("the server knows one key and one project, and says what it may not do", async () => {
  const server = await startBraintrust({ mayRead: false });
  onTestFinished(() => server.close());
  const ask = (path: string, key = server.apiKey, body?: object) =>
    fetch(server.url + path, {
      headers: { authorization: `Bearer ${key}` },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
  expect((await ask("/v1/project/x", "wrong")).status).toBe(401);
  expect((await ask("/v1/project/x")).status).toBe(403);
  expect((await ask(`/v1/project/${server.projectId}`)).status).toBe(403);
  const insert = `/v1/project_logs/${server.projectId}/insert`;
  expect(await (await ask(insert, server.apiKey, { events: [] })).json()).toEqual({ row_ids: [] });
  expect((await ask(insert, server.apiKey, { events: [{ ...row, metrics: { tokens: "3" } }] })).status).toBe(
    400,
  );
  expect(server.violations).toHaveLength(1);
  server.answerNext(503);
  expect((await ask(insert, server.apiKey, { events: [row] })).status).toBe(503);
  await ask(insert, server.apiKey, { events: [row] });
  expect(await server.untilRows(1)).toMatchObject([{ id: "gen-1" }]);
});

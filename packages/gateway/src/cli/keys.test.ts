import { expect, test } from "vitest";
import { key, setUp } from "../../test/management-rig.ts";
import { changeKey, createKey, listKeys } from "./keys.ts";
import { managementClient } from "./management-client.ts";

const hash = "b".repeat(64);

test("a key is made in the workspace that is named by its slug or its id, and found there", async () => {
  const { gateway, ask } = await setUp();
  const client = managementClient({ TRACECAST_MANAGEMENT_KEY: key }, gateway.url);
  const made = await ask("POST", "/api/v1/workspaces", { name: "Team B", slug: "team-b" });
  const { id } = (made.body as { readonly data: { readonly id: string } }).data;
  await createKey("Laptop", { hash, workspace: "team-b" })(client);
  await createKey("Phone", { hash: "c".repeat(64), workspace: id })(client);
  expect((await listKeys(client)).lines.toSorted()).toEqual([
    expect.stringMatching(/^Laptop .*, workspace team-b$/),
    expect.stringMatching(/^Phone .*, workspace team-b$/),
  ]);
  expect((await changeKey("Laptop", "disable")(client)).lines).toEqual(['"Laptop" is disabled.']);
});

test("a workspace that is not there is said to be none, and nothing is made in another", async () => {
  const { gateway } = await setUp();
  const client = managementClient({ TRACECAST_MANAGEMENT_KEY: key }, gateway.url);
  await expect(createKey("Laptop", { hash, workspace: "team-c" })(client)).rejects.toThrow(
    "There is no workspace with this id or slug.",
  );
  expect((await listKeys(client)).lines).toEqual(["There are no keys."]);
});

import { createHash } from "node:crypto";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import { expect, onTestFinished, test } from "vitest";
import { dataOf, setUp } from "./management-rig.ts";
import type { Rig } from "./management-rig.ts";
import { sendJson } from "./provider.ts";

const root = "/api/v1/observability/destinations";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function setUpWithBraintrust() {
  const braintrust = await startBraintrust();
  onTestFinished(() => braintrust.close());
  const rig = await setUp();
  rig.provider.answer = (_, response) => sendJson(response, { id: "c1", choices: [] });
  const { apiKey, projectId, url: baseUrl } = braintrust;
  const body = (more: object) => ({
    type: "braintrust",
    name: "B",
    config: { apiKey, projectId, baseUrl },
    ...more,
  });
  return { ...rig, braintrust, body };
}

async function chat({ gateway }: Pick<Rig, "gateway">, bearer: string, content = "hi"): Promise<void> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
  });
  await answer.text();
}

test("a saved destination leaves keys out and redacts, shows that it does, and stops when it is told to", async () => {
  const rig = await setUpWithBraintrust();
  const { ask, body, braintrust, gateway } = rig;
  const excluded = [sha256("sk-b")];
  const redaction = { detectors: ["email"], paths: ["**.password"], replace_with: "mask" };
  const settings = { excluded_api_key_hashes: excluded, redaction };
  const made = dataOf(await ask("POST", root, body(settings)));
  expect(made).toMatchObject(settings);
  const { data } = await rig.client.observability.get({ id: made.id });
  expect(data).not.toHaveProperty("isUnknown");

  await chat(rig, "sk-a", "write to ann@example.com");
  await chat(rig, "sk-b", "not for you");
  await expect.poll(() => gateway.dispatcher.stats()[1]?.published).toBe(2);
  expect(gateway.dispatcher.stats()[1]).toMatchObject({ filtered: { api_key: 1 } });
  const rows = JSON.stringify(await braintrust.untilRows(1));
  expect(rows).toContain("write to [email]");
  expect(rows).not.toContain("ann@example.com");

  const changed = await ask("PATCH", `${root}/${made.id}`, { excluded_api_key_hashes: null });
  expect(dataOf(changed)).toMatchObject({ excluded_api_key_hashes: null, redaction });
  expect(dataOf(await ask("PATCH", `${root}/${made.id}`, { redaction: null }))).toMatchObject({
    redaction: null,
  });
  await chat(rig, "sk-b", "write to bob@example.com");
  expect(JSON.stringify(await braintrust.untilRows(2))).toContain("bob@example.com");
});

test("what a destination does without is shown as null", async () => {
  const { ask, body } = await setUpWithBraintrust();
  expect(dataOf(await ask("POST", root, body({})))).toMatchObject({
    excluded_api_key_hashes: null,
    redaction: null,
  });
});

test.each([
  [{ excluded_api_key_hashes: [] }, /excluded_api_key_hashes: must name a key/],
  [{ excluded_api_key_hashes: ["sk-not-a-hash"] }, /excluded_api_key_hashes\.0: is not a key's SHA-256/],
  [{ redaction: { detectors: ["passport"] } }, /redaction\.detectors\.0: /],
  [{ redaction: { paths: ["a[["] } }, /redaction\.paths\.0: /],
  [{ redaction: { replaceWith: "hash" } }, /redaction: Unrecognized key: "replaceWith"/],
])("%j is refused with its place", async (settings, message) => {
  const { ask, body } = await setUpWithBraintrust();
  expect(await ask("POST", root, body(settings))).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(message) } },
  });
});

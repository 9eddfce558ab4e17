import { parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";
import { defaultWorkspaceId } from "../../src/store/workspace.ts";
import { canBrowse, signIn, useBrowser } from "./browser.ts";
import { look } from "./look.ts";
import { startManagedGateway } from "./managed-gateway.ts";

/** A request of two seconds that answered something. */
function request(fields: Partial<TraceEvent> = {}): TraceEvent {
  const startMs = 1_800_000_000_000;
  return parseTraceEvent({
    id: uuidv7(),
    operation: "chat",
    workspaceId: defaultWorkspaceId,
    model: { requested: "openai/gpt-4o" },
    provider: "OpenAI",
    input: [{ role: "user", content: "Why is the sky blue?" }],
    output: [{ index: 0, message: { role: "assistant", content: "It scatters light." } }],
    parameters: { temperature: 0.2 },
    usage: { promptTokens: 1200, completionTokens: 34, totalTokens: 1234 },
    cost: { totalUsd: 0.0042, estimated: true },
    timing: { startMs, firstTokenMs: startMs + 500, endMs: startMs + 2000 },
    finishReason: { normalized: "stop", native: "end_turn" },
    streamed: true,
    tags: ["eu"],
    trace: { metadata: {} },
    ...fields,
  });
}

const talk = {
  input: [
    { role: "system", content: "Be kind." },
    {
      role: "user",
      content: [
        { type: "text", text: "It arrived broken." },
        {
          type: "text",
          text: "[image omitted: image/png, 123 KB]",
          omitted: { type: "image_url", mediaType: "image/png", bytes: 123_000 },
        },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning: "I should look it up.",
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "find", arguments: '{"order":4711}' } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: '{"total":59.9}' },
  ],
  output: [{ index: 0, message: { role: "assistant", content: "I am sorry.", refusal: "No refund today." } }],
};

describe.runIf(canBrowse)("the traces", () => {
  const open = useBrowser();

  test("show up as they arrive with where they went, and stand still while the list is paused", async () => {
    const { gateway, braintrust, addBraintrust, ask } = await startManagedGateway();
    await addBraintrust();
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByText("No trace yet").waitFor();
    await look(page, "traces-empty");
    await ask();
    await page.getByText("Evals: waiting").waitFor();
    await page.getByText("Evals: delivered").waitFor();
    await braintrust.untilRows(2);

    await page.getByRole("button", { name: "Pause" }).click();
    await ask({ user: "grace" });
    await page.getByText("Paused, 1 new").waitFor();
    expect(await page.locator("tbody tr").count()).toBe(1);
    await look(page, "traces-paused");
    await page.getByRole("button", { name: "Resume" }).click();
    await expect.poll(() => page.locator("tbody tr").count()).toBe(2);
    expect(await page.locator("tbody tr").first().innerText()).toContain("grace");
    const said = () => page.getByRole("status").innerText();
    await expect.poll(said, { timeout: 10_000 }).toBe("2 traces");
    expect(troubles).toEqual([]);
  }, 60_000);

  test("are found by what they are and by what became of them; the address keeps what was looked for", async () => {
    const { gateway, addBraintrust } = await startManagedGateway();
    const filter_rules = { groups: [{ rules: [{ field: "model", operator: "contains", value: "gpt" }] }] };
    await addBraintrust({ filter_rules });
    const named = (generationName: string) => ({ trace: { generationName, metadata: { plan: "free" } } });
    gateway.dispatcher.publish(request({ ...named("one"), user: "ada", sessionId: "s/1" }));
    gateway.dispatcher.publish(request({ ...named("two"), error: { status: 429 }, user: "grace" }));
    const model = { requested: "anthropic/claude" };
    gateway.dispatcher.publish(request({ ...named("three"), model, cancelled: true }));
    await gateway.flush({ timeoutMs: 10_000 });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Traces" }).click();
    const names = () => page.locator("tbody a").allInnerTexts();
    const findsBy = async (label: string, choice: string, found: readonly string[]) => {
      await page.getByLabel(label, { exact: true }).selectOption(choice);
      await expect.poll(names).toEqual(found);
      await page.getByLabel(label, { exact: true }).selectOption("any");
    };
    await expect.poll(names).toEqual(["three", "two", "one"]);
    await look(page, "traces");
    await findsBy("Model", "anthropic/claude", ["three"]);
    await findsBy("Status", "failed", ["two"]);
    await findsBy("Status", "cancelled", ["three"]);
    await findsBy("Delivery", "filtered", ["three"]);
    await findsBy("Destination", "Evals", ["three", "two", "one"]);
    await findsBy("User or session", "user ada", ["one"]);
    await findsBy("User or session", "session s/1", ["one"]);
    await page.getByLabel("Search").fill("PLAN: fr");
    await expect.poll(names).toEqual(["three", "two", "one"]);
    await page.getByLabel("Search").fill("grace");
    await page.getByLabel("Status", { exact: true }).selectOption("failed");
    await page.reload();
    await expect.poll(names).toEqual(["two"]);
    expect(await page.getByLabel("Search").inputValue()).toBe("grace");
    await page.getByText("1 of 3 traces").first().waitFor();
    await page.getByLabel("Search").fill("nobody");
    await page.getByText("No trace has “nobody” in it.").waitFor();
    await look(page, "traces-none-found");
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(names).toEqual(["three", "two", "one"]);
    expect(troubles).toEqual([]);
  }, 60_000);

  test("can be read whole: the timeline of all that belongs together, what was said, and the rows that were sent", async () => {
    const { gateway, braintrust, addBraintrust } = await startManagedGateway();
    await addBraintrust();
    await addBraintrust({ name: "Closed", privacy_mode: true });
    const filter_rules = { groups: [{ rules: [{ field: "total_tokens", operator: "gt", value: 5000 }] }] };
    await addBraintrust({ name: "Picky", filter_rules });
    const traced = (spanName: string, generationName: string) => ({
      trace: { traceId: "t", traceName: "Ticket", spanName, generationName, metadata: { customer: "acme" } },
    });
    gateway.dispatcher.publish(request(traced("plan", "Plan it")));
    const tools = [{ type: "function", function: { name: "find" } }];
    gateway.dispatcher.publish(
      request({ ...traced("act", "Answer it"), ...talk, user: "ada", contentParameters: { tools } }),
    );
    await gateway.flush({ timeoutMs: 10_000 });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByRole("link", { name: "Answer it" }).click();
    await page.getByText("I am sorry.").waitFor();
    for (const words of [
      "[image omitted: image/png, 123 KB]",
      "No refund today.",
      "estimated from list prices",
    ])
      await page.getByText(words).waitFor();
    expect(await page.locator(".tool-call pre").innerText()).toBe('{\n  "order": 4711\n}');
    expect(await page.getByText("I should look it up.").isVisible()).toBe(false);
    await page.getByText("Reasoning").click();
    await page.getByText("I should look it up.").waitFor();
    await page.getByText("Not sent, for this does not hold: Total tokens > 5000.").waitFor();
    const rows = page.locator(".tree li");
    expect(await rows.locator(".name").allInnerTexts()).toEqual([
      "trace\nTicket",
      "span\nplan",
      "generation\nPlan it",
      "span\nact",
      "generation\nAnswer it",
    ]);
    expect(await page.locator("[aria-current=true] .name").innerText()).toContain("Answer it");
    await look(page, "trace");

    await page.getByText("What did Evals get?").click();
    await page.locator(".fates .json").nth(2).waitFor();
    const shown = await page.locator(".fates .json pre").allInnerTexts();
    const ids = shown.map((text) => (JSON.parse(text) as { readonly id: string }).id);
    expect(braintrust.rows().map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(shown.join("")).toContain("It arrived broken.");
    await look(page, "trace-sent");
    await page.getByText("What did Evals get?").click();
    await page.getByText("What did Closed get?").click();
    await page.getByText("without content, for the destination is private").waitFor();
    expect((await page.locator(".fates .json pre").allInnerTexts()).join("")).not.toContain("broken");

    await page.getByRole("link", { name: "Plan it" }).click();
    await page.getByText("Why is the sky blue?").waitFor();
    expect(await page.locator("[aria-current=true] .name").innerText()).toContain("Plan it");
    await page.goBack();
    await page.getByText("I am sorry.").waitFor();
    await page.getByRole("link", { name: "ada" }).click();
    await expect.poll(() => page.locator("tbody a").allInnerTexts()).toEqual(["Answer it"]);
    expect(troubles).toEqual([]);
  }, 90_000);

  test("a refused one says why, shows what was refused, and can be sent again", async () => {
    const { gateway, addRefusing } = await startManagedGateway();
    await addRefusing(0);
    const event = request({ error: { status: 429, type: "rate_limit", message: "Slow down." } });
    gateway.dispatcher.publish(event);
    await gateway.flush({ timeoutMs: 10_000 });
    const { page, troubles } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.goto(`${gateway.url}/#/traces/${event.id}`);
    await page.getByText("429 · rate_limit · Slow down.").waitFor();
    await page.getByText(/^Refused: /).waitFor();
    await page.getByText("What did Archive refuse?").click();
    await page.locator(".fates .json pre").first().waitFor();
    await look(page, "trace-refused");
    await page.getByRole("button", { name: "Replay to Archive" }).click();
    await page.getByText("Waiting to be sent.").waitFor();
    await page.getByText(/^Refused: /).waitFor();
    await page.goto(`${gateway.url}/#/traces/nothing`);
    await page.getByText("no longer, among those the gateway keeps").waitFor();
    await look(page, "trace-gone");
    expect(troubles.filter((trouble) => !trouble.includes("404"))).toEqual([]);
  }, 60_000);

  test("a list that cannot be had live is asked for, and what is wrong is said", async () => {
    const { gateway, ask } = await startManagedGateway();
    await ask();
    await expect.poll(() => gateway.localTraces.list().length).toBe(1);
    const { page } = await open(gateway.url);
    await signIn(page, gateway.url);
    await page.route("**/traces/live", (route) => route.fulfill({ status: 503 }));
    await page.getByRole("link", { name: "Traces" }).click();
    await page.getByRole("link", { name: "Explain" }).waitFor();
    await page.route("**/v1/traces", (route) => route.abort());
    await page.getByText("The gateway does not answer; is it running? Trying again…").waitFor();
    await look(page, "traces-lost");
    await page.unroute("**/v1/traces");
    await page.unroute("**/traces/live");
    await page.getByText("Live", { exact: true }).waitFor();
  }, 60_000);
});

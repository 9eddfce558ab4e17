import assert from "node:assert/strict";
import type { FaultAnswer } from "../fault-server.ts";
import { assertOutcome, encoded, numberedEvent, send, smallBatch } from "./batch.ts";
import { withHost, withServer } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";

// What each status means for a batch.
const meanings: Readonly<Record<number, string>> = {
  400: "invalid",
  401: "unauthorized",
  403: "unauthorized",
  404: "misconfigured",
  408: "retry",
  413: "too_large",
  429: "retry",
  500: "retry",
  502: "retry",
  503: "retry",
  504: "retry",
};

/** What `send` promises to answer, whatever the far end and the network do. */
export function outcomeRules(options: ContractOptions): Rules {
  const means = (when: string, answer: FaultAnswer, expected: string) => () =>
    withHost(options, async ({ server, connection }) => {
      server.answerAll(answer);
      const batch = smallBatch(connection);
      assertOutcome(await send(connection, batch), batch, expected, when);
      assert.equal(server.requests.length, 1, `${when}: send makes one request for a batch, and made more`);
    });
  const statuses = Object.entries(meanings).map(
    ([status, meaning]) =>
      [
        `takes a ${status} for ${meaning}`,
        means(`on a ${status}`, { status: Number(status), body: "No." }, meaning),
      ] as const,
  );
  return {
    "delivers a batch in one request": means("on a good answer", options.reply.send, "delivered"),
    "delivers a batch of one event": () =>
      withHost(options, async ({ connection }) => {
        const batch = [encoded(connection, numberedEvent(1))];
        assertOutcome(await send(connection, batch), batch, "delivered", "on a good answer");
      }),
    ...Object.fromEntries(statuses),
    "waits as many seconds as Retry-After says": () =>
      withHost(options, async ({ server, connection }) => {
        server.answerAll({ status: 429, headers: { "retry-after": "7" } });
        assert.equal(await retryAfterMs(send(connection, smallBatch(connection))), 7000);
      }),
    "waits until the date that Retry-After says": () => waitsForDate(options),
    "takes a broken connection for retry": means("on a broken connection", "reset", "retry"),
    "takes an answer that breaks off for retry": means("on a broken answer", "reset_in_body", "retry"),
    "takes a host that cannot be reached for retry": () =>
      withHost(options, async ({ server, connection }) => {
        await server.close();
        const batch = smallBatch(connection);
        assertOutcome(await send(connection, batch), batch, "retry", "when the port refuses");
      }),
    "gives up on a host that hangs when its signal says so, for retry": () => givesUp(options, "hang"),
    "gives up on an answer that never ends when its signal says so, for retry": () =>
      givesUp(options, "hang_in_body"),
    "sends nothing when its signal has already spoken": () =>
      withHost(options, async ({ server, connection }) => {
        const batch = smallBatch(connection);
        assertOutcome(await send(connection, batch, AbortSignal.abort()), batch, "retry", "when aborted");
        assert.equal(server.requests.length, 0, "a request was made all the same");
      }),
    ...(options.readsAnswers !== false && {
      "does not take a web page for delivered": () => distrustsWebPages(options),
    }),
    "follows no redirect": () => followsNothing(options),
    "sends again after every fault": () => recovers(options),
  };
}

async function retryAfterMs(sent: ReturnType<typeof send>): Promise<number | undefined> {
  const { outcome } = await sent;
  assert.equal(outcome.status, "retry");
  return outcome.status === "retry" ? outcome.retryAfterMs : undefined;
}

async function waitsForDate(options: ContractOptions): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 30_000);
    server.answerAll({ status: 429, headers: { "retry-after": date.toUTCString() } });
    const longest = date.getTime() - Date.now();
    const waits = (await retryAfterMs(send(connection, smallBatch(connection)))) ?? 0;
    const shortest = date.getTime() - Date.now();
    assert.ok(shortest <= waits && waits <= longest, `waits ${waits} ms, not ${shortest} to ${longest}`);
  });
}

async function givesUp(options: ContractOptions, fault: FaultAnswer): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    server.answerAll(fault);
    const controller = new AbortController();
    const batch = smallBatch(connection);
    const sending = send(connection, batch, controller.signal);
    await Promise.race([server.received(1), sending]);
    controller.abort();
    assertOutcome(await sending, batch, "retry", "when the signal says so");
  });
}

async function distrustsWebPages(options: ContractOptions): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    server.answerAll({
      headers: { "content-type": "text/html" },
      body: "<!doctype html><title>Welcome</title>",
    });
    const { outcome } = await send(connection, smallBatch(connection));
    assert.notEqual(outcome.status, "delivered", "a web page with status 200 was taken for delivered");
  });
}

async function followsNothing(options: ContractOptions): Promise<void> {
  for (const status of [301, 302, 307, 308])
    await withServer((elsewhere) =>
      withHost(options, async ({ server, connection }) => {
        elsewhere.answerAll(options.reply.send);
        server.answerAll(({ path }) => ({ status, headers: { location: elsewhere.url + path } }));
        const { outcome } = await send(connection, smallBatch(connection));
        assert.equal(
          elsewhere.connections,
          0,
          `a ${status} was followed, and took the batch and its key along`,
        );
        assert.equal(server.requests.length, 1, `a ${status} led to a second request`);
        assert.notEqual(outcome.status, "delivered", `a ${status} was taken for delivered`);
      }),
    );
}

async function recovers(options: ContractOptions): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    const faults: readonly FaultAnswer[] = ["reset", "reset_in_body", { status: 503 }, { status: 401 }];
    server.answer(...faults);
    const batch = smallBatch(connection);
    for (const _ of faults) await send(connection, batch);
    assertOutcome(await send(connection, batch), batch, "delivered", "after other attempts have failed");
  });
}

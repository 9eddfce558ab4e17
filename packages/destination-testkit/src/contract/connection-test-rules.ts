import assert from "node:assert/strict";
import type { Connection, TestResult } from "@tracecast/core";
import { echo } from "../fault-server.ts";
import type { FaultAnswer, RecordedRequest } from "../fault-server.ts";
import { send, smallBatch } from "./batch.ts";
import { assertSentence, settled, withHost, withServer } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";
import { assertNoSecret } from "./secrets.ts";

const html: FaultAnswer = {
  headers: { "content-type": "text/html" },
  body: "<!doctype html><title>Welcome</title><p>Nothing to see here.</p>",
};

/** What `test` promises to the person who presses the button. */
export function connectionTestRules(options: ContractOptions): Rules {
  const failsOn = (answer: FaultAnswer) => () =>
    withHost(options, async ({ server, connection }) => {
      server.answerAll(answer);
      await assertFails(options, connection);
    });
  const statuses = [401, 403, 404, 500].map(
    (status) => [`says what is wrong on a ${status}`, failsOn({ status, body: "No." })] as const,
  );
  return {
    "finds a good host good": () =>
      withHost(options, async ({ server, connection }) => {
        server.answerAll(options.reply.test);
        const result = await run(options, connection);
        assert.ok(result.ok, `a good host was found bad: ${result.message}`);
      }),
    ...Object.fromEntries(statuses),
    "says what is wrong when the connection breaks": failsOn("reset"),
    "says what is wrong when the answer breaks off": failsOn("reset_in_body"),
    ...(options.readsAnswers !== false && { "says what is wrong when a web page answers": failsOn(html) }),
    "says what is wrong when the host is redirected, and does not follow": () => followsNothing(options),
    "says what is wrong when the host cannot be reached": () =>
      withHost(options, async ({ server, connection }) => {
        await server.close();
        await assertFails(options, connection);
      }),
    "gives up on a host that hangs when its signal says so": () => givesUp(options, "hang"),
    "gives up on an answer that never ends when its signal says so": () => givesUp(options, "hang_in_body"),
    "does not begin when its signal has already spoken": () =>
      withHost(options, async ({ connection }) => {
        await assertFails(options, connection, AbortSignal.abort());
      }),
    "shows no secret, whatever the host quotes": async () => {
      for (const status of [200, 400, 401, 403, 404, 422, 429, 500])
        await withHost(options, async ({ server, connection }) => {
          server.answerAll(echo(status));
          await run(options, connection);
        });
    },
    "writes no event": () => writesNothing(options),
  };
}

/** Runs `test` and checks what holds for every result. */
async function run(
  options: ContractOptions,
  connection: Connection,
  signal: AbortSignal = new AbortController().signal,
): Promise<TestResult> {
  const result = await settled("test", async () => connection.test(signal));
  assertSentence(result.message);
  assertNoSecret(options, result.message, "the message of test");
  return result;
}

async function assertFails(
  options: ContractOptions,
  connection: Connection,
  signal?: AbortSignal,
): Promise<void> {
  const result = await run(options, connection, signal);
  assert.ok(!result.ok, `a bad host was found good: ${result.message}`);
}

async function givesUp(options: ContractOptions, fault: FaultAnswer): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    server.answerAll(fault);
    const controller = new AbortController();
    const running = assertFails(options, connection, controller.signal);
    await Promise.race([server.received(1), running]);
    controller.abort();
    await running;
  });
}

async function followsNothing(options: ContractOptions): Promise<void> {
  await withServer((elsewhere) =>
    withHost(options, async ({ server, connection }) => {
      elsewhere.answerAll(options.reply.test);
      server.answerAll(({ path }) => ({ status: 302, headers: { location: elsewhere.url + path } }));
      await assertFails(options, connection);
      assert.equal(elsewhere.connections, 0, "test followed a redirect");
    }),
  );
}

async function writesNothing(options: ContractOptions): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    await send(connection, smallBatch(connection));
    const [writing] = server.requests;
    for (const answer of [options.reply.test, { status: 403, body: "No." }, { status: 404, body: "No." }]) {
      server.answerAll(answer);
      await run(options, connection);
    }
    for (const request of server.requests.slice(1)) {
      const writes = request.method === writing?.method && request.path === writing.path && !isEmpty(request);
      assert.ok(!writes, `test sends something to where events are written: ${request.body.slice(0, 200)}`);
    }
  });
}

/** Whether a body holds no event: nothing at all, or JSON in which every list is empty, and at least one of them is there. */
function isEmpty({ body }: RecordedRequest): boolean {
  if (body.trim() === "") return true;
  try {
    const values: unknown[] = [JSON.parse(body)];
    const [top] = values;
    if (typeof top === "object" && top !== null) values.push(...Object.values(top));
    const lists = values.filter((value) => Array.isArray(value));
    return lists.length > 0 && lists.every((list) => list.length === 0);
  } catch {
    return false;
  }
}

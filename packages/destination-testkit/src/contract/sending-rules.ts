import assert from "node:assert/strict";
import type { Batch, Connection } from "@tracecast/core";
import type { RecordedRequest } from "../fault-server.ts";
import { echo } from "../fault-server.ts";
import {
  assertOutcome,
  encoded,
  fullBatch,
  numberedEvent,
  send,
  smallBatch,
  userOf,
  usersIn,
} from "./batch.ts";
import { isCarried } from "./field-rules.ts";
import { withHost } from "./host.ts";
import type { Host } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";
import { assertNoSecret, reveals, secretsIn, stringsIn, withOtherSecrets } from "./secrets.ts";

// How much a request may add to its pieces: brackets, names, what describes the sender.
const envelopeBytes = 4096;

/** What `send` promises about the requests it makes: what is in them, and to whom they go. */
export function sendingRules(options: ContractOptions): Rules {
  const { limits } = options.destination;
  return {
    "sends the same bytes when a batch is sent again": () =>
      withHost(options, async ({ server, connection }) => {
        server.answer({ status: 503 });
        const batch = smallBatch(connection);
        await send(connection, batch);
        await send(connection, batch);
        const [first, second] = server.requests;
        assert.equal(second?.body, first?.body, "the second body differs from the first");
        assert.equal(second?.path, first?.path);
      }),
    "carries as many pieces in one request as its limits say": () =>
      withHost(options, (host) => carries(options, host, fullBatch(host.connection, limits, numberedEvent))),
    "carries as many bytes in one request as its limits say, and few more": () =>
      withHost(options, (host) => {
        const text = "ü".repeat(limits.maxBytes / 40);
        const large = (number: number) => numberedEvent(number, { input: [{ role: "user", content: text }] });
        return carries(options, host, fullBatch(host.connection, limits, large));
      }),
    "sends twenty batches at once": () => withHost(options, (host) => sendsAtOnce(options, host)),
    "keeps two connections apart": () => keepsApart(options),
    "shows no secret, whatever the host quotes": async () => {
      for (const status of [200, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500])
        await withHost(options, async ({ server, connection }) => {
          server.answerAll(echo(status));
          const { outcome, exceptions = new Map() } = await send(connection, smallBatch(connection));
          const shown = JSON.stringify([outcome, ...exceptions]);
          assertNoSecret(options, shown, `the outcome of a ${status}`);
        });
    },
    "shows no secret when the host cannot be reached": () =>
      withHost(options, async ({ server, connection }) => {
        await server.close();
        const { outcome } = await send(connection, smallBatch(connection));
        assertNoSecret(options, JSON.stringify(outcome), "the outcome");
      }),
    "has every setting marked as secret that it sends as a credential": () => marksCredentials(options),
  };
}

async function carries(options: ContractOptions, { server, connection }: Host, batch: Batch): Promise<void> {
  assertOutcome(await send(connection, batch), batch, "delivered", `with ${batch.length} events`);
  assert.equal(server.requests.length, 1, "send makes one request for a batch, and made more");
  const { body = "", bytes = 0 } = server.requests[0] ?? {};
  const most = options.destination.limits.maxBytes + envelopeBytes;
  assert.ok(bytes <= most, `a batch within its limits became a body of ${bytes} bytes; ${most} are allowed`);
  if (!isCarried(options.destination, "user")) return;
  const there = new Set(usersIn(body));
  const lost = batch.filter((_, place) => !there.has(userOf(place + 1)));
  assert.equal(lost.length, 0, `${lost.length} of ${batch.length} events are not in the request`);
}

async function sendsAtOnce(options: ContractOptions, { server, connection }: Host): Promise<void> {
  const numbers = Array.from({ length: 20 }, (_, place) => place + 1);
  const batches = numbers.map((number) => [encoded(connection, numberedEvent(number))]);
  const results = await Promise.all(batches.map((batch) => send(connection, batch)));
  results.forEach((result, place) =>
    assertOutcome(result, batches[place] ?? [], "delivered", "with twenty batches at once"),
  );
  assert.equal(
    new Set(server.requests.map(({ body }) => body)).size,
    20,
    "not every batch had a request of its own",
  );
  if (!isCarried(options.destination, "user")) return;
  for (const { body } of server.requests)
    assert.equal(numbers.filter((number) => body.includes(userOf(number))).length, 1, "batches were mixed");
}

async function keepsApart(options: ContractOptions): Promise<void> {
  const other = (url: string) => withOtherSecrets(options.destination, options.config(url));
  const secretsOf = (config: typeof options.config) =>
    secretsIn(options.destination, config("http://127.0.0.1:9"));
  await withHost(options, (mine) =>
    withHost(
      options,
      async (theirs) => {
        await Promise.all([sendOne(mine.connection), sendOne(theirs.connection), sendOne(mine.connection)]);
        assert.equal(
          mine.server.requests.length,
          2,
          "the first connection's requests did not all reach its host",
        );
        assert.equal(theirs.server.requests.length, 1, "the second connection's host got another's request");
        assertSentNone(mine.server.requests, secretsOf(other));
        assertSentNone(theirs.server.requests, secretsOf(options.config));
      },
      other,
    ),
  );
}

function sendOne(connection: Connection): ReturnType<typeof send> {
  return send(connection, [encoded(connection, numberedEvent(1))]);
}

/** Two connections' secrets begin alike, so only a whole one tells. */
function assertSentNone(requests: readonly RecordedRequest[], secrets: readonly string[]): void {
  for (const { headers, path } of requests)
    for (const secret of secrets) {
      const shown = [path, ...Object.values(headers), ...credentialsIn(headers)];
      assert.ok(
        !shown.some((text) => text.includes(secret)),
        "a host was sent the key of another connection",
      );
    }
}

async function marksCredentials(options: ContractOptions): Promise<void> {
  await withHost(options, async ({ server, connection }) => {
    await sendOne(connection);
    const config = options.config(server.url);
    const secrets = secretsIn(options.destination, config);
    const settings = stringsIn(options.destination.parseConfig(config)).filter(
      ([, value]) => value.length >= 12,
    );
    for (const credential of credentialsIn(server.requests[0]?.headers ?? {}))
      for (const [path, value] of settings) {
        const marked = secrets.some((secret) => secret.includes(value) || reveals(value, secret));
        assert.ok(
          !credential.includes(value) || marked,
          `${path.slice(1)} is sent as a credential; mark it with secret()`,
        );
      }
  });
}

/** The values of the headers that carry keys; of HTTP Basic the password only, for the name before it is no secret. */
function credentialsIn(headers: RecordedRequest["headers"]): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret/.test(name))
    .map(([, value]) => {
      const [, basic] = /^basic (.*)$/i.exec(value) ?? [];
      if (basic === undefined) return value;
      return Buffer.from(basic, "base64")
        .toString()
        .replace(/^[^:]*:/, "");
    });
}

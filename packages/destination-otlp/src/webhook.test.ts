import { createHttpClient } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import type { RecordedRequest } from "@tracecast/destination-testkit";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { webhook } from "./index.ts";
import { farEnd, send } from "../test/far-end.ts";
import { readJson } from "../test/otlp-definitions.ts";

const older = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const newer = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

const unasked: RecordedRequest = { method: "", path: "", headers: {}, body: "", raw: Buffer.of(), bytes: 0 };

test("Standard Webhooks' own library takes the signature, by the old and by the new secret", async () => {
  const { server, connection } = await farEnd(webhook, (url) => ({
    url: `${url}/hook?tenant=7`,
    method: "PUT",
    signingSecret: `${newer} ${older}`,
  }));
  expect((await send(connection, sampleTraceEvent())).outcome.status).toBe("delivered");
  const [{ method, path, headers, body } = unasked] = server.requests;
  expect([method, path]).toEqual(["PUT", "/hook?tenant=7"]);
  expect(headers["content-encoding"]).toBeUndefined();
  for (const secret of [older, newer])
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(older).verify(`${body} `, headers)).toThrow();
  expect(() => new Webhook(`whsec_${btoa("another")}`).verify(body, headers)).toThrow();
  expect(readJson(body).resourceSpans).toHaveLength(1);
});

test("a resend has the id of the first try, another batch another one", async () => {
  const { server, connection } = await farEnd(webhook, (url) => ({ url, signingSecret: older }));
  server.answer({ status: 503 });
  await send(connection, sampleTraceEvent());
  await send(connection, sampleTraceEvent());
  await send(connection, sampleTraceEvent({ id: "019b7c8e-5f6c-7a31-9d24-000000000002" }));
  const [first, second, third] = server.requests.map(({ headers }) => headers["webhook-id"]);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test("a connection test says that it is one, is signed, and passes on a 400", async () => {
  const { server, connection } = await farEnd(webhook, (url) => ({ url, signingSecret: older }));
  server.answer({ status: 204 }, { status: 400 }, { status: 500 });
  const signal = AbortSignal.timeout(10_000);
  const results = [];
  for (let number = 0; number < 3; number += 1) results.push((await connection.test(signal)).ok);
  expect(results).toEqual([true, true, false]);
  const [{ headers, body } = unasked] = server.requests;
  expect(headers["x-test-connection"]).toBe("true");
  expect(body).toBe('{"resourceSpans":[]}');
  expect(new Webhook(older).verify(body, headers)).toEqual({ resourceSpans: [] });
});

test("without a secret nothing is signed; a secret of another kind is refused", async () => {
  const { server, connection } = await farEnd(webhook, (url) => ({ url }));
  await send(connection, sampleTraceEvent());
  expect(server.requests[0]?.headers).not.toHaveProperty("webhook-signature");
  const http = createHttpClient();
  expect(() =>
    webhook.connect({ url: "https://example.com", signingSecret: "plain-secret" }, { http }),
  ).toThrow(/Signing Secret \(signingSecret\) must be whsec_/);
  await http.close();
});

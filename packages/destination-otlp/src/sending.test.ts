import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import { langfuse, langsmith, otlp } from "./index.ts";
import { encoded, farEnd, send } from "../test/far-end.ts";
import { readJson, spansIn } from "../test/otlp-definitions.ts";

const event = (number: number, trace: { traceName?: string; spanName?: string } = {}) =>
  sampleTraceEvent({
    id: `019b7c8e-5f6c-7a31-9d24-${String(number).padStart(12, "0")}`,
    trace: { traceId: "workflow_12345", generationName: `G${number}`, metadata: {}, ...trace },
  });

const namesIn = (body = "") => spansIn(readJson(body)).map(({ name }) => name);

const start = () => farEnd(otlp, (url) => ({ endpoint: url }));
const signal = AbortSignal.timeout(30_000);

test("what several requests share is sent once, in a batch and in all that follow", async () => {
  const { server, connection } = await start();
  const named = { traceName: "Trip", spanName: "Step" };
  await send(connection, event(1, named), event(2, named));
  await send(connection, event(3, named));
  expect(server.requests.map(({ body }) => namesIn(body))).toEqual([["Trip", "Step", "G1", "G2"], ["G3"]]);
});

test("a request that knows the trace's name names a root that was lent one; none takes the name away", async () => {
  const { server, connection } = await start();
  const model = "openai/gpt-5-mini-2025-08-07";
  await send(connection, event(1));
  await send(connection, event(2, { traceName: "Trip" }));
  await send(connection, event(3));
  await send(connection, event(4, { traceName: "Other" }));
  expect(server.requests.map(({ body }) => namesIn(body))).toEqual([
    [model, "G1"],
    ["Trip", "G2"],
    ["G3"],
    ["G4"],
  ]);
  const batch = await start();
  await send(batch.connection, event(1), event(2, { traceName: "Trip" }));
  expect(namesIn(batch.server.requests[0]?.body)).toEqual(["Trip", "G1", "G2"]);
});

test("a root that was not delivered is sent again", async () => {
  const { server, connection } = await start();
  server.answer({ status: 503 });
  await send(connection, event(1, { traceName: "Trip" }));
  await send(connection, event(2, { traceName: "Trip" }));
  expect(namesIn(server.requests[1]?.body)).toEqual(["Trip", "G2"]);
});

test("spans that the far end rejects are told, with its words kept for the dead letter", async () => {
  const { server, connection } = await start();
  server.answerAll({ body: { partialSuccess: { rejectedSpans: "1", errorMessage: "span too old" } } });
  expect(await send(connection, event(1), event(2))).toEqual({
    outcome: {
      status: "rejected",
      code: "invalid",
      reason: expect.stringMatching(/ rejected 1 of 3 spans$/),
      detail: "span too old",
    },
  });
});

test("a warning is no rejection", async () => {
  const { server, connection } = await start();
  server.answerAll({ body: { partialSuccess: { rejectedSpans: 0, errorMessage: "use gzip" } } });
  expect((await send(connection, event(1))).outcome.status).toBe("delivered");
});

test("spans rejected in Protocol Buffers are told too", async () => {
  const { server, connection } = await farEnd(langsmith, (url) => ({ apiKey: "k", endpoint: url }));
  const binary = (body: string) =>
    server.answer({ headers: { "content-type": "application/x-protobuf" }, body });
  // A rejected span with a word about it, a warning with none rejected, and nothing to say.
  for (const body of ["\n\u0007\u0008\u0001\u0012\u0003old", "\n\u0005\u0012\u0003old", ""]) binary(body);
  const outcomes = [];
  for (let number = 1; number <= 3; number += 1)
    outcomes.push((await send(connection, event(number))).outcome.status);
  expect(outcomes).toEqual(["rejected", "delivered", "delivered"]);
});

test("a key that was made of two settings is not quoted in an outcome", async () => {
  const { server, connection } = await farEnd(langfuse, (url) => ({
    publicKey: "pk-lf-1",
    secretKey: "sk-lf-1",
    baseUrl: url,
  }));
  server.answerAll(({ headers }) => ({ status: 400, body: `bad: ${headers["authorization"]}` }));
  const { outcome } = await send(connection, event(1));
  expect(outcome).toMatchObject({ code: "invalid", detail: "bad: Basic ********" });
  expect(server.requests[0]?.headers["authorization"]).toBe(`Basic ${btoa("pk-lf-1:sk-lf-1")}`);
});

test("content becomes JSON once, however many destinations send it", () => {
  let times = 0;
  const message = {
    toJSON: () => {
      times += 1;
      return { role: "user", content: "Hello" };
    },
  };
  const once = Object.freeze({ ...sampleTraceEvent(), input: [message] as never });
  const http = { request: () => Promise.reject(new Error("unused")), close: () => Promise.resolve() };
  const config = { publicKey: "pk-lf-1", secretKey: "sk-lf-1" };
  for (let number = 0; number < 3; number += 1) encoded(langfuse.connect(config, { http }), once);
  encoded(langsmith.connect({ apiKey: "k" }, { http }), once);
  expect(times).toBe(1);
});

test("a connection test names the place, and the setting that is wrong", async () => {
  const { server, connection } = await farEnd(langfuse, (url) => ({
    publicKey: "pk-lf-1",
    secretKey: "sk-lf-1",
    baseUrl: url,
  }));
  server.answer({ body: { data: [{ id: "p", name: "Support" }] } }, { body: {} });
  expect(await connection.test(signal)).toEqual({
    ok: true,
    message: 'Connected to Langfuse: project "Support".',
  });
  server.answer({ body: { data: [] } }, { status: 404 });
  expect((await connection.test(signal)).message).toMatch(
    /takes no traces at this address \(404\); check the Base Url\.$/,
  );
  server.answer({ status: 401 });
  expect((await connection.test(signal)).message).toMatch(
    /does not take this Public Key with this Secret Key \(401\)/,
  );
});

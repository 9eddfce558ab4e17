import { defineDestination, delivered, outcomeOf, piece, secret } from "@tracecast/core";
import type {
  Connection,
  Destination,
  HttpClient,
  HttpResult,
  NotCarried,
  TraceEvent,
} from "@tracecast/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ContractOptions } from "./contract/options.ts";
import { destinationContract } from "./destination-contract.ts";

const acmeConfig = z.object({
  apiKey: secret().meta({ title: "Api Key" }),
  baseUrl: z.url().default("https://api.acme.test").meta({ title: "Base Url" }),
});
type AcmeConfig = z.output<typeof acmeConfig>;

/** A destination as small as one can be, of which a test may spoil a part. */
function acme(
  spoil: (good: Connection, config: AcmeConfig, http: HttpClient) => Partial<Connection> = () => ({}),
  config: z.ZodType<AcmeConfig> & z.ZodObject = acmeConfig,
  notCarried: NotCarried = {},
): Destination {
  return defineDestination({
    type: "acme",
    name: "Acme",
    config,
    limits: { maxPieces: 50, maxBytes: 200_000 },
    notCarried,
    connect(settings, { http }) {
      const good = connectAcme(settings as AcmeConfig, http);
      return { ...good, ...spoil(good, settings as AcmeConfig, http) };
    },
  });
}

function connectAcme({ apiKey, baseUrl }: AcmeConfig, http: HttpClient): Connection {
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  return {
    async test(signal) {
      const result = await http.request({ url: `${baseUrl}/v1/health`, headers, signal });
      const ok = result.kind === "response" && result.status === 200 && result.body.startsWith("{");
      return { ok, message: ok ? "Acme takes events." : `Acme cannot be used: ${whatHappened(result)}.` };
    },
    encode: (event) => [piece(JSON.stringify(event), event.id)],
    async send(batch, signal) {
      const rows = batch.flatMap(({ pieces }) => pieces.map(({ json }) => json));
      const body = `[${rows.join(",")}]`;
      const result = await http.request({
        url: `${baseUrl}/v1/events`,
        method: "POST",
        headers,
        body,
        signal,
      });
      const strange = result.kind === "response" && result.status === 200 && !result.body.startsWith("{");
      return { outcome: strange ? { status: "retry", reason: "no JSON" } : outcomeOf(result) };
    },
  };
}

const whatHappened = (result: HttpResult) =>
  result.kind === "failure" ? result.message : `${result.status} from ${result.host}`;

const settings = {
  config: (url: string) => ({ apiKey: "acme-0123456789abcdef", baseUrl: url }),
  reply: { test: { body: { ok: true } }, send: { body: { accepted: true } } },
};

destinationContract({ describe, test, destination: acme(), ...settings });

/** The contract's tests by their names, not run. */
function testsFor(destination: Destination, options: Partial<ContractOptions> = {}) {
  const tests = new Map<string, () => Promise<void>>();
  const areas: string[] = [];
  destinationContract({
    describe(name, body) {
      areas.push(name);
      body();
      areas.pop();
    },
    test: (name, body) => tests.set(`${areas.at(-1)}: ${name}`, body),
    destination,
    ...settings,
    ...options,
  });
  return tests;
}

const withoutSignal = (http: HttpClient): HttpClient => ({
  ...http,
  request: (request) => http.request({ ...request, signal: new AbortController().signal }),
});

const titled = z.string().meta({ title: "Api Key" });
let rows = 0;
let latest: Connection | undefined;

const spoiled: Readonly<Record<string, readonly [destination: Destination, complaint: RegExp]>> = {
  "settings: marks a setting as secret": [
    acme(undefined, acmeConfig.extend({ apiKey: titled })),
    /secret\(\)/,
  ],
  "requests: has every setting marked as secret that it sends as a credential": [
    acme(undefined, acmeConfig.extend({ apiKey: titled })),
    /apiKey is sent as a credential/,
  ],
  "settings: gives every setting a label": [
    acme(undefined, acmeConfig.extend({ apiKey: secret() })),
    /apiKey has no label/,
  ],
  "settings: quotes no secret when it refuses settings": [
    acme(
      undefined,
      acmeConfig.extend({
        apiKey: acmeConfig.shape.apiKey.refine((key) => !key.includes("\u0007"), {
          error: ({ input }) => `does not like ${String(input)}`,
        }),
      }),
    ),
    /shows a secret/,
  ],
  "settings: opens no connection when it connects and encodes": [
    acme((_, { baseUrl }, http) => {
      void http.request({ url: baseUrl });
      return {};
    }),
    /ours/,
  ],
  "connection test: finds a good host good": [
    acme(() => ({ test: async () => ({ ok: false, message: "Today is a bad day." }) })),
    /good host was found bad/,
  ],
  "connection test: says what is wrong on a 403": [
    acme(() => ({ test: async () => ({ ok: true, message: "All is well." }) })),
    /bad host was found good/,
  ],
  "connection test: says what is wrong on a 404": [
    acme(() => ({ test: async () => ({ ok: false, message: "404" }) })),
    /not a sentence/,
  ],
  "connection test: says what is wrong when a web page answers": [
    acme((_, { baseUrl }, http) => ({
      async test(signal) {
        const result = await http.request({ url: baseUrl, signal });
        const ok = result.kind === "response" && result.status === 200;
        return { ok, message: "I looked." };
      },
    })),
    /not a sentence|bad host was found good/,
  ],
  "connection test: shows no secret, whatever the host quotes": [
    acme((good, { apiKey }) => ({
      async test(signal) {
        const { ok, message } = await good.test(signal);
        return { ok, message: `${message.slice(0, -1)} with ${apiKey}.` };
      },
    })),
    /shows a secret/,
  ],
  "connection test: writes no event": [
    acme((good) => ({
      async test(signal) {
        await good.send([{ eventId: "test", pieces: [piece('{"id":"test"}')] }], signal);
        return good.test(signal);
      },
    })),
    /where events are written/,
  ],
  "encoding: makes JSON of any event, and counts its bytes right": [
    acme(() => ({
      encode(event) {
        const { utf8, json } = piece(JSON.stringify(event));
        return [{ utf8, json, bytes: json.length }];
      },
    })),
    /counts its bytes wrong/,
  ],
  "encoding: makes JSON of any event that has lost its content": [
    acme((good) => ({
      encode(event) {
        if (event.input === undefined) throw new Error("no input");
        return good.encode(event);
      },
    })),
    /no input/,
  ],
  "encoding: makes the same of the same event, at any time and on any connection": [
    acme(() => ({ encode: (event) => [piece(JSON.stringify({ ...event, sentMs: Date.now() }))] })),
    /differs/,
  ],
  "encoding: makes the same of the same event whatever its settings are": [
    acme((_, { apiKey }) => ({
      encode: (event) => [piece(JSON.stringify({ ...event, keyLength: apiKey.length }))],
    })),
    /apiKey stands in the pieces/,
  ],
  "encoding: remembers nothing of one event when it encodes the next": [
    acme(() => ({ encode: (event) => [piece(JSON.stringify({ ...event, row: (rows += 1) }))] })),
    /row/,
  ],
  "encoding: makes different pieces of different events, stored apart unless they share a trace": [
    acme(() => ({ encode: (event) => [piece(JSON.stringify(event), event.sessionId)] })),
    /overwrite each other/,
  ],
  "encoding: puts no secret into a piece": [
    acme((_, { apiKey }) => ({ encode: (event) => [piece(JSON.stringify({ ...event, apiKey }))] })),
    /shows a secret/,
  ],
  "outcomes: takes a 429 for retry": [
    acme((_, { baseUrl }, http) => ({
      async send(_batch, signal) {
        const result = await http.request({ url: baseUrl, method: "POST", signal });
        const ok = result.kind === "response" && result.status === 200;
        return { outcome: ok ? delivered : { status: "rejected", code: "invalid", reason: "refused" } };
      },
    })),
    /on a 429: the outcome must be "retry", not "rejected invalid" \(refused\)/,
  ],
  "outcomes: waits as many seconds as Retry-After says": [
    acme((good) => ({
      async send(batch, signal) {
        const { outcome } = await good.send(batch, signal);
        return { outcome: outcome.status === "retry" ? { status: "retry", reason: "later" } : outcome };
      },
    })),
    /7000/,
  ],
  "outcomes: takes a broken connection for retry": [
    acme((good) => ({
      async send(batch, signal) {
        const result = await good.send(batch, signal);
        if (result.outcome.status === "retry") throw new Error("socket hang up");
        return result;
      },
    })),
    /send threw Error: socket hang up; it must answer by value/,
  ],
  "outcomes: delivers a batch in one request": [
    acme((good) => ({
      async send(batch, signal) {
        await good.send(batch.slice(0, 1), signal);
        return good.send(batch.slice(1), signal);
      },
    })),
    /one request for a batch/,
  ],
  "outcomes: does not take a web page for delivered": [
    acme((_, { baseUrl }, http) => ({
      send: async (_batch, signal) => ({
        outcome: outcomeOf(await http.request({ url: baseUrl, method: "POST", signal })),
      }),
    })),
    /web page/,
  ],
  "outcomes: follows no redirect": [
    acme((_, { baseUrl }) => ({
      async send(batch) {
        await fetch(baseUrl, { method: "POST", body: batch[0]?.pieces[0]?.json ?? "" });
        return { outcome: delivered };
      },
    })),
    /was followed/,
  ],
  "requests: sends the same bytes when a batch is sent again": [
    acme((good) => ({
      send: (batch, signal) =>
        good.send([...batch, { eventId: "", pieces: [piece(`{"attempt":${(rows += 1)}}`)] }], signal),
    })),
    /second body differs/,
  ],
  "requests: carries as many pieces in one request as its limits say": [
    acme((good) => ({ send: (batch, signal) => good.send(batch.slice(0, 20), signal) })),
    /events are not in the request/,
  ],
  "requests: carries as many bytes in one request as its limits say, and few more": [
    acme((good) => ({
      send: (batch, signal) =>
        good.send(
          batch.map(({ eventId, pieces }) => ({
            eventId,
            pieces: pieces.map(({ json }) => piece(JSON.stringify({ event: json, note: "x".repeat(1000) }))),
          })),
          signal,
        ),
    })),
    /are allowed/,
  ],
  "requests: sends twenty batches at once": [
    acme((good) => {
      let last = Promise.resolve();
      let first: Parameters<Connection["send"]>[0] | undefined;
      return {
        send(batch, signal) {
          first ??= batch;
          const sent = last.then(() => good.send(first ?? batch, signal));
          last = sent.then(() => undefined);
          return sent;
        },
      };
    }),
    /a request of its own/,
  ],
  "requests: keeps two connections apart": [
    acme((good) => {
      latest = good;
      return { send: (batch, signal) => (latest ?? good).send(batch, signal) };
    }),
    /did not all reach its host/,
  ],
  "requests: shows no secret, whatever the host quotes": [
    acme((good, { apiKey }) => ({
      async send(batch, signal) {
        const { outcome } = await good.send(batch, signal);
        const credentials = Buffer.from(`acme:${apiKey}`).toString("base64");
        return {
          outcome:
            outcome.status === "delivered" ? outcome : { ...outcome, reason: `sent Basic ${credentials}` },
        };
      },
    })),
    /shows a secret/,
  ],
  "privacy: says nothing of the content that was taken from an event": [
    acme((good) => {
      const prompts = new Map<string, TraceEvent["input"]>();
      return {
        encode(event) {
          prompts.set(event.id, event.input ?? prompts.get(event.id));
          return good.encode({ ...event, input: prompts.get(event.id) });
        },
      };
    }),
    /content was sent/,
  ],
  "privacy: keeps user, session, names, tags, metadata and figures of an event that has lost its content": [
    acme((good) => ({
      encode: (event) =>
        good.encode(event.input === undefined ? { ...event, user: undefined, tags: [] } : event),
    })),
    /user[^]*tags/,
  ],
  "fields: carries everything that it does not declare as not carried": [
    acme((good) => ({
      encode: (event) =>
        good.encode({
          ...event,
          contentParameters: { ...event.contentParameters, tools: [] },
          usage: { ...event.usage, cachedTokens: undefined },
          trace: { ...event.trace, metadata: {} },
        }),
    })),
    /contentParameters\.tools[^]*trace\.metadata[^]*usage\.cachedTokens/,
  ],
  "fields: carries nothing that it declares as not carried": [
    acme(undefined, undefined, { "output.reasoning": "No.", cost: "No.", "timing.endMs": "No." }),
    /output\.reasoning[^]*timing\.endMs/,
  ],
  "fields: shows in what it sends how switches and words are set, but for those": [
    acme((good) => ({ encode: (event) => good.encode({ ...event, cancelled: undefined }) })),
    /cancelled makes no difference/,
  ],
  "fields: declares fields of the trace event only, each once": [
    acme(undefined, undefined, { "cost.byok": "No.", cost: "No." }),
    /cost\.byok is part of cost/,
  ],
};

// The contract's patience has to run out before it finds these, so they are tried at the same time.
const deaf: typeof spoiled = {
  "connection test: gives up on a host that hangs when its signal says so": [
    acme((_, config, http) => ({ test: (signal) => connectAcme(config, withoutSignal(http)).test(signal) })),
    /test never ended/,
  ],
  "outcomes: gives up on a host that hangs when its signal says so, for retry": [
    acme((_, config, http) => ({
      send: (batch, signal) => connectAcme(config, withoutSignal(http)).send(batch, signal),
    })),
    /send never ended/,
  ],
};

describe("the contract finds out a destination that does not keep it", () => {
  test.for(Object.entries(spoiled))("%s", async ([name, [destination, complaint]]) => {
    await expect(testsFor(destination).get(name)?.()).rejects.toThrow(complaint);
  });
});

describe.concurrent("the contract finds out a destination that does not listen", { timeout: 20_000 }, () => {
  test.for(Object.entries(deaf))("%s", async ([name, [destination, complaint]]) => {
    await expect(testsFor(destination).get(name)?.()).rejects.toThrow(complaint);
  });
});

describe("what a destination may say of itself", () => {
  test("one without secrets, or that takes every 2xx for success, is spared the tests that ask for more", () => {
    const all = [...testsFor(acme()).keys()];
    const fewer = testsFor(acme(), { hasSecrets: false, readsAnswers: false });
    expect(all.filter((name) => !fewer.has(name))).toEqual([
      "settings: marks a setting as secret",
      "connection test: says what is wrong when a web page answers",
      "outcomes: does not take a web page for delivered",
    ]);
  });

  test("one that has no place for a field says which", async () => {
    const nameless = (notCarried?: NotCarried) =>
      acme(
        (good) => ({
          encode: (event) => good.encode({ ...event, user: undefined, cost: { ...event.cost, byok: false } }),
        }),
        undefined,
        notCarried,
      );
    const failing = async (destination: Destination) => {
      const names = [...testsFor(destination)].filter(([name]) =>
        /^(?:fields|privacy|requests): /.test(name),
      );
      const outcomes = await Promise.allSettled(names.map(([, run]) => run()));
      return names.flatMap(([name], place) => (outcomes[place]?.status === "rejected" ? [name] : []));
    };
    expect(await failing(nameless())).toContain(
      "fields: carries everything that it does not declare as not carried",
    );
    expect(
      await failing(nameless({ user: "Acme knows nobody.", "cost.byok": "Acme knows no keys." })),
    ).toEqual([]);
  });
});

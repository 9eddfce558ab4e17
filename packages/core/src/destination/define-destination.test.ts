import { expect, test } from "vitest";
import { z } from "zod";
import type { HttpClient, HttpResult } from "../http/client.ts";
import { isTracecastError, TracecastError } from "../errors.ts";
import { customHeaders } from "./custom-headers.ts";
import { defineDestination } from "./define-destination.ts";
import type { NotCarried } from "./destination.ts";
import { outcomeOf } from "./outcome.ts";
import { secret } from "./secret.ts";

const seen: HttpClient[] = [];
const type = defineDestination({
  type: "acme",
  name: "Acme",
  config: z.object({
    apiKey: secret().meta({ title: "Api Key" }),
    region: z.enum(["eu", "us"]).meta({ title: "Region", description: "Where it is." }),
    baseUrl: z.url("must be a URL").default("https://acme.example").meta({ title: "Base Url" }),
    headers: customHeaders(),
  }),
  limits: { maxPieces: 1, maxBytes: 1 },
  connect: (_, { http }) => {
    seen.push(http);
    return {
      test: async () => ({ ok: true, message: "Fine." }),
      encode: () => [],
      send: async () => ({ outcome: { status: "delivered" } }),
    };
  },
});
const good = { apiKey: "sk-0123456789abcdef", region: "eu" };

test("the form is read off the config", () => {
  expect(type.form).toEqual([
    { name: "apiKey", label: "Api Key", required: true, secret: true },
    {
      name: "region",
      label: "Region",
      required: true,
      secret: false,
      options: ["eu", "us"],
      description: "Where it is.",
    },
    {
      name: "baseUrl",
      label: "Base Url",
      required: false,
      secret: false,
      defaultValue: "https://acme.example",
    },
    { name: "headers", label: "Custom headers", required: false, secret: false, kind: "object" },
  ]);
});

test("a form knows switches and texts of several lines", () => {
  const config = z.object({
    gzip: z.boolean().default(true).meta({ title: "Gzip" }),
    account: z.string().meta({ title: "Account", secret: true, multiline: true }),
  });
  const { form } = defineDestination({
    type: "acme",
    name: "Acme",
    config,
    limits: { maxPieces: 1, maxBytes: 1 },
    connect: () => {
      throw new Error("Nobody connects.");
    },
  });
  expect(form).toEqual([
    { name: "gzip", label: "Gzip", required: false, secret: false, kind: "boolean", defaultValue: true },
    { name: "account", label: "Account", required: true, secret: true, multiline: true },
  ]);
});

test.each<[unknown, string]>([
  [{}, "Acme is not configured right: Api Key (apiKey) is required; Region (region) is required."],
  [undefined, "its config must be an object."],
  [{ ...good, apiKey: "\u0007bell-in-the-key" }, "Api Key (apiKey) has control characters; paste it again."],
  [{ ...good, baseUrl: "nowhere" }, "Base Url (baseUrl) must be a URL."],
  [{ ...good, api_key: "x" }, "api_key is not one of its settings (apiKey, region, baseUrl, headers)."],
  [{ ...good, headers: { Authorization: "x" } }, "Authorization is set by Tracecast itself; leave it out."],
  [{ ...good, headers: { "bad name": "x" } }, "bad name is not a header name."],
  [{ ...good, headers: { "x-a": "line\nbreak" } }, "must be printable ASCII."],
])("the config %j is refused with a sentence that names the field", (config, message) => {
  expect(() => type.parseConfig(config)).toThrow(message);
});

test("defaults are filled in, secrets are trimmed and masked", () => {
  const parsed = type.parseConfig({
    ...good,
    apiKey: ` ${good.apiKey} `,
    headers: { "x-token": "token-0123456789" },
  });
  expect(parsed).toMatchObject({ apiKey: good.apiKey, baseUrl: "https://acme.example" });
  expect(type.maskConfig(parsed)).toEqual({
    apiKey: "sk-0...cdef",
    region: "eu",
    baseUrl: "https://acme.example",
    headers: { "x-token": "toke...6789" },
  });
  expect(type.maskConfig(type.parseConfig({ ...good, apiKey: "short" }))).toMatchObject({
    apiKey: "********",
  });
});

test("the client that a connection is lent shows none of its secrets", async () => {
  const echo = (result: HttpResult): HttpClient => ({ request: async () => result, close: async () => {} });
  const response: HttpResult = {
    kind: "response",
    status: 400,
    host: "h",
    headers: {},
    body: `key ${good.apiKey} is bad`,
  };
  type.connect(good, { http: echo(response) });
  expect(await seen.at(-1)?.request({ url: "x" })).toMatchObject({ body: "key sk-0...cdef is bad" });
  type.connect(good, { http: echo({ kind: "failure", code: "reset", message: `${good.apiKey} broke` }) });
  expect(await seen.at(-1)?.request({ url: "x" })).toMatchObject({ message: "sk-0...cdef broke" });
});

test("a secret that is empty masks nothing", async () => {
  const answer: HttpResult = { kind: "response", status: 200, host: "a", headers: {}, body: "fine" };
  const http: HttpClient = { request: async () => answer, close: async () => {} };
  type.connect({ ...good, headers: { "x-empty": "" } }, { http });
  expect(await seen.at(-1)?.request({ url: "https://a" })).toEqual(answer);
});

const declaring = (notCarried: NotCarried) =>
  defineDestination({
    type: "acme",
    name: "Acme",
    config: z.object({}),
    limits: { maxPieces: 1, maxBytes: 1 },
    notCarried,
    connect: () => {
      throw new Error("not connected here");
    },
  });

test("what a type does not carry is known of it; nothing said means everything is carried", () => {
  const notCarried = {
    "cost.byok": "Acme knows no keys of one's own.",
    "output.audio": "Acme hears nothing.",
  };
  expect(declaring(notCarried).notCarried).toEqual(notCarried);
  expect(type.notCarried).toEqual({});
});

test("what is not carried must be a field, and say why in a sentence", () => {
  // @ts-expect-error The compiler knows the fields; what is written in JavaScript is told here.
  expect(() => declaring({ "usage.tokens": "Acme counts nothing." })).toThrow(
    'Acme says that it does not carry "usage.tokens", which is no field of a trace event.',
  );
  expect(() => declaring({ usage: "" })).toThrow('does not carry "usage", but not why');
});

test("what connecting throws is said in one sentence, without secrets; what was said already stays", () => {
  const throwing = (thrown: unknown) =>
    defineDestination({
      type: "acme",
      name: "Acme",
      config: z.object({ apiKey: secret() }),
      limits: { maxPieces: 1, maxBytes: 1 },
      connect: () => {
        throw thrown;
      },
    });
  const http: HttpClient = {
    request: async () => ({ kind: "failure", code: "reset", message: "" }),
    close: async () => {},
  };
  const said = (thrown: unknown) => {
    try {
      throwing(thrown).connect({ apiKey: good.apiKey }, { http });
      return undefined;
    } catch (error) {
      return isTracecastError(error) && error.message;
    }
  };
  expect(said(new Error(`no room for ${good.apiKey}\nat line 1`))).toBe(
    "Acme cannot work with its config: no room for sk-0...cdef.",
  );
  expect(said(undefined)).toBe("Acme cannot work with its config: it throws.");
  expect(said(new TracecastError("CONFIG_INVALID", "Acme wants more."))).toBe("Acme wants more.");
});

test("connecting checks the config too", () => {
  const http: HttpClient = {
    request: async () => ({ kind: "failure", code: "reset", message: "" }),
    close: async () => {},
  };
  expect(() => type.connect({}, { http })).toThrow("Acme is not configured right");
});

test.each([
  [200, { status: "delivered" }],
  [204, { status: "delivered" }],
  [301, { status: "rejected", code: "misconfigured" }],
  [400, { status: "rejected", code: "invalid", reason: "400 from h", detail: "why" }],
  [401, { status: "rejected", code: "unauthorized" }],
  [403, { status: "rejected", code: "unauthorized" }],
  [404, { status: "rejected", code: "misconfigured" }],
  [408, { status: "retry" }],
  [413, { status: "rejected", code: "too_large" }],
  [422, { status: "rejected", code: "invalid" }],
  [425, { status: "retry" }],
  [429, { status: "retry", retryAfterMs: 7000 }],
  [500, { status: "retry", retryAfterMs: 7000 }],
  [503, { status: "retry" }],
])("%i means %j", (status, outcome) => {
  expect(
    outcomeOf({ kind: "response", status, host: "h", headers: { "retry-after": "7" }, body: " why " }),
  ).toMatchObject(outcome);
});

test("a failure may pass, but a forbidden address does not", () => {
  expect(outcomeOf({ kind: "failure", code: "reset", message: "m" })).toEqual({
    status: "retry",
    reason: "m",
  });
  expect(outcomeOf({ kind: "failure", code: "forbidden_address", message: "m" })).toMatchObject({
    code: "misconfigured",
  });
});

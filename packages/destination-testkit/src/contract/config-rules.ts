import assert from "node:assert/strict";
import type { JsonObject, TracecastError } from "@tracecast/core";
import { createHttpClient } from "@tracecast/core";
import { numberedEvent } from "./batch.ts";
import { withServer } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";
import { assertNoSecret, secretsIn, stringsIn } from "./secrets.ts";

/** What the settings of a destination promise to the person who fills them in. */
export function configRules(options: ContractOptions): Rules {
  const { destination } = options;
  const good = options.config("http://127.0.0.1:9");
  const required = destination.form.filter((field) => field.required);
  return {
    "says what it is and what one request may carry": () => {
      const { type, name, limits, docsUrl } = destination;
      assert.match(type, /^[a-z][a-z0-9-]*$/, "type is lower-case letters, digits and dashes");
      assert.ok(name.trim(), "name is what people read");
      assert.ok(
        Number.isInteger(limits.maxPieces) && limits.maxPieces > 0,
        "limits.maxPieces is a whole number above 0",
      );
      assert.ok(limits.maxBytes > 0, "limits.maxBytes is above 0");
      assert.ok(docsUrl === undefined || URL.canParse(docsUrl), "docsUrl is a URL");
    },
    "refuses settings that are none": () => {
      for (const none of [null, undefined, "text", 7, []]) refusal(options, none);
    },
    "names every required setting by its label when it is missing": () => {
      if (required.length > 0) assertNames(refusal(options, {}), required);
      for (const field of required)
        assertNames(refusal(options, { ...good, [field.name]: undefined }), [field]);
    },
    "refuses a setting that it does not know, and names it": () => {
      assert.match(refusal(options, { ...good, notASetting: true }), /notASetting/);
    },
    "gives every setting a label": () => {
      for (const { name, label } of destination.form)
        assert.ok(label.trim() && label !== name, `${name} has no label; give the field a title`);
    },
    ...(options.hasSecrets !== false && {
      "marks a setting as secret": () => {
        assert.notEqual(
          secretsIn(destination, good).length,
          0,
          "no setting with 12 characters or more is marked with secret()",
        );
      },
    }),
    "shows no secret in the settings that people see": () => {
      const masked = destination.maskConfig(destination.parseConfig(good));
      assertNoSecret(options, JSON.stringify(masked), "the masked config");
      for (const { name, secret } of destination.form.filter(({ name }) => name in good))
        if (secret) assert.notEqual(masked[name], good[name], `${name} is not masked`);
    },
    "quotes no secret when it refuses settings": () => {
      for (const message of refusalsOf(options, good)) assertNoSecret(options, message, `"${message}"`);
    },
    "has settings that survive JSON and may be parsed again": () => {
      const parsed = destination.parseConfig(good);
      assert.deepEqual(JSON.parse(JSON.stringify(parsed)), parsed);
      assert.deepEqual(destination.parseConfig(parsed), parsed);
    },
    "refuses to connect with bad settings": async () => {
      const http = createHttpClient();
      try {
        assertRefuses(() => destination.connect({ notASetting: true }, { http }));
      } finally {
        await http.close();
      }
    },
    "opens no connection when it connects and encodes": () => opensNothing(options),
  };
}

/** The message with which settings are refused. */
function refusal({ destination }: ContractOptions, config: unknown): string {
  return assertRefuses(() => destination.parseConfig(config));
}

function assertRefuses(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.equal((error as TracecastError).code, "CONFIG_INVALID", `threw ${String(error)}`);
    return (error as TracecastError).message;
  }
  return assert.fail("bad settings were taken");
}

function assertNames(message: string, fields: readonly { readonly label: string }[]): void {
  for (const { label } of fields) assert.ok(message.includes(label), `"${message}" does not name "${label}"`);
}

/** The messages for settings that are wrong in every way in which somebody could paste a secret. */
function refusalsOf(options: ContractOptions, good: Readonly<Record<string, unknown>>): readonly string[] {
  const secrets = secretsIn(options.destination, good);
  const wrong = secrets.flatMap((secret) => [
    { ...good, notASetting: secret },
    ...options.destination.form.flatMap(({ name }) =>
      [secret, `${secret}\u0007`, [secret], { key: `${secret}\n` }, 42].map((value) => ({
        ...good,
        [name]: value,
      })),
    ),
    ...stringsIn(good as JsonObject)
      .filter(([, value]) => value.trim() === secret)
      .map(([path]) => withString(good, path.split("/").slice(1), `${secret}\u0007`)),
  ]);
  return wrong.flatMap((config) => {
    try {
      options.destination.parseConfig(config);
      return [];
    } catch (error) {
      return [String(error)];
    }
  });
}

function withString(
  target: Readonly<Record<string, unknown>>,
  [key = "", ...rest]: readonly string[],
  text: string,
): Record<string, unknown> {
  const child = rest.length === 0 ? text : withString(target[key] as Record<string, unknown>, rest, text);
  return { ...target, [key]: child };
}

async function opensNothing(options: ContractOptions): Promise<void> {
  await withServer(async (server) => {
    const http = createHttpClient();
    try {
      options.destination.connect(options.config(server.url), { http }).encode(numberedEvent(1));
      // Our own request comes after whatever the destination began, so the one connection there may be is ours.
      await http.request({ url: `${server.url}/ours` });
      assert.deepEqual(
        server.requests.map(({ path }) => path),
        ["/ours"],
      );
      assert.equal(server.connections, 1, "connect or encode opened a connection");
    } finally {
      await http.close();
    }
  });
}

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineDestination, delivered, piece } from "@tracecast/core";
import type { Connection, Destination } from "@tracecast/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { localDestinationContract } from "./local-destination-contract.ts";

const open = new AbortController().signal;

/** A destination that appends to a file, of which a test may spoil a part. */
function diary(spoil: (good: Connection, path: string) => Partial<Connection> = () => ({})): Destination {
  return defineDestination({
    type: "diary",
    name: "Diary",
    config: z.object({ path: z.string().meta({ title: "Path" }) }),
    limits: { maxPieces: 50, maxBytes: 200_000 },
    connect({ path }) {
      const good = connectDiary(path);
      return { ...good, ...spoil(good, path) };
    },
  });
}

function connectDiary(path: string): Connection {
  const append = (text: string) => {
    try {
      appendFileSync(path, text);
      return true;
    } catch {
      return false;
    }
  };
  return {
    async test(signal) {
      const ok = !signal.aborted && append("");
      return { ok, message: ok ? "The diary is open." : "The diary is closed; open it." };
    },
    encode: (event) => [piece(JSON.stringify(event), event.id)],
    async send(batch, signal) {
      const text = batch.flatMap(({ pieces }) => pieces.map(({ json }) => `${json}\n`)).join("");
      return {
        outcome: !signal.aborted && append(text) ? delivered : { status: "retry", reason: "closed" },
      };
    },
  };
}

const pathIn = (folder: string) => join(folder, "diary");
const options = {
  config: (folder: string) => ({ path: pathIn(folder) }),
  written(folder: string) {
    try {
      return readFileSync(pathIn(folder), "utf8");
    } catch {
      return "";
    }
  },
  spoil: (folder: string) => mkdirSync(pathIn(folder)),
  hasSecrets: false,
};

localDestinationContract({ describe, test, destination: diary(), ...options });

function testsFor(destination: Destination) {
  const tests = new Map<string, () => Promise<void>>();
  localDestinationContract({
    describe: (_, body) => body(),
    test: (name, body) => tests.set(name, body),
    destination,
    ...options,
  });
  return tests;
}

const spoiled: Readonly<Record<string, readonly [destination: Destination, complaint: RegExp]>> = {
  "finds a good place good, and writes nothing into it": [
    diary((_, path) => ({
      async test() {
        writeFileSync(path, "Dear diary");
        return { ok: true, message: "The diary is open." };
      },
    })),
    /test wrote something/,
  ],
  "says what is wrong with a bad place": [
    diary(() => ({ test: async () => ({ ok: true, message: "The diary is open." }) })),
    /bad place was found good/,
  ],
  "writes a batch": [
    diary((good) => ({ send: (batch, signal) => good.send(batch.slice(1), signal) })),
    /1 of 2 events do not stand there once/,
  ],
  "writes twenty batches at once": [
    diary((good) => ({
      async send(batch, signal) {
        await good.send(batch, signal);
        return good.send(batch, signal);
      },
    })),
    /20 of 20 events do not stand there once/,
  ],
  "writes nothing when its signal has already spoken, for retry": [
    diary((good) => ({ send: (batch) => good.send(batch, open) })),
    /when aborted/,
  ],
  "does not take what could not be written for delivered, and says why without quoting it": [
    diary((good) => ({
      async send(batch, signal) {
        await good.send(batch, signal);
        return { outcome: delivered };
      },
    })),
    /counts as delivered/,
  ],
};

describe("the contract finds out a destination that does not keep it", () => {
  test.for(Object.entries(spoiled))("%s", async ([name, [destination, complaint]]) => {
    await expect(testsFor(destination).get(name)?.()).rejects.toThrow(complaint);
  });
});

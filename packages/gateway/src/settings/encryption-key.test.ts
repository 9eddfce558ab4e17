import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encryptionKey } from "./encryption-key.ts";

const folder = () => mkdtempSync(join(tmpdir(), "tracecast-"));

test("a key of the environment is read as base64 or hex, and nothing is written", () => {
  const key = Buffer.alloc(32, 7);
  for (const encoding of ["base64", "hex"] as const)
    expect(encryptionKey(key.toString(encoding), "/nowhere")).toEqual(key);
});

test("without one a key is made at the first start, for its owner only, and found at the second", () => {
  const path = join(folder(), "data");
  const key = encryptionKey(undefined, path);
  expect(key).toHaveLength(32);
  expect(statSync(join(path, "key")).mode & 0o777).toBe(0o600);
  expect(encryptionKey(undefined, path)).toEqual(key);
});

test("what is no key is refused without being repeated; what cannot be written says so", () => {
  expect(() => encryptionKey("hunter2", folder())).toThrow(
    /^TRACECAST_ENCRYPTION_KEY is not a key: it must be 32 bytes.*openssl/,
  );
  const path = folder();
  writeFileSync(join(path, "key"), "short");
  expect(() => encryptionKey(undefined, path)).toThrow(/is not a key/);
  expect(readFileSync(join(path, "key"), "utf8")).toBe("short");
  expect(() => encryptionKey(undefined, join(path, "key", "data"))).toThrow(/cannot be/);
});

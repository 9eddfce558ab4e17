import { randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";

/**
 * The key of the management API: the one that was set, else that of the file `management-key` in the data folder, which is made at the first
 * start and readable by its owner only.
 */
export function managementKey(set: string | undefined, dataFolder: string): string {
  if (set) return set;
  const path = join(dataFolder, "management-key");
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    const made = `tc-mgmt-${randomBytes(32).toString("base64url")}`;
    writeFileSync(path, `${made}\n`, { mode: 0o600, flag: "wx" });
    return made;
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)/i.exec(authorization ?? "")?.[1];
}

/** The key that a request comes with, whichever way its client has of saying it. */
export function tokenOf({ headers }: IncomingMessage): string | undefined {
  const { authorization, "x-api-key": apiKey } = headers;
  return bearerOf(authorization) ?? (typeof apiKey === "string" ? apiKey : undefined);
}

/** Makes a question whether a token is the key. It takes as long for any token of the key's length, which is no secret. */
export function keyCheck(key: string): (token: string | undefined) => boolean {
  const expected = Buffer.from(key);
  return (token) => {
    if (token === undefined) return false;
    const given = Buffer.from(token);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}

import { createPrivateKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isJsonObject, parseJson } from "@tracecast/core";

/** Who asks Google for a token, read off the JSON text of a key. */
export interface ServiceAccount {
  readonly email: string;
  readonly keyId: string | undefined;
  readonly privateKey: KeyObject;
  readonly tokenUri: string;
}

const googleTokenUri = "https://oauth2.googleapis.com/token";

/** The account of a key's JSON text; undefined where the text is none. */
export function serviceAccountOf(text: string): ServiceAccount | undefined {
  const key = parseJson(text);
  if (!isJsonObject(key)) return undefined;
  const { client_email: email, private_key: pem, private_key_id: keyId, token_uri: uri } = key;
  const tokenUri = uri ?? googleTokenUri;
  const privateKey = typeof pem === "string" ? rsaKeyOf(pem) : undefined;
  if (typeof email !== "string" || typeof tokenUri !== "string" || !privateKey) return undefined;
  if (!URL.canParse(tokenUri) || new URL(tokenUri).protocol !== "https:") return undefined;
  return { email, keyId: typeof keyId === "string" ? keyId : undefined, privateKey, tokenUri };
}

function rsaKeyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined;
  }
}

const lifetimeSeconds = 3600;
const scope = "https://www.googleapis.com/auth/bigquery";

/**
 * What an account asks for a token with, signed with its key.
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 */
export function assertionOf(account: ServiceAccount, nowMs: number): string {
  const issued = Math.floor(nowMs / 1000);
  const head = { alg: "RS256", typ: "JWT", kid: account.keyId };
  const claims = {
    iss: account.email,
    scope,
    aud: account.tokenUri,
    iat: issued,
    exp: issued + lifetimeSeconds,
  };
  const signed = [head, claims].map(base64url).join(".");
  return `${signed}.${sign("sha256", Buffer.from(signed), account.privateKey).toString("base64url")}`;
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

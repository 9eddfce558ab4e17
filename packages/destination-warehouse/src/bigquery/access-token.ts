import { isJsonObject, outcomeOf, parseJson } from "@tracecast/core";
import type { HttpClient, HttpResult, Outcome } from "@tracecast/core";
import { assertionOf } from "./service-account.ts";
import type { ServiceAccount } from "./service-account.ts";

/** A token, or why there is none. */
export type TokenResult =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "refused"; readonly outcome: Outcome };

/** The tokens of one account. */
export interface AccessTokens {
  /** The one there is while it is good, otherwise a new one. */
  get(signal: AbortSignal): Promise<TokenResult>;
  /** Has the next `get` ask for a new one: this one was refused. */
  forget(): void;
}

// A token that ends while a request is under way is refused.
const marginMs = 60_000;

/** Tokens from the account's own token address, kept until shortly before they end. */
export function accessTokens(
  account: ServiceAccount,
  http: HttpClient,
  now: () => number = Date.now,
): AccessTokens {
  let kept: { readonly token: string; readonly untilMs: number } | undefined;
  return {
    async get(signal) {
      const askedMs = now();
      if (kept && askedMs < kept.untilMs) return { kind: "token", token: kept.token };
      const result = await ask(account, http, askedMs, signal);
      const answer = result.kind === "response" && result.status === 200 ? parseJson(result.body) : undefined;
      const { access_token: token, expires_in: seconds } = isJsonObject(answer) ? answer : {};
      if (typeof token !== "string" || typeof seconds !== "number")
        return { kind: "refused", outcome: refusalOf(result) };
      kept = { token, untilMs: askedMs + seconds * 1000 - marginMs };
      return { kind: "token", token };
    },
    forget() {
      kept = undefined;
    },
  };
}

function ask(
  account: ServiceAccount,
  http: HttpClient,
  nowMs: number,
  signal: AbortSignal,
): Promise<HttpResult> {
  return http.request({
    url: account.tokenUri,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: assertionOf(account, nowMs),
    }).toString(),
    signal,
    timeoutMs: 10_000,
  });
}

/** Its answer may quote the assertion, so that only the error's name is repeated. */
function refusalOf(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (outcome.status === "retry" || result.kind === "failure") return outcome;
  const answer = parseJson(result.body);
  const name = isJsonObject(answer) ? answer["error"] : undefined;
  if (typeof name !== "string" || !/^\w{1,40}$/.test(name))
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${result.host} does not answer as a token address does`,
    };
  return { status: "rejected", code: "unauthorized", reason: `${result.host} gives no token: ${name}` };
}

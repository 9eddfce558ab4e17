import type { Destination, HttpClient } from "@tracecast/core";
import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { snowflake } from "./snowflake.ts";

/** Snowflake's address is made from the account's name, so what goes to the account `port-8080` is led to that port here. */
const redirected: Destination = {
  ...snowflake,
  connect: (config, { http }) => snowflake.connect(config, { http: leadingHere(http) }),
};

const leadingHere = (http: HttpClient): HttpClient => ({
  close: () => http.close(),
  request: ({ url, ...request }) =>
    http.request({
      ...request,
      url: url.replace(/^https:\/\/port-(\d+)\.snowflakecomputing\.com/, "http://127.0.0.1:$1"),
    }),
});

const done = { body: { code: "090001", sqlState: "00000", message: "Statement executed successfully." } };

destinationContract({
  describe,
  test,
  destination: redirected,
  config: (url) => ({
    account: `port-${new URL(url).port}`,
    token: "snowflake-contract-token-0123456789",
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: done, send: done },
});

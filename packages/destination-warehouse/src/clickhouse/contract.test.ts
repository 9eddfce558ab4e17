import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { clickhouse } from "./clickhouse.ts";

destinationContract({
  describe,
  test,
  destination: clickhouse,
  config: (host) => ({
    host,
    username: "tracecast",
    password: "clickhouse-contract-password",
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: { body: "" }, send: { body: "" } },
});

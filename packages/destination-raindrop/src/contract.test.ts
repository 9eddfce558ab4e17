import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { raindrop } from "./raindrop.ts";

destinationContract({
  describe,
  test,
  destination: raindrop,
  config: (baseUrl) => ({
    writeKey: "raindrop-contract-0123456789",
    baseUrl,
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: { status: 204 }, send: { status: 204 } },
});

import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { datadog } from "./datadog.ts";

destinationContract({
  describe,
  test,
  destination: datadog,
  config: (url) => ({
    apiKey: "0123456789abcdef0123456789abcdef",
    mlApp: "weather-bot",
    url,
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: { body: { valid: true } }, send: { status: 202, body: "" } },
});

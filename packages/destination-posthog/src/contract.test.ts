import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { posthog } from "./posthog.ts";

destinationContract({
  describe,
  test,
  destination: posthog,
  config: (endpoint) => ({
    apiKey: "phc_0123456789abcdefContract",
    endpoint,
    headers: { "x-team": "observability-team" },
  }),
  reply: {
    test: { body: { flags: {}, errorsWhileComputingFlags: false, requestId: "0199" } },
    send: { body: { status: "Ok" } },
  },
});

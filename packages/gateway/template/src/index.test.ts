import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { acme } from "./index.ts";

destinationContract({
  describe,
  test,
  destination: acme,
  // Good settings, pointed at a server of the contract's own.
  config: (url) => ({ apiKey: "acme-0123456789abcdef", baseUrl: url }),
  // How Acme answers when all is well.
  reply: { test: { body: {} }, send: { body: {} } },
  // Acme takes any 2xx for success: delete this line once `send` and `test` look at the answer.
  readsAnswers: false,
});

import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { braintrust } from "./braintrust.ts";

const projectId = "7a41ecf5-4698-4b9a-9937-4ad334cb6b90";
const json = (body: object) => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

destinationContract({
  describe,
  test,
  destination: braintrust,
  config: (baseUrl) => ({
    apiKey: "sk-braintrust-contract-key",
    projectId,
    baseUrl,
    headers: { "x-team": "observability-team" },
  }),
  reply: {
    test: ({ method }) =>
      json(method === "GET" ? { id: projectId, org_id: projectId, name: "Contract" } : { row_ids: [] }),
    send: ({ body }) => {
      const { events } = JSON.parse(body) as { events: { id: string }[] };
      return json({ row_ids: events.map(({ id }) => id) });
    },
  },
});

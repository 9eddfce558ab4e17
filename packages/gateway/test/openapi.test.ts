import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { createManagementApi } from "../src/management/management-api.ts";
import type { ManagementOptions } from "../src/management/management-api.ts";
import { openApiDocument } from "../src/management/openapi/document.ts";

const document = JSON.parse(JSON.stringify(openApiDocument())) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
};
// What the routes work on is not asked for until one of them is called.
const options: Partial<ManagementOptions> = { isKey: (token) => token === "k" };
const api = createManagementApi(options as ManagementOptions);

test("the document is one of OpenAPI 3.1", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("every route is in the document, and nothing else is", () => {
  const routes = api.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual([...new Set(routes)].toSorted());
});

test("it is served to anybody, and says what is needed to make a destination", async () => {
  const answer = await api.request("/api/tracecast/v1/openapi.json");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual(document);
  expect(document.paths["/api/v1/observability/destinations"]?.["post"]).toMatchObject({
    requestBody: {
      content: {
        "application/json": {
          schema: {
            required: ["name", "config", "type"],
            properties: { sampling_rate: { minimum: 0.0001 } },
          },
        },
      },
    },
  });
});

test("an unknown route gets the error's shape", async () => {
  const answer = await api.request("/api/tracecast/v1/nothing", { headers: { authorization: "Bearer k" } });
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: { code: 404, message: "Resource not found" } });
});

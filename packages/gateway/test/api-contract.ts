import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { openApiDocument } from "../src/management/openapi/document.ts";

interface Described {
  readonly responses: Readonly<
    Record<string, { readonly content: { readonly "application/json": { readonly schema: object } } }>
  >;
}

const document = openApiDocument() as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);
ajv.addSchema(document, "api");
const known = new Map<string, ValidateFunction>();

/** Complains where an answer is not what the API's document says of it. */
export function mustConform(method: string, path: string, status: number, body: unknown): void {
  const template = templateOf(path.split("?")[0] ?? "");
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  const said = operation ? (operation.responses[status] ? String(status) : "default") : undefined;
  if (said === "default" && status < 400)
    throw new Error(`${method} ${path}: ${status} is not in the document.`);
  const at = [
    "paths",
    template ?? "",
    method.toLowerCase(),
    "responses",
    said ?? "",
    "content",
    "application/json",
    "schema",
  ];
  const pointer = said === undefined ? "/components/schemas/Error" : `/${at.map(escaped).join("/")}`;
  const check = known.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
  known.set(pointer, check);
  if (!check(body)) throw new Error(`${method} ${path}: ${ajv.errorsText(check.errors)}`);
}

/** The longest template wins that has the fewest parameters: `/test` before `/{id}`. */
function templateOf(path: string): string | undefined {
  const fitting = Object.keys(document.paths).filter((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );
  return fitting.toSorted((a, b) => a.split("{").length - b.split("{").length)[0];
}

const escaped = (part: string): string =>
  encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"));

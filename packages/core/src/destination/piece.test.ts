import { expect, test } from "vitest";
import { piece, requestBody } from "./piece.ts";

test("a piece knows its bytes and their number", () => {
  const made = piece('"é"', "k");
  expect(made.utf8.toString()).toBe('"é"');
  expect(made).toMatchObject({ json: '"é"', bytes: 4, key: "k" });
  expect(piece("{}").key).toBeUndefined();
});

test("a request body has its pieces in order, commas between them", () => {
  const text = (...jsons: string[]) =>
    Buffer.from(
      requestBody(
        '{"rows":[',
        jsons.map((json) => piece(json)),
        "]}",
      ),
    ).toString();
  expect(text()).toBe('{"rows":[]}');
  expect(text("1")).toBe('{"rows":[1]}');
  expect(text("1", '"é"', "{}")).toBe('{"rows":[1,"é",{}]}');
});

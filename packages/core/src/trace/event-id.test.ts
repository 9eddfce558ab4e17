import { expect, test } from "vitest";
import { eventId } from "./event-id.ts";

test("ids are UUIDv7, each another, in the order they were made", () => {
  const ids = Array.from({ length: 5000 }, eventId);
  for (const id of ids)
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

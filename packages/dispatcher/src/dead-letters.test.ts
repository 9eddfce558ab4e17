import { expect, test } from "vitest";
import { event } from "../test/event.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { estimateBytes } from "./spool/event-size.ts";

const letter = (eventId: string, destinationId = "a"): DeadLetter => ({
  destinationId,
  eventId,
  code: "invalid",
  reason: "400",
  diedMs: 1,
  event: event({ id: eventId }),
});
const ids = (letters: readonly DeadLetter[]) => letters.map(({ eventId }) => eventId);

test("letters come out as they went in, oldest first, a later one of the same event in place of the earlier", () => {
  const letters = new DeadLetters();
  letters.add(letter("1"));
  letters.add(letter("2"));
  letters.add({ ...letter("1"), reason: "again" });
  expect(letters.list("a")).toMatchObject([letter("2"), { ...letter("1"), reason: "again" }]);
  expect(letters.list("b")).toEqual([]);
});

test("over a limit of number or bytes the oldest of the same destination go, and are named", () => {
  const few = new DeadLetters({ maxLetters: 2 });
  few.add(letter("1", "b"));
  expect(["1", "2", "3"].flatMap((id) => few.add(letter(id)))).toMatchObject([{ eventId: "1" }]);
  expect(ids(few.list("a"))).toEqual(["2", "3"]);
  expect(ids(few.list("b"))).toEqual(["1"]);
  const small = new DeadLetters({ maxBytes: estimateBytes(event()) * 2.5 });
  expect(["1", "2", "3", "4"].flatMap((id) => ids(small.add(letter(id))))).toEqual(["1", "2"]);
});

test("what is removed or purged is gone, and counted", () => {
  const letters = new DeadLetters();
  for (const id of ["1", "2", "3"]) letters.add(letter(id));
  expect([letters.remove("a", "2"), letters.remove("a", "2"), letters.remove("b", "1")]).toEqual([
    true,
    false,
    false,
  ]);
  expect(letters.purge("a")).toBe(2);
  expect(letters.list("a")).toEqual([]);
});

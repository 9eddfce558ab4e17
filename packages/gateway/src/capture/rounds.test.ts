import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { Rounds } from "./rounds.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function setUp() {
  const rounds = new Rounds();
  const done: number[] = [];
  const add = (...works: number[]) => {
    for (const work of works) rounds.add(async () => void done.push(work));
  };
  return { rounds, done, add };
}

test("the first waits for company, for a while", async () => {
  vi.useFakeTimers();
  const { done, add } = setUp();
  add(1, 2);
  await vi.advanceTimersByTimeAsync(19);
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual([1, 2]);
  add(3);
  await vi.advanceTimersByTimeAsync(20);
  expect(done).toEqual([1, 2, 3]);
});

test("enough begin at once, and never in the turn in which they came", async () => {
  vi.useFakeTimers();
  const { done, add } = setUp();
  add(1, 2, 3, 4, 5, 6, 7, 8, 9);
  await Promise.resolve();
  expect(done).toEqual([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(done).toHaveLength(9);
});

test("who cannot wait begins a round, and hears when all is done, in order, what was begun before included", async () => {
  const { rounds, done, add } = setUp();
  rounds.add(async () => {
    await nextTurn();
    done.push(1);
  });
  add(2);
  void rounds.begin();
  add(3);
  await rounds.begin();
  expect(done).toEqual([1, 2, 3]);
  await rounds.begin();
});

test("others get a turn where the work is long", async () => {
  const { rounds, add, done } = setUp();
  let nowMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (nowMs += 5));
  add(1, 2, 3);
  const round = rounds.begin();
  await new Promise(setImmediate);
  expect(done.length).toBeLessThan(3);
  await round;
  expect(done).toEqual([1, 2, 3]);
});

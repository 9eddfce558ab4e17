import { expect, test } from "vitest";
import { DeliveryWindow } from "./window.ts";

test("it grows while answers are as quick as usual, up to sixteen", () => {
  const window = new DeliveryWindow();
  expect(window.limit).toBe(2);
  for (let n = 0; n < 500; n += 1) window.succeeded(100);
  expect(window.limit).toBe(16);
});

test("it does not grow while answers get slower", () => {
  const window = new DeliveryWindow();
  let durationMs = 10;
  for (let n = 0; n < 20; n += 1) window.succeeded((durationMs *= 3));
  expect(window.limit).toBe(2);
});

test("it halves when an attempt fails, and waits twice as long after every further failure", () => {
  const window = new DeliveryWindow();
  for (let n = 0; n < 500; n += 1) window.succeeded(100);
  expect(window.failed(1000, 1100, 1)).toBe(500);
  expect(window.limit).toBe(8);
  expect(window.failed(1600, 1700, 1)).toBe(1000);
  expect(window.limit).toBe(4);
  expect(window.notBeforeMs).toBe(2700);
});

test("attempts that ran side by side and failed together are one failure", () => {
  const window = new DeliveryWindow();
  for (let n = 0; n < 500; n += 1) window.succeeded(100);
  for (let n = 0; n < 8; n += 1) window.failed(1000, 1100 + n, 1);
  expect(window.limit).toBe(8);
  expect(window.circuit).toBe("closed");
  expect(window.notBeforeMs).toBe(1607);
});

test("five failures in a row open the circuit: one probe at a time, and one answer closes it", () => {
  const window = new DeliveryWindow();
  for (let n = 1; n <= 5; n += 1) {
    expect(window.circuit).toBe("closed");
    window.failed(n * 100_000, n * 100_000 + 1, 0);
  }
  expect(window.circuit).toBe("open");
  expect(window.limit).toBe(1);
  window.succeeded(10);
  expect(window.circuit).toBe("closed");
  expect(window.limit).toBeGreaterThan(1);
});

test("a longer Retry-After is waited for, a shorter one does not shorten the wait", () => {
  const window = new DeliveryWindow();
  expect(window.failed(1, 2, 1, 7000)).toBe(7000);
  expect(window.failed(10_000, 10_001, 1, 1)).toBe(1000);
});

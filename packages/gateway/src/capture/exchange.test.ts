import { expect, test } from "vitest";
import { Exchange } from "./exchange.ts";

const bytes = Buffer.alloc(1024 * 1024);

test("a whole answer ends with its last byte, one that was given up when it was", () => {
  const whole = new Exchange("chat", 1000, [], bytes);
  whole.received(bytes, 1500);
  whole.ended({ kind: "complete" }, 9000);
  expect(whole.endMs).toBe(1500);
  const cancelled = new Exchange("chat", 1000, [], bytes);
  cancelled.received(bytes, 1500);
  cancelled.ended({ kind: "cancelled" }, 9000);
  expect(cancelled.endMs).toBe(9000);
  const empty = new Exchange("chat", 1000, [], bytes);
  empty.ended({ kind: "complete" }, 1200);
  expect(empty.endMs).toBe(1200);
});

test("of an endless answer 32 MiB are kept, and it is said that there was more", () => {
  const exchange = new Exchange("chat", 0, [], bytes);
  for (let n = 0; n < 100; n += 1) exchange.received(bytes, n);
  expect(exchange.chunks).toHaveLength(32);
  expect(exchange.truncated).toBe(true);
});

import { expect, test } from "vitest";
import { createCapture } from "./capture.ts";
import { Exchange } from "./exchange.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

test.each([
  [traceparent, traceparent],
  ["a secret question", undefined],
  [undefined, undefined],
])("trouble with a request that says %j of its trace is told with %j", async (said, told) => {
  const troubles: unknown[] = [];
  const capture = createCapture({
    publish: () => {
      throw new Error("no");
    },
    onTrouble: (error, parent) => void troubles.push([(error as Error).message, parent]),
  });
  const headers = said === undefined ? [] : ["TraceParent", said];
  capture.finished(new Exchange("chat", 1, headers, Buffer.from("{}")));
  await capture.settled();
  expect(troubles).toEqual([["no", told]]);
});

test("what is finished becomes an event when it is asked for, in order, while another exchange is under way", async () => {
  const users: (string | undefined)[] = [];
  const capture = createCapture({
    publish: ({ user }) => void users.push(user),
    onTrouble: (error) => {
      throw error;
    },
  });
  capture.expect(new Promise(() => undefined));
  for (const user of ["ada", "bo"])
    capture.finished(new Exchange("chat", 1, [], Buffer.from(JSON.stringify({ user }))));
  expect(users).toEqual([]);
  await capture.caughtUp();
  expect(users).toEqual(["ada", "bo"]);
});

import type { TraceEvent } from "@tracecast/core";
import { Pool } from "undici";
import { batchSize } from "../contender.ts";
import type { ContenderFactory } from "../contender.ts";

/** The least that can be done: each event made into JSON once, and one body for all destinations. It queues nothing, retries nothing, hides nothing. */
export const floor: ContenderFactory = async ({ destinations, sink }) => {
  const pool = new Pool(sink, { connections: 8 });
  const sending = new Set<Promise<void>>();
  let waiting: string[] = [];
  const post = async (path: string, body: Buffer) => {
    const response = await pool.request({
      path,
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    await response.body.dump();
  };
  const send = () => {
    const body = Buffer.from(`{"events":[${waiting.join(",")}]}`);
    waiting = [];
    for (let n = 0; n < destinations; n += 1) {
      const sent = post(`/v1/project_logs/d${n}/insert`, body).finally(() => sending.delete(sent));
      sending.add(sent);
    }
  };
  return {
    publish(event: TraceEvent) {
      waiting.push(JSON.stringify(event));
      if (waiting.length === batchSize) send();
    },
    async flush() {
      if (waiting.length > 0) send();
      while (sending.size > 0) await Promise.all(sending);
    },
    close: () => pool.close(),
  };
};

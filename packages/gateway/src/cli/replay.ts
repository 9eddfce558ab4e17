import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { isJsonObject, parseJson } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { SingleBar } from "cli-progress";
import { SettingsError } from "../settings/settings-error.ts";
import { listIn } from "./list-all.ts";
import { idOf, own, text } from "./manage.ts";
import type { ManageCommand } from "./manage.ts";
import type { ManagementClient } from "./management-client.ts";

const perRequest = 100;
const maxRequestBytes = 4 * 1024 * 1024;
// Far from any limit at which the oldest would be dropped to make room.
const maxWaiting = 2000;
const maxComplaints = 20;

interface Line {
  readonly number: number;
  readonly event: Json;
}

/**
 * Sends every trace event of a JSON Lines file to one destination, no faster than it takes them. A line that is none is named and left out. The
 * exit code says whether all were delivered.
 */
export const replayFile =
  (file: string, name: string): ManageCommand =>
  async (client) => {
    const { size } = await stat(file).catch(() => {
      throw new SettingsError(`${file} cannot be read.`);
    });
    const path = `${own}/${await idOf(client, name)}`;
    const before = await statsOf(client, path);
    const bar = new SingleBar({ format: "{bar} {percentage}% · {sent} sent", stream: process.stderr });
    bar.start(size, 0, { sent: 0 });
    const complaints: string[] = [];
    let sent = 0;
    let read = 0;
    const send = async (lines: readonly Line[]) => {
      while ((await statsOf(client, path)).pending > maxWaiting) await wait(200);
      const { accepted, refused } = await client.ask("POST", `${path}/events`, {
        events: lines.map(({ event }) => event),
      });
      sent += Number(accepted);
      for (const { index, message } of listIn(refused))
        complaints.push(`line ${lines[Number(index)]?.number}: ${text(message)}`);
      bar.update(read, { sent });
    };
    let lines: Line[] = [];
    let bytes = 0;
    let number = 0;
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      number += 1;
      read += Buffer.byteLength(line) + 1;
      if (line.trim() === "") continue;
      const event = parseJson(line);
      if (event === undefined) complaints.push(`line ${number}: is not JSON`);
      else lines.push({ number, event });
      bytes += line.length;
      if (lines.length < perRequest && bytes < maxRequestBytes) continue;
      await send(lines);
      [lines, bytes] = [[], 0];
    }
    if (lines.length > 0) await send(lines);
    const after = await untilSettled(client, path);
    bar.update(size, { sent });
    bar.stop();
    const delivered = after.delivered - before.delivered;
    const shown = complaints.slice(0, maxComplaints);
    const hidden = complaints.length - shown.length;
    const lost = after.reason === undefined ? "" : `; ${after.pending} wait: ${after.reason}`;
    return {
      lines: [
        ...shown,
        ...(hidden > 0 ? [`and ${hidden} more`] : []),
        `${sent} sent, ${delivered} delivered, ${after.dead - before.dead} refused${lost}.`,
      ],
      code: complaints.length === 0 && delivered >= sent ? 0 : 1,
    };
  };

interface Counts {
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  /** Why what waits may wait for long. */
  readonly reason?: string;
}

/** Waits until nothing waits, or the destination is in trouble. */
async function untilSettled(client: ManagementClient, path: string): Promise<Counts> {
  for (;;) {
    const counts = await statsOf(client, path);
    if (counts.pending === 0 || counts.reason !== undefined) return counts;
    await wait(200);
  }
}

async function statsOf(client: ManagementClient, path: string): Promise<Counts> {
  const { data } = await client.ask("GET", `${path}/stats`);
  if (!isJsonObject(data)) throw new SettingsError("This destination is not running.");
  const { delivered, pending, dead, pausedReason, lastFailure } = data;
  const reason = pausedReason ?? lastFailure;
  return {
    delivered: Number(delivered),
    pending: Number(pending),
    dead: Number(dead),
    ...(reason !== undefined && { reason: text(reason) }),
  };
}

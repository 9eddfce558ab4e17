// The far end, in a process of its own: reads everything, counts what arrived by destination, and answers as each client expects.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

const counts = new Map<string, number>();
let bytes = 0;
let requests = 0;

interface Insert {
  readonly events?: readonly { readonly id?: string; readonly log_id?: string }[];
  readonly rows?: readonly { readonly project_id?: string }[];
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const answer = answerTo(request.url ?? "", request.headers["content-encoding"], Buffer.concat(parts));
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
});

function answerTo(url: string, encoding: string | undefined, body: Buffer): unknown {
  if (url === "/counts") return { counts: Object.fromEntries(counts), bytes, requests };
  if (url.endsWith("/api/apikey/login")) return login();
  if (url.endsWith("/version")) return { version: "0", logs3_payload_max_bytes: null };
  if (url.endsWith("/project/register") || /\/v1\/project(\/|\?|$)/.test(url)) return project(body);
  requests += 1;
  bytes += body.length;
  const parsed = JSON.parse((encoding === "gzip" ? gunzipSync(body) : body).toString("utf8")) as Insert;
  return count(url, parsed);
}

function login(): unknown {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return { org_info: [{ id: "o", name: "o", api_url: url, proxy_url: url }] };
}

function project(body: Buffer): unknown {
  const { project_name: name = "p" } = JSON.parse(body.toString("utf8") || "{}") as { project_name?: string };
  return { project: { id: name, name, org_id: "o" } };
}

function count(url: string, { events, rows, resourceSpans }: Insert): unknown {
  if (events) {
    add(url, events.length);
    return { row_ids: events.map(({ id }) => id) };
  }
  for (const { project_id: id = "" } of rows ?? []) add(id, 1);
  const spans = resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)) ?? [];
  if (spans.length > 0) add(url, spans.length);
  return {};
}

const add = (name: string, events: number): void => void counts.set(name, (counts.get(name) ?? 0) + events);

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

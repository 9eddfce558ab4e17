// The far end of destinations, as a process of its own. Argument: the port. What is sent to `/good` is always taken; what is sent to `/bad` fares as the last
// `PUT /mode` says. `GET /taken` answers with the ids that were taken, by path.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What goes wrong at a far end. */
export type Mode =
  | "well"
  | "reset"
  | "reset_in_request"
  | "half_answer"
  | "hang"
  | "slow"
  | "alternate"
  | "garbage"
  | "busy"
  | "too_large";

const taken: Record<string, string[]> = { good: [], bad: [] };
let mode: Mode = "well";
let requests = 0;

const server = createServer((request, response) => {
  request.on("error", () => undefined);
  if (request.url === "/bad" && mode === "reset_in_request") request.once("data", () => request.destroy());
  else void serve(request, response).catch(() => response.destroy());
});
// Closing idle connections is not among its faults: on a busy machine it would meet a request on its way.
server.keepAliveTimeout = 60_000;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts).toString("utf8");
  if (request.url === "/mode") {
    mode = body as Mode;
    return void response.end();
  }
  if (request.url === "/taken") return void response.end(JSON.stringify(taken));
  const ids = (JSON.parse(body) as readonly { readonly id: string }[]).map(({ id }) => id);
  const take = () => {
    taken[request.url?.slice(1) ?? ""]?.push(...ids);
    response.end('{"ok":true}');
  };
  if (request.url === "/good") return take();
  requests += 1;
  answers[mode](response, take, ids);
}

const answers: Readonly<
  Record<Mode, (response: ServerResponse, take: () => void, ids: readonly string[]) => void>
> = {
  well: (_, take) => take(),
  reset: (response) => void response.destroy(),
  reset_in_request: (response) => void response.destroy(),
  half_answer: (response) => {
    response.writeHead(200, { "content-length": 1000 });
    response.write('{"ok":', () => response.destroy());
  },
  hang: () => undefined,
  slow: (_, take) => void setTimeout(take, 50),
  alternate: (response, take) => (requests % 2 === 0 ? take() : void response.writeHead(500).end("no")),
  garbage: (response) => void response.end("\0\xff<html>"),
  busy: (response, take) =>
    requests % 3 === 0 ? take() : void response.writeHead(429, { "retry-after": "0" }).end(),
  too_large: (response, take, ids) => (ids.length > 3 ? void response.writeHead(413).end() : take()),
};

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as { port: number }).port}\n`);
});

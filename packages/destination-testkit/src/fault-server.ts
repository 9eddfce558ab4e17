import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

/** A request that reached a {@link FaultServer}, read to its end. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text; a gzipped body is unpacked. */
  readonly body: string;
  /** As bytes, unpacked. */
  readonly raw: Buffer;
  /** The length of the body as text, in UTF-8 bytes. */
  readonly bytes: number;
}

/** An HTTP answer. */
export interface CannedAnswer {
  /** @defaultValue 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is, anything else as JSON. @defaultValue an empty body */
  readonly body?: unknown;
  /** The answer waits for this: a slow host whose slowness the test decides. */
  readonly after?: Promise<unknown>;
}

/**
 * What goes wrong instead of an answer.
 * - `hang`: nothing ever comes.
 * - `hang_in_body`: the answer begins well and never ends.
 * - `reset`: the connection breaks before the answer.
 * - `reset_in_body`: the answer begins well and the connection breaks.
 */
export type Fault = "hang" | "hang_in_body" | "reset" | "reset_in_body";

/** How a {@link FaultServer} meets a request: always alike, or as the request deserves. */
export type FaultAnswer = CannedAnswer | Fault | ((request: RecordedRequest) => CannedAnswer | Fault);

/** A real HTTP server that answers as it is told and remembers what it was asked. */
export interface FaultServer {
  /** `http://127.0.0.1:` and its port. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections were ever opened to it. */
  readonly connections: number;
  /** Adds answers for the next requests, one each. */
  answer(...answers: readonly FaultAnswer[]): void;
  /** Says how every request is met for which {@link FaultServer.answer} left nothing. Until then: 200, `{}`. */
  answerAll(answer: FaultAnswer): void;
  /** Resolves when `count` requests have been read, at once where they already were. */
  received(count: number): Promise<void>;
  /** Breaks every connection and frees the port, which then refuses. */
  close(): Promise<void>;
}

/** Starts a {@link FaultServer} on a free port of 127.0.0.1. */
export async function startFaultServer(): Promise<FaultServer> {
  const requests: RecordedRequest[] = [];
  const next: FaultAnswer[] = [];
  const sockets = new Set<Socket>();
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let otherwise: FaultAnswer = { body: {} };
  let connections = 0;

  const server = createServer((incoming, outgoing) => {
    // A client that goes away in the middle of its request is none of the server's errors.
    void meet(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });

  async function meet(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await record(incoming);
    requests.push(request);
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    waiting = waiting.filter(({ count }) => requests.length < count);
    const answer = next.shift() ?? otherwise;
    await give(typeof answer === "function" ? answer(request) : answer, outgoing);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    answer: (...answers) => void next.push(...answers),
    answerAll: (answer) => void (otherwise = answer),
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An answer that quotes the whole request, headers included, as some error pages do. */
export function echo(status: number): FaultAnswer {
  return ({ method, path, headers, body }) => ({ status, body: { error: { headers, method, path, body } } });
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks);
  const body = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers: Object.fromEntries(headers),
    body: body.toString("utf8"),
    raw: body,
    bytes: body.length,
  };
}

async function give(answer: CannedAnswer | Fault, outgoing: ServerResponse): Promise<void> {
  if (answer === "hang") return;
  if (answer === "reset") return void outgoing.destroy();
  if (answer === "hang_in_body" || answer === "reset_in_body") {
    outgoing.writeHead(200, { "content-type": "application/json", "content-length": 1000 });
    // Broken only once the first bytes are on their way, so that the client has seen a good beginning.
    outgoing.write('{"begun":', () => answer === "reset_in_body" && outgoing.destroy());
    return;
  }
  await answer.after;
  const isText = typeof answer.body === "string";
  outgoing.writeHead(answer.status ?? 200, {
    "content-type": isText ? "text/plain" : "application/json",
    ...answer.headers,
  });
  outgoing.end(isText ? answer.body : JSON.stringify(answer.body));
}

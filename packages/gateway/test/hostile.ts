import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

type Bytes = string | Buffer;

/** A provider that answers with bytes, whatever they are. */
export interface HostileProvider {
  readonly url: string;
  /** What is sent once a request has begun to arrive. */
  answer: (socket: Socket) => void;
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback address. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    // Every answer closes its connection, so that a connection is a request.
    socket.once("data", () => {
      socket.resume();
      provider.answer(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const provider: HostileProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (socket) => void socket.end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return provider;
}

/** Sends bytes to a server and answers with all that comes back until it closes the connection. */
export function exchange(url: string, ...sent: readonly Bytes[]): Promise<string> {
  return talk(url, sent, (socket) => void socket);
}

/** Sends bytes and hangs up as soon as they are on their way. */
export function sendAndLeave(url: string, ...sent: readonly Bytes[]): Promise<string> {
  return talk(url, sent, (socket) => void socket.write("", () => socket.destroy()));
}

/** Sends bytes and hangs up when so many bytes have come back. */
export function readAndLeave(url: string, bytes: number, ...sent: readonly Bytes[]): Promise<string> {
  let read = 0;
  return talk(url, sent, (socket) => {
    socket.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (read >= bytes) socket.destroy();
    });
  });
}

function talk(url: string, sent: readonly Bytes[], then: (socket: Socket) => void): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => void received.push(chunk));
  // A server may hang up before it has taken everything.
  socket.on("error", () => undefined);
  for (const bytes of sent) socket.write(bytes);
  then(socket);
  return new Promise((resolve) => {
    socket.on("close", () => resolve(Buffer.concat(received).toString("latin1")));
  });
}

/** The bytes of a request whose framing is right, whatever its body. */
export function requestBytes(
  start: string,
  headers: Readonly<Record<string, string>>,
  body: Bytes = "",
): Buffer {
  const bytes = Buffer.from(body as string);
  const all = { host: "gateway", connection: "close", "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${start} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

/** The bytes of an answer whose framing is right, whatever its body. */
export function answerBytes(headers: Readonly<Record<string, string>>, body: Bytes): Buffer {
  const bytes = Buffer.from(body as string);
  const all = { connection: "close", "content-length": String(bytes.length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n`), bytes]);
}

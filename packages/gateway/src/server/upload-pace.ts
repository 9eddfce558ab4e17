import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { answerError } from "../proxy/answer-error.ts";
import type { GatewayError } from "../proxy/answer-error.ts";

const checkMs = 60_000;
// The slowest line that somebody waits at brings more than this in a minute.
const leastBytes = 1024;

interface Upload {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What its connection had brought at the last look. */
  bytesRead?: number;
}

/** Ends requests whose bodies trickle in so slowly that all they do is hold a connection. A slow upload that comes on is left alone. */
export class UploadPace {
  readonly #sockets = new Set<Socket>();
  readonly #latest = new WeakMap<Socket, Upload>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    const timer = setInterval(() => this.check(), checkMs);
    timer.unref();
    server.once("close", () => clearInterval(timer));
  }

  /** Keeps an eye on a request. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    this.#latest.set(request.socket, { request, response });
  }

  /** Looks at what has come since the last time. */
  check(): void {
    for (const socket of this.#sockets) {
      const upload = this.#latest.get(socket);
      // What lies here unread waits for the provider, not for the client.
      if (!upload || upload.request.complete || upload.request.readableLength > 0) continue;
      const { bytesRead } = upload;
      upload.bytesRead = socket.bytesRead;
      if (bytesRead !== undefined && socket.bytesRead - bytesRead < leastBytes) end(upload);
    }
  }
}

function end({ request, response }: Upload): void {
  if (response.headersSent) return void request.destroy();
  response.once("finish", () => request.destroy());
  answerError(response, tooSlow);
}

const tooSlow: GatewayError = {
  status: 408,
  type: "request_timeout",
  message: "The request stopped coming; send it again.",
};

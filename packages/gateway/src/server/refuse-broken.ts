import { STATUS_CODES } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { GatewayError } from "../proxy/answer-error.ts";

/** Says what is wrong with requests that cannot even be read. Answers with a function that is to be told of every request that can. */
export function refuseBroken(server: Server): (response: ServerResponse) => void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    // In the middle of an answer it would be taken for a part of it.
    const isFree = !response || response.writableFinished || !response.headersSent;
    if (socket.writable && isFree && error.code !== "ECONNRESET") socket.end(answerTo(error.code));
    else socket.destroy();
  });
  return (response) => {
    if (response.socket) answering.set(response.socket, response);
  };
}

function answerTo(code: string | undefined): string {
  const { status, type, message } = (code !== undefined && known.get(code)) || broken;
  const body = JSON.stringify({ error: { message, type, code: status } });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    `\r\n${body}`,
  ].join("\r\n");
}

const broken: GatewayError = {
  status: 400,
  type: "bad_request",
  message: "The request is not HTTP; check what sends it, and whether it stands behind TLS.",
};

const known: ReadonlyMap<string, GatewayError> = new Map([
  [
    "HPE_HEADER_OVERFLOW",
    {
      status: 431,
      type: "headers_too_large",
      message: "The headers of the request are larger than the gateway takes; send fewer or smaller ones.",
    },
  ],
  [
    "ERR_HTTP_REQUEST_TIMEOUT",
    {
      status: 408,
      type: "request_timeout",
      message: "The headers of the request did not come in time; send it again.",
    },
  ],
]);

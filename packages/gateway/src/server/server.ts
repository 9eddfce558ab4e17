import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";
import type { ApiKeys } from "../keys/api-keys.ts";
import { tooManyWrongKeys } from "../keys/wrong-keys.ts";
import type { WrongKeys } from "../keys/wrong-keys.ts";
import { isManagementPath } from "../management/management-api.ts";
import { tokenOf } from "../management/management-key.ts";
import { isOtlpPath } from "../otlp/receiver.ts";
import { refuseBroken } from "./refuse-broken.ts";
import { UploadPace } from "./upload-pace.ts";
import type { Limits } from "../settings/limits.ts";
import type { PageServer } from "./page-files.ts";
import { sessionCookie, withoutSession } from "../management/session-cookie.ts";
import { answerError } from "../proxy/answer-error.ts";
import type { GatewayError } from "../proxy/answer-error.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { version } from "../version.ts";

/** The management API as the server needs it. */
export interface ManagementServer {
  readonly listener: RequestListener;
  readonly page: PageServer;
  /** Takes traces that were recorded elsewhere. */
  readonly otlp: RequestListener;
  /** Whether a token is the management key. */
  readonly isKey: (token: string | undefined) => boolean;
  readonly keys: ApiKeys;
  readonly wrongKeys: WrongKeys;
  /** Ends the answers that would go on for as long as somebody listens. */
  readonly endStreams: () => void;
}

/** What the server hands requests to. */
export interface ServerParts {
  readonly proxy: RequestListener;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly management?: ManagementServer;
}

/** The HTTP server of the gateway: its own few paths, and everything else to the provider. */
export function createGatewayServer({ proxy, metrics, management, limits }: ServerParts): Server {
  const server = createServer({ maxHeaderSize: limits.maxHeaderBytes }, (request, response) => {
    readable(response);
    pace.watch(request, response);
    const path = request.url?.split("?")[0] ?? "";
    if (path === "/healthz") return answerHealth(response);
    if (path === "/metrics") return answerMetrics(response, metrics);
    if (management && isManagementPath(path)) return management.listener(request, response);
    if (management?.page(request, response, path)) return;
    // It must not travel to a provider.
    if (management && isOtlpPath(path))
      return mayExport(request, management)
        ? management.otlp(request, response)
        : void refuse(request, response, management, unknownExporter);
    const objection = management && objectionTo(request, management);
    if (objection) return void refuse(request, response, management, objection);
    if (request.headers.cookie?.includes(sessionCookie)) leaveSessionOut(request.rawHeaders);
    proxy(request, response);
  });
  const readable = refuseBroken(server);
  const pace = new UploadPace(server);
  // A long prompt over a slow line takes its time, and an answer may take longer still. Headers have a minute.
  server.requestTimeout = 0;
  // Their bytes are counted; beyond a number of them, Node.js would leave some out.
  server.maxHeadersCount = 0;
  return server;
}

const unknownExporter: GatewayError = {
  status: 401,
  type: "invalid_api_key",
  message:
    "Traces are taken with the management key, or a key that this gateway knows, as Authorization: Bearer.",
};

/** Who could fill the destinations with made-up traces has to be known. */
function mayExport(request: IncomingMessage, { isKey, keys }: ManagementServer): boolean {
  const token = tokenOf(request);
  return isKey(token) || keys.knows(token);
}

function objectionTo(request: IncomingMessage, { isKey, keys }: ManagementServer): GatewayError | undefined {
  const token = tokenOf(request);
  return isKey(token) ? managementOnly : keys.objection(token);
}

/** Says why a key is not good; after too many wrong ones, only that. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { wrongKeys }: ManagementServer,
  objection: GatewayError,
): Promise<void> {
  // Where there is none, nobody has guessed; the management key is known here, only of no use.
  const isGuess = tokenOf(request) !== undefined && objection.status === 401;
  const waitS = isGuess ? await wrongKeys.count(request) : undefined;
  answerError(response, waitS === undefined ? objection : { ...tooManyGuesses, retryAfterS: waitS });
}

const tooManyGuesses: GatewayError = { status: 429, type: "too_many_wrong_keys", message: tooManyWrongKeys };

function leaveSessionOut(rawHeaders: string[]): void {
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (rawHeaders[at]?.toLowerCase() !== "cookie") continue;
    const kept = withoutSession(rawHeaders[at + 1] ?? "");
    if (kept === undefined) rawHeaders.splice(at, 2);
    else rawHeaders[at + 1] = kept;
  }
}

const managementOnly: GatewayError = {
  status: 403,
  type: "management_key",
  message: "This key is for the management API; call models with the key of your provider.",
};

function answerHealth(response: ServerResponse): void {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ status: "ok", version }));
}

function answerMetrics(response: ServerResponse, metrics: Metrics): void {
  metrics.render().then(
    (text) => response.writeHead(200, { "content-type": metrics.contentType }).end(text),
    () => response.writeHead(500).end(),
  );
}

/**
 * Stops taking connections and waits for the answers in flight. What is not done after `timeoutMs` milliseconds is cut off.
 */
export async function stopServing(server: Server, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(timer);
}

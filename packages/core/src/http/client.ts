import { Agent, errors, request as undiciRequest } from "undici";
import type { Dispatcher } from "undici";
import { forbiddenAddress, guardedConnector, privateAddress } from "./address-guard.ts";
import type { PrivateNetworks } from "./address-guard.ts";

/** One outgoing request. */
export interface HttpRequest {
  readonly url: string;
  /** @defaultValue "GET" */
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** How long the whole exchange may take, in milliseconds. @defaultValue 30000 */
  readonly timeoutMs?: number;
}

/** What became of a request. Nothing that can happen on a network is thrown. */
export type HttpResult = HttpResponse | HttpFailure;

/** The far end answered. */
export interface HttpResponse {
  readonly kind: "response";
  readonly status: number;
  /** Host and port that answered, for messages. */
  readonly host: string;
  /** Names in lower case; a repeated header's values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The start of the body as text, at most 1 MiB. */
  readonly body: string;
}

/** The far end did not answer, or not to the end. */
export interface HttpFailure {
  readonly kind: "failure";
  readonly code:
    | "unreachable"
    | "unknown_host"
    | "tls"
    | "reset"
    | "timeout"
    | "aborted"
    | "forbidden_address"
    | "private_address"
    | "invalid_url";
  /** One sentence that names the host. */
  readonly message: string;
}

/** The one way out: every request a destination makes goes through it. */
export interface HttpClient {
  /** Makes one request. Follows no redirect, retries nothing, never rejects. */
  request(request: HttpRequest): Promise<HttpResult>;
  /** Closes the connections that are kept alive. */
  close(): Promise<void>;
}

/** Settings of the HTTP client. */
export interface HttpClientOptions {
  /** Whether requests may go into private networks, this machine included. @defaultValue "allow" */
  readonly privateNetworks?: PrivateNetworks;
}

const maxBodyBytes = 1024 * 1024;

/** The HTTP client lent to destinations: undici, with kept-alive connections, a deadline, and forbidden addresses refused. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const { privateNetworks = "allow" } = options;
  const agent = new Agent({
    connect: guardedConnector({ timeoutMs: 10_000, privateNetworks }),
    keepAliveTimeout: 30_000,
    maxResponseSize: -1,
  });
  return {
    request: (request) => exchange(agent, request),
    close: () => agent.close(),
  };
}

async function exchange(agent: Agent, request: HttpRequest): Promise<HttpResult> {
  if (!URL.canParse(request.url)) {
    return { kind: "failure", code: "invalid_url", message: "The address is not a URL." };
  }
  const { host } = new URL(request.url);
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    abort();
  }, request.timeoutMs ?? 30_000).unref();
  request.signal?.addEventListener("abort", abort);
  if (request.signal?.aborted) abort();
  try {
    const response = await undiciRequest(request.url, {
      dispatcher: agent,
      method: request.method ?? "GET",
      headers: { ...request.headers },
      body: request.body ?? null,
      signal: giveUp.signal,
    });
    const headers = joinHeaders(response.headers);
    return {
      kind: "response",
      status: response.statusCode,
      host,
      headers,
      body: await readStart(response.body),
    };
  } catch (error) {
    const code = timedOut ? "timeout" : failureCodeOf(error);
    return { kind: "failure", code, message: `${host} ${failureWords[code]}` };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", abort);
  }
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return joined;
}

async function readStart(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    chunks.push(chunk);
    if (length >= maxBodyBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, maxBodyBytes);
}

const failureWords: Record<HttpFailure["code"], string> = {
  unreachable: "cannot be reached",
  unknown_host: "is not a known host name",
  tls: "does not offer a trusted TLS connection",
  reset: "closed the connection before it answered",
  timeout: "did not answer in time",
  aborted: "was not waited for",
  forbidden_address: "is an address that destinations may not have",
  private_address: "is in a private network, and those are not allowed here",
  invalid_url: "is not a URL",
};

function failureCodeOf(error: unknown): HttpFailure["code"] {
  const { code = "", name = "" } = error as { code?: string; name?: string };
  if (name === "AbortError" || name === "RequestAbortedError" || error instanceof errors.RequestAbortedError)
    return "aborted";
  if (code === forbiddenAddress) return "forbidden_address";
  if (code === privateAddress) return "private_address";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unknown_host";
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code) || code === "EPROTO")
    return "tls";
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return "timeout";
  if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENETUNREACH") return "unreachable";
  return "reset";
}

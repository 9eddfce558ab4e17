import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { HttpClient, HttpResult, Piece } from "@tracecast/core";
import { exportJson, exportProtobuf, resourceJson } from "./export-request.ts";
import type { Target } from "./target.ts";

/** Makes one request to a target. Nothing that can happen on a network is thrown. */
export interface Exporter {
  /** Exports spans that are JSON already; none of them is an export of nothing. */
  export(spans: readonly Piece[], options: RequestOptions): Promise<HttpResult>;
  /** Reads an address with the target's credentials. */
  read(url: string, options: RequestOptions): Promise<HttpResult>;
}

/** What one request may take, and headers that only it has. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly headers?: Readonly<Record<string, string>>;
}

const compress = promisify(gzip);

/** An {@link Exporter} for a target. */
export function exporterTo(target: Target, http: HttpClient): Exporter {
  const { url, method = "POST", encoding = "json", compression = "gzip", credentials = {}, sign } = target;
  const resource = resourceJson(target.resource ?? {});
  const contentType = encoding === "json" ? "application/json" : "application/x-protobuf";
  const mask = maskerOf(Object.values(credentials));
  return {
    async export(spans, { signal, timeoutMs, headers }) {
      const plain = encoding === "json" ? exportJson(resource, spans) : exportProtobuf(resource, spans);
      const isCompressed = compression === "gzip" && spans.length > 0;
      const body = isCompressed ? await compress(plain, { level: 1 }) : plain;
      const own = {
        ...credentials,
        ...headers,
        ...sign?.(plain),
        ...(isCompressed && { "content-encoding": "gzip" }),
        "content-type": contentType,
      };
      const all = withOwn(target.headers ?? {}, own);
      return mask(await http.request({ url, method, headers: all, body, signal, timeoutMs }));
    },
    async read(address, { signal, timeoutMs }) {
      const headers = withOwn(target.headers ?? {}, { ...credentials, accept: "application/json" });
      return mask(await http.request({ url: address, headers, signal, timeoutMs }));
    },
  };
}

/** The operator's headers and ours. A header's name is the same in upper and lower case. */
function withOwn(
  custom: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const others = Object.entries(custom).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...Object.fromEntries(others), ...own };
}

/** Hides credentials that were made of secrets, such as the Base64 of HTTP Basic: a far end may quote them in its answer. */
function maskerOf(credentials: readonly string[]): (result: HttpResult) => HttpResult {
  const words = credentials.flatMap((value) => value.split(/[ ,]/)).filter((word) => word.length >= 8);
  const hide = (text: string) => words.reduce((hidden, word) => hidden.replaceAll(word, "********"), text);
  return (result) =>
    result.kind === "failure"
      ? { ...result, message: hide(result.message) }
      : { ...result, body: hide(result.body) };
}

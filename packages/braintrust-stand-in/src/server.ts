import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { complaintsAbout } from "./row-check.ts";
import type { RawRow } from "./row-check.ts";
import { RowStore } from "./row-store.ts";
import type { KeptRow } from "./row-store.ts";

/** What the stand-in pretends to be. */
export interface BraintrustOptions {
  /** The one key it knows. @defaultValue "sk-stand-in-key" */
  readonly apiKey?: string;
  /** The one project it has. @defaultValue a fixed UUID */
  readonly projectId?: string;
  /** The project has been deleted. */
  readonly deleted?: boolean;
  /** Whether the key may read the project; a write-only service token may not. @defaultValue true */
  readonly mayRead?: boolean;
  /** Whether the key may write rows. @defaultValue true */
  readonly mayWrite?: boolean;
}

/** A request as it arrived. */
export interface BraintrustRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that keeps rows as Braintrust does, and refuses what Braintrust refuses. */
export interface Braintrust {
  readonly url: string;
  readonly apiKey: string;
  readonly projectId: string;
  readonly requests: readonly BraintrustRequest[];
  /** Every complaint about a row that was refused. */
  readonly violations: readonly string[];
  /** The rows it keeps, in the order of first appearance. */
  rows(): readonly KeptRow[];
  /** Resolves when at least `count` rows are kept. */
  untilRows(count: number): Promise<readonly KeptRow[]>;
  /** Answers the next insert like this instead of looking at it. */
  answerNext(status: number, headers?: Record<string, string>, body?: string): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

const maxRows = 100;
const maxBytes = 2.5 * 1024 * 1024 + 64 * 1024;

/** Starts a stand-in on a free port of the loopback address. */
export async function startBraintrust(options: BraintrustOptions = {}): Promise<Braintrust> {
  const apiKey = options.apiKey ?? "sk-stand-in-key";
  const projectId = options.projectId ?? "7a41ecf5-4698-4b9a-9937-4ad334cb6b90";
  const store = new RowStore();
  const requests: BraintrustRequest[] = [];
  const violations: string[] = [];
  const scripted: Answer[] = [];
  let written = () => {};

  const insert = (body: string): Answer => {
    const next = scripted.shift();
    if (next) return next;
    if (options.mayWrite === false) return { status: 403, body: "Missing update access to project_log" };
    if (Buffer.byteLength(body) > maxBytes) return { status: 413, body: "Payload too large" };
    const { events } = JSON.parse(body) as { events?: readonly RawRow[] };
    if (!Array.isArray(events)) return { status: 400, body: "events must be an array" };
    if (events.length > maxRows) return { status: 413, body: "Too many rows" };
    const complaints = complaintsAbout(events);
    violations.push(...complaints);
    if (complaints.length > 0) return { status: 400, body: complaints.join("; ") };
    for (const row of events as readonly RawRow[]) store.write(row);
    written();
    return { status: 200, body: { row_ids: (events as readonly RawRow[]).map(({ id }) => id) } };
  };

  const answer = ({ method, path, headers, body }: BraintrustRequest): Answer => {
    if (path === "/v1") return { status: 200, body: "Hello, World!" };
    if (headers.authorization !== `Bearer ${apiKey}`)
      return { status: 401, body: "No valid API key provided" };
    if (path === `/v1/project/${projectId}` && method === "GET") {
      if (options.mayRead === false)
        return { status: 403, body: `Missing read access to project ${projectId}` };
      return { status: 200, body: project(projectId, options.deleted === true) };
    }
    if (path === `/v1/project_logs/${projectId}/insert` && method === "POST") return insert(body);
    if (path.startsWith(`/v1/project_logs/${projectId}/fetch`))
      return { status: 200, body: { events: store.list().map(asRead(projectId)) } };
    return { status: 403, body: `Missing access to ${path}, or it does not exist` };
  };

  const server = createServer((request, response) => {
    void serve(request, response, (received) => {
      requests.push(received);
      return answer(received);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    projectId,
    requests,
    violations,
    rows: () => store.list(),
    async untilRows(count) {
      while (store.list().length < count) await new Promise<void>((resolve) => (written = resolve));
      return store.list();
    },
    answerNext: (status, headers = {}, body = "") => void scripted.push({ status, headers, body }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: BraintrustRequest) => Answer,
): Promise<void> {
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request as AsyncIterable<string>) body += chunk;
  const { method = "", url = "", headers } = request;
  const made = answer({ method, path: url.split("?")[0] ?? "", headers, body });
  const isText = typeof made.body === "string";
  response.writeHead(made.status, {
    "content-type": isText ? "text/plain" : "application/json",
    ...made.headers,
  });
  response.end(isText ? made.body : JSON.stringify(made.body));
}

function project(id: string, deleted: boolean): object {
  return {
    id,
    org_id: id,
    name: "Stand-in",
    created: "2026-01-01T00:00:00.000Z",
    deleted_at: deleted ? "2026-02-01T00:00:00.000Z" : null,
  };
}

/** A row as the API shows it: with what only the server knows. */
const asRead =
  (projectId: string) =>
  (row: KeptRow, index: number): object => ({
    ...row,
    _xact_id: String(1000 + index),
    org_id: projectId,
    project_id: projectId,
    log_id: "g",
    is_root: row["span_id"] === row["root_span_id"],
  });

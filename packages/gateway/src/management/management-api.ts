import { parseTraceEvent, isTracecastError } from "@tracecast/core";
import type { Destination, TraceEvent } from "@tracecast/core";
import type { Dispatcher } from "@tracecast/dispatcher";
import { Hono } from "hono";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ApiKeys } from "../keys/api-keys.ts";
import type { WrongKeys } from "../keys/wrong-keys.ts";
import type { LocalTraces } from "../local/local-traces.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { ApiError } from "./api-error.ts";
import { addAuthentication } from "./authentication.ts";
import { bodyOf } from "./body.ts";
import { addDeadLetterRoutes } from "./dead-letter-routes.ts";
import { parse, parseCreateBody, parseTestBody, parseUpdateBody } from "./destination-body.ts";
import { destinationView } from "./destination-view.ts";
import type { Destinations, ManagedDestination } from "./destinations.ts";
import { addDryRunRoutes } from "./dry-run-routes.ts";
import { addKeyRoutes } from "./key-routes.ts";
import type { Overview } from "../overview/overview.ts";
import { addOverviewRoutes } from "./overview-routes.ts";
import type { Sessions } from "./sessions.ts";
import { openApiDocument } from "./openapi/document.ts";
import { destinationsPage, eventsBody } from "./request-schemas.ts";
import { addStatsRoutes } from "./stats-routes.ts";
import type { TraceFeed } from "./trace-feed.ts";
import { addTraceRoutes } from "./trace-routes.ts";
import { addWorkspaceRoutes } from "./workspace-routes.ts";
import type { Workspaces } from "./workspaces.ts";

/** What the management API works on. */
export interface ManagementOptions {
  readonly destinations: Destinations;
  readonly workspaces: Workspaces;
  readonly types: readonly Destination[];
  readonly dispatcher: Dispatcher;
  /** Whether a token is the management key. */
  readonly isKey: (token: string | undefined) => boolean;
  readonly sessions: Sessions;
  readonly wrongKeys: WrongKeys;
  /** What OpenRouter's clients save must pass its test as well, which OpenRouter does not ask for. */
  readonly testsAlways: boolean;
  readonly localTraces: LocalTraces;
  readonly feed: TraceFeed;
  readonly overview: Overview;
  readonly keys: ApiKeys;
}

const maxBodyBytes = 32 * 1024 * 1024;

/** Whether a path belongs to the management API; every other one is the provider's. */
export const isManagementPath = (path: string): boolean =>
  /^\/api\/(?:v1\/(?:observability|workspaces|keys)|tracecast)(?:\/|$)/.test(path);

/**
 * The management API: what OpenRouter's has for its Broadcast, as its published clients expect it, and beside it, under `/api/tracecast/v1`, what
 * only Tracecast has.
 * @see https://openrouter.ai/docs/api-reference
 */
export function createManagementApi(options: ManagementOptions): Hono {
  const api = new Hono();
  const document = openApiDocument();
  // Anybody may know how to ask.
  api.get("/api/tracecast/v1/openapi.json", (c) => c.json(document));
  api.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => failed(c, 413, "The body is larger than 32 MiB; send less in one request."),
    }),
  );
  addAuthentication(api, options);
  api.onError((error, c) => {
    if (error instanceof ApiError) return failed(c, error.status, error.message);
    if (isTracecastError(error)) return failed(c, 400, error.message);
    // Its message is left out: it may quote what was sent.
    process.stderr.write(`The management API stumbled: ${error.name}.\n`);
    return failed(c, 500, "Internal Server Error");
  });
  addOpenRouterRoutes(api, options);
  addDryRunRoutes(api, options.localTraces);
  addOwnRoutes(api, options);
  addStatsRoutes(api, options);
  addDeadLetterRoutes(api, options);
  addTraceRoutes(api, options);
  addOverviewRoutes(api, options);
  addKeyRoutes(api, options);
  addWorkspaceRoutes(api, options.workspaces);
  const methodsOf = allowedMethods(api);
  api.notFound((c) => {
    const methods = methodsOf(c.req.path);
    if (methods.length === 0) return failed(c, 404, "Resource not found");
    c.header("Allow", methods.join(", "));
    return failed(c, 405, `${c.req.method} is not a method of this path; it has ${methods.join(", ")}.`);
  });
  return api;
}

function failed(c: Context, status: ApiError["status"] | 405 | 500, message: string) {
  return c.json({ error: { code: status, message } }, status);
}

const view = ({ saved, type, readOnly }: ManagedDestination) => destinationView(saved, type, readOnly);

function addOpenRouterRoutes(api: Hono, { destinations, testsAlways }: ManagementOptions): void {
  const root = "/api/v1/observability/destinations";
  api.get(root, (c) => {
    const { offset, limit, workspace_id: workspaceId } = parse(destinationsPage, c.req.query());
    const all = destinations.list(workspaceId);
    return c.json({ data: all.slice(offset, offset + limit).map(view), total_count: all.length });
  });
  api.post(root, async (c) => {
    const made = await destinations.create(parseCreateBody(await bodyOf(c)), { tested: testsAlways });
    return c.json({ data: view(made) }, 201);
  });
  api.get(`${root}/:id`, (c) => c.json({ data: view(destinations.get(c.req.param("id"))) }));
  api.patch(`${root}/:id`, async (c) => {
    const body = parseUpdateBody(await bodyOf(c));
    return c.json({
      data: view(await destinations.update(c.req.param("id"), body, { tested: testsAlways })),
    });
  });
  api.delete(`${root}/:id`, async (c) => {
    await destinations.delete(c.req.param("id"));
    return c.json({ deleted: true });
  });
}

const typeView = ({ type, name, docsUrl, form, notCarried }: Destination) => ({
  type,
  name,
  docs_url: docsUrl,
  form,
  not_carried: Object.entries(notCarried).map(([field, reason]) => ({ field, reason })),
});

function addOwnRoutes(api: Hono, { destinations, types, dispatcher, keys }: ManagementOptions): void {
  const root = "/api/tracecast/v1";
  api.get(`${root}/destination-types`, (c) => c.json({ data: types.map(typeView) }));
  // As OpenRouter's settings page has it: saved only after its test has passed.
  api.post(`${root}/destinations`, async (c) => {
    const made = await destinations.create(parseCreateBody(await bodyOf(c)), { tested: true });
    return c.json({ data: view(made) }, 201);
  });
  api.patch(`${root}/destinations/:id`, async (c) => {
    const body = parseUpdateBody(await bodyOf(c));
    return c.json({ data: view(await destinations.update(c.req.param("id"), body, { tested: true })) });
  });
  api.post(`${root}/destinations/test`, async (c) => {
    const { type, config, id } = parseTestBody(await bodyOf(c));
    return c.json(
      await destinations.test(destinations.typeOf(type), config, { id, signal: c.req.raw.signal }),
    );
  });
  api.post(`${root}/destinations/:id/test`, async (c) => {
    const { saved, type } = destinations.get(c.req.param("id"));
    return c.json(await destinations.test(type, {}, { id: saved.id, signal: c.req.raw.signal }));
  });
  api.post(`${root}/destinations/:id/sample`, async (c) =>
    c.json(await destinations.sendSample(c.req.param("id"))),
  );
  api.post(`${root}/destinations/:id/events`, async (c) => {
    const { dispatcherId } = destinations.get(c.req.param("id"));
    const { events } = parse(eventsBody, await bodyOf(c));
    return c.json(submitAll(dispatcher, dispatcherId, events));
  });
  api.post(`${root}/destinations/:id/pause`, (c) => {
    dispatcher.pause(destinations.get(c.req.param("id")).dispatcherId);
    return c.json({ paused: true });
  });
  api.post(`${root}/destinations/:id/resume`, (c) => {
    dispatcher.resume(destinations.get(c.req.param("id")).dispatcherId);
    return c.json({ paused: false });
  });
  // A destination that was deleted is kept out of sight, so it can be had back; what waited for it cannot.
  api.post(`${root}/destinations/:id/restore`, (c) =>
    c.json({ data: view(destinations.restore(c.req.param("id"))) }),
  );
  api.get(`${root}/destinations/:id/stats`, (c) => {
    const { dispatcherId } = destinations.get(c.req.param("id"));
    return c.json({ data: dispatcher.stats().find(({ id }) => id === dispatcherId) ?? null });
  });
  api.post(`${root}/route`, async (c) => {
    const event: TraceEvent = parseTraceEvent(await bodyOf(c));
    return c.json({ data: dispatcher.dryRun(keys.placed(event)) });
  });
}

/** How many were taken, and which were not. */
function submitAll(dispatcher: Dispatcher, destinationId: string, events: readonly unknown[]) {
  const refused: { readonly index: number; readonly message: string }[] = [];
  for (const [index, event] of events.entries())
    try {
      dispatcher.submit(destinationId, parseTraceEvent(event));
    } catch (error) {
      if (!isTracecastError(error)) throw error;
      refused.push({ index, message: error.message });
    }
  return { accepted: events.length - refused.length, refused };
}

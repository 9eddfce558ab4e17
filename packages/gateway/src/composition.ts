// tsyringe needs the polyfill to be there before it is.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";
import type { Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createHttpClient, isTracecastError } from "@tracecast/core";
import type { HttpClient, PrivateNetworks, TraceEvent } from "@tracecast/core";
import { createDispatcher } from "@tracecast/dispatcher";
import type { DestinationSettings, Dispatcher, Spool } from "@tracecast/dispatcher";
import { container, instanceCachingFactory } from "tsyringe";
import type { DependencyContainer, InjectionToken } from "tsyringe";
import { createCapture } from "./capture/capture.ts";
import type { Capture } from "./capture/capture.ts";
import { costEstimator } from "./capture/estimate-cost.ts";
import { destinationTypes } from "./destination-types.ts";
import type { ApiKeys } from "./keys/api-keys.ts";
import { WrongKeys } from "./keys/wrong-keys.ts";
import { createLocalTraces } from "./local/local-traces.ts";
import type { LocalTraces } from "./local/local-traces.ts";
import { Destinations, settingsOf } from "./management/destinations.ts";
import { createManagementApi } from "./management/management-api.ts";
import { keyCheck, tokenOf } from "./management/management-key.ts";
import { Sessions } from "./management/sessions.ts";
import { TraceFeed } from "./management/trace-feed.ts";
import { shownTraces } from "./management/trace-routes.ts";
import { Workspaces } from "./management/workspaces.ts";
import { createMetrics } from "./metrics/metrics.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { createOtlpReceiver } from "./otlp/receiver.ts";
import { Overview } from "./overview/overview.ts";
import { pageFiles } from "./server/page-files.ts";
import { upstreamRegion } from "./proxy/upstream-region.ts";
import { ReverseProxy } from "./proxy/reverse-proxy.ts";
import { createGatewayServer } from "./server/server.ts";
import type { ManagementServer } from "./server/server.ts";
import { inWorkspaces } from "./settings/declared-destination.ts";
import type { ConfigStore } from "./store/config-store.ts";
import { defaultLimits } from "./settings/limits.ts";
import { defaultWorkspace, defaultWorkspaceId } from "./store/workspace.ts";
import type { Settings, UpstreamSettings } from "./settings/settings.ts";

const token = <T>(name: string): InjectionToken<T> => Symbol(name);

const tokens = {
  localTraces: token<LocalTraces>("LocalTraces"),
  dispatcher: token<Dispatcher>("Dispatcher"),
  overview: token<Overview>("Overview"),
  publish: token<(event: TraceEvent) => void>("publish"),
  capture: token<Capture>("Capture"),
  proxy: token<ReverseProxy>("ReverseProxy"),
  metrics: token<Metrics>("Metrics"),
  management: token<ManagementServer | undefined>("ManagementServer"),
  server: token<Server>("Server"),
};

/** What the management API works with. */
export interface Management {
  readonly store: ConfigStore;
  readonly key: string;
  readonly keys: ApiKeys;
}

/** The parts of a gateway, wired and not yet listening. Whoever has them made closes them. */
export interface Parts {
  readonly server: Server;
  readonly proxy: ReverseProxy;
  readonly capture: Capture;
  readonly dispatcher: Dispatcher;
  readonly localTraces: LocalTraces;
  /** Ends the answers that would go on for as long as somebody listens. */
  readonly endStreams: () => void;
}

/**
 * Wires a gateway. The only place that knows how its parts fit together.
 * @param spool - where events wait; absent: in memory
 * @param management - what the management API works with; absent: there is none
 * @throws `TracecastError` `CONFIG_INVALID`
 */
export function compose(
  settings: Settings & { readonly upstream: UpstreamSettings },
  spool: Spool | undefined,
  management: Management | undefined,
): Parts {
  const declared = inWorkspaces(settings.destinations, management?.store.workspaces() ?? [defaultWorkspace]);
  const parts = container.createChildContainer();
  parts.register(tokens.localTraces, { useFactory: instanceCachingFactory(() => createLocalTraces()) });
  parts.register(tokens.dispatcher, {
    useFactory: instanceCachingFactory((c) =>
      dispatcherFor(c.resolve(tokens.localTraces), declared, settings, { spool, management }),
    ),
  });
  parts.register(tokens.overview, {
    useFactory: instanceCachingFactory((c) => overviewOf(c.resolve(tokens.dispatcher))),
  });
  parts.register(tokens.publish, {
    useFactory: instanceCachingFactory((c) =>
      publisher(c.resolve(tokens.dispatcher), c.resolve(tokens.overview), management),
    ),
  });
  parts.register(tokens.capture, {
    useFactory: instanceCachingFactory((c) => {
      const [publish, dispatcher] = [c.resolve(tokens.publish), c.resolve(tokens.dispatcher)];
      const estimated = costEstimator(settings.upstream.url, settings.prices);
      return createCapture({
        publish: (event) => publish(estimated(event)),
        isWanted: () => isBroadcastOn(management),
        wantsDetails: () => dispatcher.wantsDetails,
        region: settings.upstream.region ?? upstreamRegion(settings.upstream.url),
        ownerOf: (hash) => management?.keys.ownerOf(hash) ?? { workspaceId: defaultWorkspaceId },
        onTrouble: sayTrouble,
      });
    }),
  });
  parts.register(tokens.proxy, {
    useFactory: instanceCachingFactory(
      (c) => new ReverseProxy(settings.upstream, c.resolve(tokens.capture), settings),
    ),
  });
  parts.register(tokens.metrics, {
    useFactory: instanceCachingFactory((c) => createMetrics(c.resolve(tokens.dispatcher))),
  });
  registerServer(parts, settings, declared, management);
  return {
    server: parts.resolve(tokens.server),
    proxy: parts.resolve(tokens.proxy),
    capture: parts.resolve(tokens.capture),
    dispatcher: parts.resolve(tokens.dispatcher),
    localTraces: parts.resolve(tokens.localTraces),
    endStreams: () => parts.resolve(tokens.management)?.endStreams(),
  };
}

function registerServer(
  parts: DependencyContainer,
  settings: Settings,
  declared: readonly DestinationSettings[],
  management: Management | undefined,
): void {
  parts.register(tokens.management, {
    useFactory: instanceCachingFactory(
      (c) =>
        management &&
        managementServer(management, settings, {
          declared,
          dispatcher: c.resolve(tokens.dispatcher),
          localTraces: c.resolve(tokens.localTraces),
          overview: c.resolve(tokens.overview),
          publish: c.resolve(tokens.publish),
        }),
    ),
  });
  parts.register(tokens.server, {
    useFactory: instanceCachingFactory((c) => {
      const [proxy, managed] = [c.resolve(tokens.proxy), c.resolve(tokens.management)];
      return createGatewayServer({
        proxy: (request, response) => proxy.handle(request, response),
        metrics: c.resolve(tokens.metrics),
        limits: settings.limits ?? defaultLimits,
        ...(managed && { management: managed }),
      });
    }),
  });
}

/** Whether any workspace broadcasts. Which of them an event is of, is known later. */
const isBroadcastOn = (management: Management | undefined): boolean =>
  management?.store.workspaces().some(({ broadcastEnabled }) => broadcastEnabled) ?? true;

function overviewOf({ events }: Dispatcher): Overview {
  const overview = new Overview(Date.now);
  events.on("delivered", ({ destinationId, eventIds }) =>
    overview.settled(destinationId, "delivered", eventIds.length),
  );
  events.on("rejected", ({ destinationId }) => overview.settled(destinationId, "dead", 1));
  return overview;
}

/** Publishes events, and counts those whose workspace broadcasts. */
function publisher(dispatcher: Dispatcher, overview: Overview, management: Management | undefined) {
  const isOff = ({ workspaceId }: TraceEvent) =>
    management?.store.workspaces().some((one) => one.id === workspaceId && !one.broadcastEnabled);
  return (event: TraceEvent) => {
    dispatcher.publish(event);
    if (!isOff(event)) overview.add(event);
  };
}

/** A dispatcher for the gateway's own traces, what is declared, and what was saved, that knows which workspaces do not broadcast. */
function dispatcherFor(
  { type }: LocalTraces,
  declared: readonly DestinationSettings[],
  settings: Settings,
  { spool, management }: { readonly spool: Spool | undefined; readonly management: Management | undefined },
): Dispatcher {
  const local = { id: "local", name: "Local traces", type, config: {} };
  const { types = destinationTypes } = settings;
  const saved = management?.store.destinations() ?? [];
  const http = createHttpClient({ privateNetworks: privateNetworksOf(settings) });
  const ready = saved.flatMap((one) => settingsOf(one, types) ?? []).filter((one) => canConnect(one, http));
  const dispatcher = createDispatcher({
    destinations: [local, ...declared, ...ready],
    http,
    ...(spool && { spool }),
  });
  for (const { id, broadcastEnabled } of management?.store.workspaces() ?? [])
    dispatcher.switchWorkspace(id, broadcastEnabled);
  return dispatcher;
}

/** Whether a saved destination still fits its type, which may be a plugin of another version by now. What does not can be mended while the gateway runs. */
function canConnect({ name, type, config }: DestinationSettings, http: HttpClient): boolean {
  try {
    type.connect(config, { http });
    return true;
  } catch (error) {
    const reason = isTracecastError(error) ? error.message : "it throws when it connects.";
    process.stderr.write(`The destination "${name}" gets nothing until it is changed: ${reason}\n`);
    return false;
  }
}

const privateNetworksOf = ({ privateNetworks = "refuse" }: Settings): PrivateNetworks => privateNetworks;

interface Engine {
  readonly declared: readonly DestinationSettings[];
  readonly dispatcher: Dispatcher;
  readonly localTraces: LocalTraces;
  readonly overview: Overview;
  readonly publish: (event: TraceEvent) => void;
}

function managementServer(
  { store, key, keys }: Management,
  settings: Settings,
  { declared, dispatcher, localTraces, overview, publish }: Engine,
): ManagementServer {
  const isKey = keyCheck(key);
  const { types = destinationTypes } = settings;
  const privateNetworks = privateNetworksOf(settings);
  const destinations = new Destinations({
    privateNetworks,
    store,
    dispatcher,
    types,
    declared,
    now: Date.now,
  });
  const wrongKeys = new WrongKeys();
  const feed = new TraceFeed(dispatcher.events, () =>
    shownTraces({ localTraces, dispatcher, destinations }).map((one) => ({
      id: one.id,
      json: JSON.stringify(one),
    })),
  );
  const api = createManagementApi({
    wrongKeys,
    feed,
    overview,
    testsAlways: settings.testBeforeSave === "always",
    destinations,
    workspaces: new Workspaces({ store, dispatcher, destinations, now: Date.now }),
    types,
    dispatcher,
    isKey,
    localTraces,
    keys,
    sessions: new Sessions(Date.now),
  });
  const listener = getRequestListener(api.fetch);
  return {
    listener: (request, response) => void listener(request, response),
    page: pageFiles(),
    otlp: createOtlpReceiver((event, request) => publish(keys.placed(event, tokenOf(request)))),
    isKey,
    keys,
    wrongKeys,
    endStreams: () => feed.close(),
  };
}

function sayTrouble(error: unknown, traceparent: string | undefined): void {
  // Its message is left out: it may quote what was said.
  const name = error instanceof Error ? error.name : "something unknown";
  const which = traceparent === undefined ? "" : ` (traceparent ${traceparent})`;
  process.stderr.write(`A request${which} could not be made into a trace: ${name}.\n`);
}

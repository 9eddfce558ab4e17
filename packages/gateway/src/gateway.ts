import type { Dispatcher, FlushReport } from "@tracecast/dispatcher";
import { openLmdbSpool } from "@tracecast/spool-lmdb";
import type { LmdbSpool } from "@tracecast/spool-lmdb";
import { compose } from "./composition.ts";
import type { Management } from "./composition.ts";
import { ApiKeys } from "./keys/api-keys.ts";
import { managementKey } from "./management/management-key.ts";
import { openConfigStore } from "./store/config-store.ts";
import { finishRotation } from "./store/key-rotation.ts";
import { startDemoProvider } from "./demo/demo-provider.ts";
import type { LocalTraces } from "./local/local-traces.ts";
import { listen } from "./server/listen.ts";
import { stopServing } from "./server/server.ts";
import { encryptionKey } from "./settings/encryption-key.ts";
import type { DataSettings, Settings } from "./settings/settings.ts";

/** A gateway that listens. */
export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** The provider it passes requests on to. */
  readonly upstreamUrl: string;
  readonly dispatcher: Dispatcher;
  readonly localTraces: LocalTraces;
  /**
   * Sends what waits, the calls that were answered a moment ago among it. It may take up to its time, in milliseconds; what is left undelivered is
   * reported.
   */
  flush(options: { readonly timeoutMs: number }): Promise<FlushReport>;
  /**
   * Lets the answers in flight finish, then sends what waits. Each of the two may take up to its time, in milliseconds; what is
   * left undelivered is reported.
   */
  close(options: {
    readonly answersTimeoutMs: number;
    readonly deliveryTimeoutMs: number;
  }): Promise<FlushReport>;
}

/**
 * Starts a gateway, and the embedded demo provider where the settings name no other.
 * @throws `SettingsError` when it cannot listen; `TracecastError` `CONFIG_INVALID` when a destination's settings do not fit, `SPOOL_IN_USE` or
 * `SPOOL_FAILED` when the data folder cannot be used.
 */
export async function startGateway(settings: Settings): Promise<Gateway> {
  const spool = settings.data && (await openSpool(settings.data));
  const management =
    settings.data &&
    (await closingOnFailure(
      async () => spool?.close(),
      () => openManagement(settings),
    ));
  const demo = settings.upstream ? undefined : await startDemoProvider();
  const upstream = settings.upstream ?? {
    url: demo?.url ?? "",
    tracingFields: "strip" as const,
    streamUsage: "ask" as const,
  };
  const closeAll = async () => {
    await demo?.close();
    await spool?.close();
    await management?.store.close();
  };
  const { server, proxy, capture, dispatcher, localTraces, endStreams } = await closingOnFailure(
    closeAll,
    () => compose({ ...settings, upstream }, spool, management),
  );
  const closeParts = async () => {
    await proxy.close();
    await demo?.close();
    await management?.store.close();
  };
  try {
    const url = await listen(server, settings.host, settings.port);
    return {
      url,
      upstreamUrl: upstream.url,
      dispatcher,
      localTraces,
      async flush(options) {
        await capture.caughtUp();
        return dispatcher.flush(options);
      },
      async close({ answersTimeoutMs, deliveryTimeoutMs }) {
        endStreams();
        await stopServing(server, answersTimeoutMs);
        await capture.settled();
        const report = await dispatcher.close({ timeoutMs: deliveryTimeoutMs });
        await closeParts();
        return report;
      },
    };
  } catch (error) {
    await dispatcher.close({ timeoutMs: 0 });
    await closeParts();
    throw error;
  }
}

function openManagement({ data, upstream }: Settings): Management | undefined {
  if (!data) return undefined;
  const { folder, encryptionKey: set, managementKey: key } = data;
  const store = openConfigStore(folder, encryptionKey(set, folder));
  const keys = new ApiKeys(store, { issues: upstream?.apiKey !== undefined, now: Date.now });
  return { store, key: managementKey(key, folder), keys };
}

async function openSpool({ folder, encryptionKey: set }: DataSettings): Promise<LmdbSpool> {
  const key = encryptionKey(set, folder);
  await finishRotation(folder, key);
  return openLmdbSpool({ folder, key });
}

async function closingOnFailure<T>(close: () => Promise<void>, make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    await close();
    throw error;
  }
}

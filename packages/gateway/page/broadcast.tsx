import { useState } from "preact/hooks";
import { ask, own, standard } from "./api.ts";
import type { DestinationView, Stats, TypeView } from "./api.ts";
import { count, percent, timeOfDay } from "./format.ts";
import { Sparkline, useHistory } from "./sparkline.tsx";
import { usePolled } from "./use-polled.ts";

const workspace = `${standard}/workspaces/default`;

/** Settings → Observability: the switch, the configured destinations, the types there are. */
export function Broadcast() {
  const destinations = usePolled<{ data: readonly DestinationView[] }>(
    `${standard}/observability/destinations?limit=100`,
    5000,
  );
  const types = usePolled<{ data: readonly TypeView[] }>(`${own}/destination-types`, 600_000);
  const [deleted, setDeleted] = useState<DestinationView>();
  const restore = async () => {
    if (deleted) await ask("POST", `${own}/destinations/${deleted.id}/restore`);
    setDeleted(undefined);
    destinations.refresh();
  };
  const remove = async (destination: DestinationView) => {
    await ask("DELETE", `${standard}/observability/destinations/${destination.id}`);
    setDeleted(destination);
    destinations.refresh();
  };
  const typeNames = new Map(types.value?.data.map(({ type, name }) => [type, name]));
  return (
    <>
      <h1>Observability</h1>
      <p class="lead">
        Every answer of a model leaves a trace. Broadcast hands it to the destinations below, each with its
        own privacy, sampling and rules.
      </p>
      <BroadcastSwitch />
      <section aria-labelledby="configured">
        <h2 id="configured">Configured</h2>
        <p role="status" class={deleted ? "notice" : "none"}>
          {deleted && (
            <>
              “{deleted.name}” was deleted.{" "}
              <button type="button" class="link" onClick={() => void restore()}>
                Undo
              </button>
            </>
          )}
        </p>
        {destinations.failure && <p class="bad">{destinations.failure}</p>}
        {destinations.value?.data.length === 0 && (
          <p class="empty">No destination yet. Add one below; traces are kept here in the meantime.</p>
        )}
        <ul class="destinations">
          {destinations.value?.data.map((one) => (
            <Configured
              key={one.id}
              destination={one}
              typeName={typeNames.get(one.type) ?? one.type}
              onDelete={() => void remove(one)}
            />
          ))}
        </ul>
      </section>
      <section aria-labelledby="available">
        <h2 id="available">Available</h2>
        <ul class="types">
          {types.value?.data.map(({ type, name }) => (
            <li key={type} class="card type">
              <span>{name}</span>
              <a class="button" href={`#/add/${type}`} aria-label={`Add destination ${name}`}>
                Add Destination
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function BroadcastSwitch() {
  const { value, refresh, failure } = usePolled<{ data: { is_observability_broadcast_enabled: boolean } }>(
    workspace,
    10_000,
  );
  const change = async (enabled: boolean) => {
    await ask("PATCH", workspace, { is_observability_broadcast_enabled: enabled });
    refresh();
  };
  return (
    <div class="card switch">
      <div>
        <label for="enabled">Enable Broadcast</label>
        <p class="hint" id="enabled-hint">
          While it is off, no trace is made and nothing is kept.
        </p>
        {failure && <p class="bad">{failure}</p>}
      </div>
      <input
        id="enabled"
        type="checkbox"
        role="switch"
        aria-describedby="enabled-hint"
        disabled={!value}
        checked={value?.data.is_observability_broadcast_enabled ?? false}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
    </div>
  );
}

interface ConfiguredProps {
  readonly destination: DestinationView;
  readonly typeName: string;
  readonly onDelete: () => void;
}

function Configured({ destination, typeName, onDelete }: ConfiguredProps) {
  const {
    id,
    name,
    enabled,
    privacy_mode: isPrivate,
    sampling_rate: rate,
    api_key_hashes: hashes,
  } = destination;
  const { value, refresh } = usePolled<{ data: Stats | null }>(`${own}/destinations/${id}/stats`, 1000);
  const stats = value?.data ?? undefined;
  const history = useHistory(stats?.delivered);
  const act = async (action: string) => {
    await ask("POST", `${own}/destinations/${id}/${action}`);
    refresh();
  };
  return (
    <li class="card destination">
      <div class="who">
        <a href={`#/destinations/${id}`}>{name}</a>
        <span class="hint">{typeName}</span>
      </div>
      <Health stats={stats} enabled={enabled} />
      <ul class="marks" aria-label="Policy">
        {isPrivate && <li title="Prompts and answers are left out">Private</li>}
        <li>Sampling {percent(rate)}</li>
        <li>{hashes ? `${hashes.length} ${hashes.length === 1 ? "key" : "keys"}` : "All keys"}</li>
        {destination.filter_rules && <li>Rules</li>}
        {destination.read_only && <li title="Declared in the config file or the environment">Read only</li>}
      </ul>
      <div class="flow">
        <Sparkline history={history} label={`Deliveries of ${name} over the last minute`} />
        <dl class="counts">
          <div>
            <dt>delivered</dt>
            <dd>{count(stats?.delivered ?? 0)}</dd>
          </div>
          <div>
            <dt>waiting</dt>
            <dd>{count(stats?.pending ?? 0)}</dd>
          </div>
          <div>
            <dt>dead</dt>
            <dd>
              {stats?.dead ? <a href={`#/destinations/${id}/dead-letters`}>{count(stats.dead)}</a> : count(0)}
            </dd>
          </div>
        </dl>
      </div>
      <div class="actions">
        {stats?.state === "paused" ? (
          <button type="button" onClick={() => void act("resume")} aria-label={`Resume ${name}`}>
            Resume
          </button>
        ) : (
          <button
            type="button"
            onClick={() => void act("pause")}
            aria-label={`Pause ${name}`}
            disabled={!stats}
          >
            Pause
          </button>
        )}
        {!destination.read_only && (
          <button type="button" class="danger" onClick={onDelete} aria-label={`Delete ${name}`}>
            Delete
          </button>
        )}
      </div>
    </li>
  );
}

function Health({ stats, enabled }: { stats: Stats | undefined; enabled: boolean }) {
  const [mark, words, kind] = healthOf(stats, enabled);
  return (
    <p class={`health ${kind}`}>
      <span aria-hidden="true">{mark}</span> {words}
    </p>
  );
}

function healthOf(stats: Stats | undefined, enabled: boolean): readonly [string, string, string] {
  if (!enabled) return ["○", "Disabled: it gets nothing", "idle"];
  if (!stats) return ["○", "Loading…", "idle"];
  if (stats.state === "paused") return ["❚❚", `Paused: ${stats.pausedReason ?? "by hand"}`, "warn"];
  if (stats.lastFailure !== undefined) {
    const { oldestPendingMs } = stats;
    const since = oldestPendingMs === undefined ? "" : `; waiting since ${timeOfDay(oldestPendingMs)}`;
    return ["✕", `${stats.lastFailure}${since}`, "bad"];
  }
  return ["✓", "Connection healthy", "good"];
}

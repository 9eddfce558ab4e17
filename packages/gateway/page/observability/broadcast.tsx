import { useState } from "preact/hooks";
import { ask, inWorkspace, own, standard } from "../api.ts";
import type { DestinationView, TypeView } from "../api.ts";
import { Loading } from "../shell/loading.tsx";
import { usePolled } from "../use-polled.ts";
import { BroadcastSwitch } from "./broadcast-switch.tsx";
import { Configured } from "./configured.tsx";
import { TypeMark } from "./type-mark.tsx";
import { useStats } from "./use-stats.ts";

/** Settings → Observability: the switch, the configured destinations, the types there are. */
export function Broadcast({ workspace }: { readonly workspace: string | undefined }) {
  const types = usePolled<{ data: readonly TypeView[] }>(`${own}/destination-types`, 600_000);
  const typeNames = new Map(types.value?.data.map(({ type, name }) => [type, name]));
  return (
    <>
      <h1>Observability</h1>
      <p class="lead">Where the traces of your models’ calls go, and what each place may see of them.</p>
      <BroadcastSwitch key={workspace} workspace={workspace ?? "default"} />
      <section aria-labelledby="configured">
        <h2 id="configured">Configured</h2>
        <ConfiguredList key={workspace} workspace={workspace} typeNames={typeNames} />
      </section>
      <section aria-labelledby="available">
        <h2 id="available">Available</h2>
        {types.failure && <p class="bad">{types.failure}</p>}
        {!types.value && !types.failure && <Loading lines={20} like="types" />}
        <ul class="types">
          {types.value?.data.map(({ type, name }) => (
            <li key={type} class="card type">
              <TypeMark name={name} />
              <span class="type-name">{name}</span>
              <a class="button small" href={`#/add/${type}`} aria-label={`Add destination ${name}`}>
                Add Destination
              </a>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function ConfiguredList(props: {
  readonly workspace: string | undefined;
  readonly typeNames: ReadonlyMap<string, string>;
}) {
  const { workspace, typeNames } = props;
  const path = `${standard}/observability/destinations?limit=100${inWorkspace(workspace)}`;
  const { value, failure, refresh } = usePolled<{ data: readonly DestinationView[] }>(path, 5000);
  const stats = useStats();
  const trouble = failure ?? stats.failure;
  const [deleted, setDeleted] = useState<DestinationView>();
  const [complaint, setComplaint] = useState("");
  const act = async (work: () => Promise<unknown>, after: DestinationView | undefined) => {
    try {
      await work();
      setDeleted(after);
      setComplaint("");
    } catch (error) {
      setComplaint((error as Error).message);
    }
    refresh();
    stats.refresh();
  };
  const remove = (one: DestinationView) =>
    act(() => ask("DELETE", `${standard}/observability/destinations/${one.id}`), one);
  const restore = ({ id }: DestinationView) =>
    act(() => ask("POST", `${own}/destinations/${id}/restore`), undefined);
  return (
    <>
      {!value && !failure && <Loading lines={1} like="card" />}
      <p role="alert" class={complaint || trouble ? "toast bad" : "none"}>
        {complaint || trouble}
      </p>
      {value?.data.length === 0 && (
        <p class="empty">No destination yet. Add one below; traces are kept here in the meantime.</p>
      )}
      <ul class="destinations">
        {value?.data.map((one) => (
          <Configured
            key={one.id}
            destination={one}
            typeName={typeNames.get(one.type) ?? one.type}
            stats={stats.failure === undefined ? stats.statsOf(one.id) : undefined}
            history={stats.historyOf(one.id)}
            onChanged={stats.refresh}
            onDelete={() => void remove(one)}
          />
        ))}
      </ul>
      <div role="status" class={deleted ? "toast" : "none"}>
        {deleted && (
          <>
            <span>“{deleted.name}” was deleted.</span>
            <button type="button" class="small" onClick={() => void restore(deleted)}>
              Undo
            </button>
            <button
              type="button"
              class="small quiet"
              aria-label="Close"
              onClick={() => setDeleted(undefined)}
            >
              ✕
            </button>
          </>
        )}
      </div>
    </>
  );
}

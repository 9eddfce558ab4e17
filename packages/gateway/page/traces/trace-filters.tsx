import { useId } from "preact/hooks";
import type { Fate, TraceSummary } from "../api.ts";
import { fateWords } from "./fate.tsx";
import { modelOf } from "./trace-filter.ts";
import type { TraceFilter, TraceStatus } from "./trace-filter.ts";

interface Props {
  readonly traces: readonly TraceSummary[];
  readonly filter: TraceFilter;
  readonly onChange: (filter: TraceFilter) => void;
}

/** What to look for. A choice that no trace has any more stays until it is taken back. */
export function TraceFilters({ traces, filter, onChange }: Props) {
  const users = distinct(traces.map(({ user }) => user));
  const sessions = distinct(traces.map(({ sessionId }) => sessionId));
  const whose = filter.user !== undefined ? `user ${filter.user}` : `session ${filter.session ?? ""}`;
  const set = (changed: Partial<Record<keyof TraceFilter, string | undefined>>) =>
    onChange({ ...filter, ...changed } as TraceFilter);
  return (
    <search class="filters">
      <p class="wide">
        <label for="trace-search">Search</label>
        <input
          id="trace-search"
          type="search"
          placeholder="name, model, user, session, tag, metadata"
          value={filter.search ?? ""}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </p>
      <Choice
        label="Model"
        value={filter.model}
        options={distinct(traces.map(modelOf))}
        onChange={(model) => set({ model })}
      />
      <Choice
        label="Status"
        value={filter.status}
        options={["ok", "failed", "cancelled"] satisfies TraceStatus[]}
        onChange={(status) => set({ status })}
      />
      <Choice
        label="Destination"
        value={filter.destination}
        options={distinct(traces.flatMap(({ fates }) => fates.map(({ name }) => name)))}
        onChange={(destination) => set({ destination })}
      />
      <Choice
        label="Delivery"
        value={filter.fate}
        options={Object.keys(fateWords)}
        words={(state) => fateWords[state as Fate["state"]]}
        onChange={(fate) => set({ fate })}
      />
      <Choice
        label="User or session"
        value={filter.user !== undefined || filter.session !== undefined ? whose : undefined}
        options={[...users.map((user) => `user ${user}`), ...sessions.map((id) => `session ${id}`)]}
        onChange={(chosen) =>
          set({
            user: chosen?.startsWith("user ") ? chosen.slice("user ".length) : undefined,
            session: chosen?.startsWith("session ") ? chosen.slice("session ".length) : undefined,
          })
        }
      />
    </search>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly string[];
  readonly words?: (option: string) => string;
  readonly onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, words = (option) => option, onChange }: ChoiceProps) {
  const all = value === undefined || options.includes(value) ? options : [value, ...options];
  const id = useId();
  return (
    <p>
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value ?? ""}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      >
        <option value="">any</option>
        {all.map((option) => (
          <option key={option} value={option}>
            {words(option)}
          </option>
        ))}
      </select>
    </p>
  );
}

const distinct = (texts: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(texts)].filter((text) => text !== undefined).sort();

import { useEffect, useState } from "preact/hooks";
import { ask, standard } from "../api.ts";

interface Workspace {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
}

const remembered = "tracecast-workspace";

/** The workspaces there are, and the one the page shows. */
export interface Workspaces {
  readonly all: readonly Workspace[];
  /** The id of the one that is shown; undefined where there is only the default one. */
  readonly current: string | undefined;
  readonly choose: (id: string) => void;
}

/** Asks once for the workspaces; the choice among several is remembered by the browser. */
export function useWorkspaces(): Workspaces {
  const [all, setAll] = useState<readonly Workspace[]>([]);
  const [chosen, setChosen] = useState(() => localStorage.getItem(remembered));
  useEffect(() => {
    ask<{ data: readonly Workspace[] }>("GET", `${standard}/workspaces?limit=100`).then(
      ({ data }) => setAll(data),
      () => setAll([]),
    );
  }, []);
  const known = all.find(({ id }) => id === chosen) ?? all.find(({ slug }) => slug === "default");
  return {
    all,
    current: all.length > 1 ? known?.id : undefined,
    choose(id) {
      localStorage.setItem(remembered, id);
      setChosen(id);
    },
  };
}

/** Chooses the workspace whose destinations are shown; nothing where there is one only. */
export function WorkspaceSelect({ workspaces }: { readonly workspaces: Workspaces }) {
  const { all, current, choose } = workspaces;
  if (all.length < 2) return null;
  return (
    <select
      class="workspace"
      aria-label="Workspace"
      value={current}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      {all.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

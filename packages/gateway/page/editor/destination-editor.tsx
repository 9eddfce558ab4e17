import { useEffect, useState } from "preact/hooks";
import { ask, own, standard } from "../api.ts";
import type { Config, DestinationView, TypeView } from "../api.ts";
import { Loading } from "../shell/loading.tsx";
import { DestinationForm } from "./destination-form.tsx";
import { blankDraft, draftOf } from "./draft.ts";
import type { Draft } from "./draft.ts";

/** Which destination is edited: a saved one, a copy of a saved one, or a new one of a type. */
export interface EditorProps {
  readonly mode: "edit" | "copy" | "add";
  /** The id of the saved one, or the name of the type. */
  readonly of: string;
  /** Where a new one is made; undefined: in the default workspace. */
  readonly workspace: string | undefined;
}

/** What the form begins with. */
export interface Origin {
  readonly type: TypeView;
  readonly draft: Draft;
  /** The destination that a save changes. */
  readonly id?: string;
  /** The destination whose stored secrets stand behind what is shown masked. */
  readonly secretsOf?: string;
  readonly stored: Config;
  readonly workspace: string | undefined;
  readonly readOnly: boolean;
}

/** Adds, copies or changes a destination. */
export function DestinationEditor({ mode, of, workspace }: EditorProps) {
  const [origin, setOrigin] = useState<Origin>();
  const [failure, setFailure] = useState("");
  useEffect(() => {
    originOf({ mode, of, workspace }).then(setOrigin, (error: unknown) =>
      setFailure((error as Error).message),
    );
  }, [mode, of, workspace]);
  return (
    <>
      <p class="back">
        <a href="#/">← Observability</a>
      </p>
      {failure && (
        <p role="alert" class="bad">
          {failure}
        </p>
      )}
      {!failure && !origin && <Loading lines={8} />}
      {origin && <DestinationForm origin={origin} />}
    </>
  );
}

async function originOf({ mode, of, workspace }: EditorProps): Promise<Origin> {
  const types = ask<{ data: readonly TypeView[] }>("GET", `${own}/destination-types`);
  const saved = mode === "add" ? undefined : await savedDestination(of);
  const type = (await types).data.find((one) => one.type === (saved?.type ?? of));
  if (!type) throw new Error("There is no such type of destination.");
  const shared = { type, workspace, stored: {}, readOnly: false };
  if (!saved) return { ...shared, draft: { ...blankDraft, name: type.name } };
  const { id, config: stored } = saved;
  const draft = draftOf(saved);
  if (mode === "copy")
    return { ...shared, draft: { ...draft, name: `${saved.name} (copy)` }, secretsOf: id, stored };
  const { workspace_id: workspaceOf, read_only: readOnly = false } = saved;
  return { type, draft, id, secretsOf: id, stored, readOnly, workspace: workspaceOf };
}

async function savedDestination(id: string): Promise<DestinationView> {
  const path = `${standard}/observability/destinations/${encodeURIComponent(id)}`;
  return (await ask<{ data: DestinationView }>("GET", path)).data;
}

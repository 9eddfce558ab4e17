import { useState } from "preact/hooks";
import { ask, standard } from "../api.ts";
import { usePolled } from "../use-polled.ts";

/** Switches all broadcasting of a workspace. */
export function BroadcastSwitch({ workspace }: { readonly workspace: string }) {
  const path = `${standard}/workspaces/${workspace}`;
  const { value, refresh } = usePolled<{ data: { is_observability_broadcast_enabled: boolean } }>(
    path,
    10_000,
  );
  const [wanted, setWanted] = useState<boolean>();
  const [complaint, setComplaint] = useState("");
  const isOn = wanted ?? value?.data.is_observability_broadcast_enabled ?? false;
  const change = async (enabled: boolean) => {
    setWanted(enabled);
    setComplaint("");
    try {
      await ask("PATCH", path, { is_observability_broadcast_enabled: enabled });
      refresh();
    } catch (error) {
      setWanted(undefined);
      setComplaint((error as Error).message);
    }
  };
  return (
    <div class="card switch">
      <div>
        <label for="enabled">Enable Broadcast</label>
        <p class="hint" id="enabled-hint">
          {value && !isOn
            ? "It is off: no trace is made and nothing is kept."
            : "Every finished call of a model is handed to the destinations below. Answers never wait for it."}
        </p>
        <p role="alert" class="bad">
          {complaint}
        </p>
      </div>
      <input
        id="enabled"
        type="checkbox"
        role="switch"
        aria-describedby="enabled-hint"
        disabled={!value}
        checked={isOn}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
    </div>
  );
}

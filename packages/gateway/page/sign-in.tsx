import { useState } from "preact/hooks";
import { ask, own } from "./api.ts";

/** Asks for the management key. */
export function SignIn({ onDone }: { onDone: () => void }) {
  const [key, setKey] = useState("");
  const [complaint, setComplaint] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await ask("POST", `${own}/session`, { key });
      onDone();
    } catch (error) {
      setComplaint((error as Error).message);
    }
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>
          <img src="./favicon.svg" alt="" width="32" height="32" /> Tracecast
        </h1>
        <label for="key">Management key</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          required
          value={key}
          aria-describedby="key-hint"
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p id="key-hint" class="hint">
          It stands in the file <code>.tracecast/management-key</code> where the gateway runs, or in{" "}
          <code>TRACECAST_MANAGEMENT_KEY</code>.
        </p>
        <p role="alert" class="bad">
          {complaint}
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}

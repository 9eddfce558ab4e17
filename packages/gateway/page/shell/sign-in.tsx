import { useState } from "preact/hooks";
import { ask, own } from "../api.ts";

/** Who is asked to sign in. */
export interface SignInProps {
  /** They were signed in before. */
  readonly isBack: boolean;
  readonly onDone: () => void;
}

/** Asks for the management key. */
export function SignIn({ isBack, onDone }: SignInProps) {
  const [key, setKey] = useState("");
  const [complaint, setComplaint] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await ask("POST", `${own}/session`, { key });
      onDone();
    } catch (error) {
      setComplaint((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <h1>
          <img src="./favicon.svg" alt="" width="32" height="32" /> Tracecast
        </h1>
        {isBack && (
          <p class="notice">Your session has ended; sign in again. What you were doing is still there.</p>
        )}
        {/* Password managers keep a key under a name. */}
        <input type="text" name="username" value="tracecast" autocomplete="username" hidden readOnly />
        <label for="key">Management key</label>
        <input
          id="key"
          type="password"
          autocomplete="current-password"
          required
          value={key}
          aria-describedby="key-complaint key-hint"
          aria-invalid={complaint ? true : undefined}
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <p role="alert" id="key-complaint" class="complaint">
          {complaint}
        </p>
        <p id="key-hint" class="hint">
          It stands in the file <code>.tracecast/management-key</code> where the gateway runs, or in{" "}
          <code>TRACECAST_MANAGEMENT_KEY</code>.
        </p>
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "One moment…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

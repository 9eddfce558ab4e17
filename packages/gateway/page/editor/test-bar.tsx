import type { TestResult } from "../api.ts";

/** Where the test of the draft stands. */
export interface TestBarProps {
  /** What is being done, for the time it takes. */
  readonly busy: "testing" | "saving" | "sending" | undefined;
  readonly result: TestResult | undefined;
  /** The test passed, with exactly these values. */
  readonly isTested: boolean;
  /** It passed once, and then something was changed. */
  readonly isStale: boolean;
  readonly isSaved: boolean;
  readonly readOnly: boolean;
  readonly onTest: () => void;
  readonly onSample: () => void;
  readonly onCancel: () => void;
}

const doing = {
  testing: "Testing the connection. This takes up to 15 seconds.",
  saving: "Testing once more, and saving.",
  sending: "Sending a test trace.",
};

/** Test Connection and Save, and what the test found. Save opens only for what has passed. */
export function TestBar(props: TestBarProps) {
  const { busy, result, isTested, isStale, isSaved, readOnly } = props;
  return (
    <div class="test-bar">
      <div
        role="status"
        class={`outcome ${busy || !result || isStale ? "idle" : result.ok ? "good" : "bad"}`}
      >
        {busy ? <p>{doing[busy]}</p> : <Outcome {...props} />}
      </div>
      {busy && <progress aria-label={doing[busy]} />}
      <div class="buttons">
        {busy === "testing" ? (
          <button type="button" onClick={props.onCancel}>
            Cancel the test
          </button>
        ) : (
          <button type="button" onClick={props.onTest} disabled={busy !== undefined}>
            Test Connection
          </button>
        )}
        {isSaved && (
          <button type="button" onClick={props.onSample} disabled={busy !== undefined}>
            Send test trace
          </button>
        )}
        <button type="submit" class="primary" disabled={!isTested || busy !== undefined || readOnly}>
          Save
        </button>
      </div>
    </div>
  );
}

function Outcome({ result, isStale, readOnly }: TestBarProps) {
  if (isStale) return <p>Changed since the test; test again to save.</p>;
  if (!result)
    return (
      <p>{readOnly ? "Nothing can be saved here." : "Save opens when the connection test has passed."}</p>
    );
  return (
    <>
      <p>
        <span aria-hidden="true">{result.ok ? "✓" : "✕"}</span> {result.message}
      </p>
      {result.notes && result.notes.length > 0 && (
        <details class="notes">
          <summary>Not everything is shown there ({result.notes.length})</summary>
          <ul>
            {result.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

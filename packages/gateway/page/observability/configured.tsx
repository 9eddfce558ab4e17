import { useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { DestinationView, Stats, TestResult } from "../api.ts";
import { count, percent } from "../format.ts";
import { HealthLine } from "./health.tsx";
import { Sparkline } from "./sparkline.tsx";
import { TypeMark } from "./type-mark.tsx";
import type { Sample } from "./use-stats.ts";

/** A configured destination and what can be done with it. */
export interface ConfiguredProps {
  readonly destination: DestinationView;
  readonly typeName: string;
  readonly stats: Stats | undefined;
  readonly history: readonly Sample[];
  readonly onChanged: () => void;
  readonly onDelete: () => void;
}

/** One configured destination: what it is, what it gets, how it fares. */
export function Configured(props: ConfiguredProps) {
  const { destination, typeName, stats, history } = props;
  const { id, name, enabled } = destination;
  const [sample, setSample] = useState<TestResult>();
  return (
    <li class="card destination">
      <TypeMark name={typeName} />
      <div class="who">
        <h3>
          <a href={`#/destinations/${id}`}>{name}</a>
        </h3>
        <p class="hint">{typeName}</p>
      </div>
      <HealthLine stats={stats} enabled={enabled} />
      <Policy destination={destination} />
      <div class="flow">
        <Sparkline history={history} label={`Deliveries of ${name} over the last minute`} />
        <dl class="counts">
          <Count words="delivered" value={stats?.delivered} />
          <Count words="waiting" value={stats?.pending} />
          <Count words="dead" value={stats?.dead} href={`#/destinations/${id}/dead-letters`} />
        </dl>
      </div>
      <Actions {...props} onSample={setSample} />
      <p role="status" class={sample ? `result ${sample.ok ? "good" : "bad"}` : "none"}>
        {sample && `${sample.ok ? "✓" : "✕"} ${sample.message}`}
      </p>
    </li>
  );
}

function Count(props: {
  readonly words: string;
  readonly value: number | undefined;
  readonly href?: string;
}) {
  const { words, value, href } = props;
  const text = value === undefined ? "–" : count(value);
  return (
    <div>
      <dt>{words}</dt>
      <dd>{href !== undefined && value ? <a href={href}>{text}</a> : text}</dd>
    </div>
  );
}

function Policy({ destination }: { readonly destination: DestinationView }) {
  const { sampling_rate: rate, privacy_mode: isPrivate, filter_rules: rules, redaction } = destination;
  return (
    <ul class="marks" aria-label="Policy">
      {isPrivate && (
        <li class="private" title="Prompts and answers are left out">
          Private
        </li>
      )}
      <li>Sampling {percent(rate)}</li>
      <li>{keyWords(destination)}</li>
      {rules && <li>Rules</li>}
      {redaction && <li>Redacted</li>}
      {destination.read_only && <li title="Declared in the config file or the environment">Read only</li>}
    </ul>
  );
}

function keyWords({ api_key_hashes: only, excluded_api_key_hashes: except }: DestinationView): string {
  const keys = (hashes: readonly string[]) => `${hashes.length} ${hashes.length === 1 ? "key" : "keys"}`;
  if (only) return keys(only);
  return except ? `All but ${keys(except)}` : "All keys";
}

function Actions(props: ConfiguredProps & { readonly onSample: (result: TestResult | undefined) => void }) {
  const { destination, stats, onChanged, onDelete, onSample } = props;
  const { id, name } = destination;
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<TestResult | undefined>) => {
    setBusy(true);
    onSample(undefined);
    try {
      onSample(await work());
    } catch (error) {
      onSample({ ok: false, message: (error as Error).message });
    }
    setBusy(false);
    onChanged();
  };
  const act = (action: "pause" | "resume") =>
    run(async () => void (await ask("POST", `${own}/destinations/${id}/${action}`)));
  const isPaused = stats?.state === "paused";
  return (
    <div class="actions" role="group" aria-label={`Actions for ${name}`}>
      <a class="button small" href={`#/destinations/${id}`} aria-label={`Edit ${name}`}>
        Edit
      </a>
      <button
        type="button"
        class="small"
        disabled={busy}
        aria-label={`Send test trace to ${name}`}
        onClick={() => void run(() => ask<TestResult>("POST", `${own}/destinations/${id}/sample`))}
      >
        Send test trace
      </button>
      <button
        type="button"
        class="small"
        disabled={busy || !stats}
        aria-label={`${isPaused ? "Resume" : "Pause"} ${name}`}
        onClick={() => void act(isPaused ? "resume" : "pause")}
      >
        {isPaused ? "Resume" : "Pause"}
      </button>
      <a class="button small" href={`#/copy/${id}`} aria-label={`Duplicate ${name}`}>
        Duplicate
      </a>
      {!destination.read_only && (
        <button type="button" class="small danger" onClick={onDelete} aria-label={`Delete ${name}`}>
          Delete
        </button>
      )}
    </div>
  );
}

import { useMemo, useState } from "preact/hooks";
import { own } from "../api.ts";
import { Chart } from "./chart.tsx";
import { count, duration, usd } from "../format.ts";
import type { DestinationDeliveries, Figures, OverviewView } from "./overview-api.ts";
import { chartsOf, modelWords } from "./overview-charts.ts";
import { Loading } from "../shell/loading.tsx";
import { usePolled } from "../use-polled.ts";

const ranges = [
  ["1h", "Hour"],
  ["6h", "6 hours"],
  ["24h", "Day"],
] as const;
type Range = (typeof ranges)[number][0];

/** What all requests of the last hours come to. */
export function Overview() {
  const [range, setRange] = useRange();
  const { value, failure } = usePolled<{ data: OverviewView }>(`${own}/overview?range=${range}`, 3000);
  return (
    <>
      <header class="heading">
        <h1>Overview</h1>
        <div class="ranges" role="group" aria-label="Range">
          {ranges.map(([name, words]) => (
            <button key={name} type="button" aria-pressed={name === range} onClick={() => setRange(name)}>
              {words}
            </button>
          ))}
        </div>
      </header>
      {failure !== undefined && (
        <p role="alert" class="result bad">
          {failure} Trying again…
        </p>
      )}
      {value ? <Shown view={value.data} /> : failure === undefined && <Loading lines={8} />}
    </>
  );
}

/** The range in the address. */
function useRange() {
  const said = new URLSearchParams(location.hash.split("?")[1] ?? "").get("range");
  const [range, setRange] = useState<Range>(ranges.find(([name]) => name === said)?.[0] ?? "1h");
  const change = (next: Range) => {
    history.replaceState(history.state, "", `#/overview?range=${next}`);
    setRange(next);
  };
  return [range, change] as const;
}

function Shown({ view }: { view: OverviewView }) {
  const charts = useMemo(() => chartsOf(view), [view]);
  const isIdle = view.destinations.every(
    ({ delivered, dead }) => !delivered.some(Boolean) && !dead.some(Boolean),
  );
  return (
    <>
      <Tiles totals={view.totals} />
      {view.totals.requests === 0 && isIdle ? (
        <p class="empty">
          Nothing in this time. Send a request through this gateway, and it is counted here.
        </p>
      ) : (
        <div class="charts">
          {charts
            .filter(({ series }) => series.length > 0)
            .map((spec) => (
              <Chart key={spec.title} spec={spec} />
            ))}
        </div>
      )}
      {view.models.length > 0 && <Models models={view.models} />}
      {view.destinations.length > 0 && <Destinations destinations={view.destinations} />}
      <p class="hint">
        Counted from every request since the gateway started, kept or not; times are of whole answers, within
        1.5 %.
      </p>
    </>
  );
}

function Tiles({ totals }: { totals: Figures }) {
  const { requests, errors, promptTokens, completionTokens, costUsd, took, firstToken } = totals;
  const share = requests === 0 ? "" : ` (${((errors / requests) * 100).toFixed(1)} %)`;
  return (
    <dl class="key-figures tiles">
      <Tile name="Requests" value={count(requests)} beside={`${count(errors)} failed${share}`} />
      <Tile
        name="Tokens"
        value={count(promptTokens + completionTokens)}
        beside={`${count(promptTokens)} in, ${count(completionTokens)} out`}
      />
      <Tile name="Cost" value={priceWords(costUsd)} beside={costWords(totals)} />
      <Tile name="Latency" value={inWords(took.p50Ms)} beside={`95th percentile ${inWords(took.p95Ms)}`} />
      <Tile
        name="First token"
        value={inWords(firstToken.p50Ms)}
        beside={`95th percentile ${inWords(firstToken.p95Ms)}`}
      />
    </dl>
  );
}

function costWords({ costUsd, estimatedUsd }: Figures): string {
  if (costUsd === null) return "none is known";
  return estimatedUsd > 0 ? `${usd(estimatedUsd)} of it estimated` : "as reported";
}

const priceWords = (costUsd: number | null): string => (costUsd === null ? "–" : usd(costUsd));

const inWords = (ms: number | null): string => (ms === null ? "–" : duration(ms));

function Tile({ name, value, beside }: { name: string; value: string; beside: string }) {
  return (
    <div class="card">
      <dt>{name}</dt>
      <dd>
        {value}
        <span class="hint">{beside}</span>
      </dd>
    </div>
  );
}

function Models({ models }: { models: OverviewView["models"] }) {
  return (
    <>
      <h2 id="models">Models</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="models">
        <table>
          <thead>
            <tr>
              <th scope="col">Model</th>
              {["Requests", "Failed", "Tokens", "Cost", "Median", "95th percentile", "First token"].map(
                (name) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {models.map(({ model, requests, errors, promptTokens, completionTokens, ...rest }) => (
              <tr key={model}>
                <th scope="row">{modelWords(model)}</th>
                <td class="number">{count(requests)}</td>
                <td class="number">{count(errors)}</td>
                <td class="number">{count(promptTokens + completionTokens)}</td>
                <td class="number">{priceWords(rest.costUsd)}</td>
                <td class="number">{inWords(rest.took.p50Ms)}</td>
                <td class="number">{inWords(rest.took.p95Ms)}</td>
                <td class="number">{inWords(rest.firstToken.p50Ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const stateKinds = { running: "good", paused: "warn", disabled: "idle" } as const;
const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

function Destinations({ destinations }: { destinations: readonly DestinationDeliveries[] }) {
  return (
    <>
      <h2 id="deliveries">Destinations</h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="deliveries">
        <table>
          <thead>
            <tr>
              <th scope="col">Destination</th>
              <th scope="col">State</th>
              {["Delivered", "Refused", "Waiting now"].map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {destinations.map(({ id, name, state, delivered, dead, pending }) => (
              <tr key={id ?? name}>
                <th scope="row">{id === undefined ? name : <a href={`#/destinations/${id}`}>{name}</a>}</th>
                <td>
                  <span class={`tag ${stateKinds[state]}`}>{state}</span>
                </td>
                <td class="number">{count(sum(delivered))}</td>
                <td class="number">{count(sum(dead))}</td>
                <td class="number">{count(pending)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

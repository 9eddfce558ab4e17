import { DeliveryWorker } from "./delivery/worker.ts";
import type { WorkerTools } from "./delivery/worker.ts";
import { Settlement } from "./delivery/settlement.ts";
import type { DropLog } from "./drop-log.ts";
import type { Ledger } from "./ledger.ts";
import type { Route } from "./settings.ts";
import { Tally } from "./stats.ts";
import type { DestinationStats } from "./stats.ts";

/** What all lanes share. */
export interface LaneTools extends Omit<WorkerTools, "settlement"> {
  readonly ledger: Ledger;
  readonly drops: DropLog;
}

/** One destination at work: its settings, its worker, its counters. */
export class Lane {
  route: Route;
  readonly worker: DeliveryWorker;
  readonly tally = new Tally();
  readonly #tools: LaneTools;

  /** @throws `TracecastError` `CONFIG_INVALID` */
  constructor(route: Route, tools: LaneTools) {
    this.route = route;
    this.#tools = tools;
    const settlement = new Settlement({ ...tools, destinationId: route.id, tally: this.tally });
    this.worker = new DeliveryWorker(route, { ...tools, settlement });
    // What an earlier run left, waiting or dead, has been published too.
    this.tally.dead = tools.spool.deadLetters.list(route.id).length;
    this.tally.published = tools.spool.backlog(route.id).events + this.tally.dead;
  }

  /** @throws `TracecastError` `CONFIG_INVALID`; the old settings then stay. */
  update(route: Route): void {
    this.worker.update(route);
    this.route = route;
  }

  get pausedReason(): string | undefined {
    return this.worker.pausedReason;
  }

  stats(): DestinationStats {
    const { route, worker, tally } = this;
    const { events, oldestMs } = this.#tools.spool.backlog(route.id);
    const { pausedReason, pausedSinceMs, lastFailure, failingSinceMs } = worker;
    return {
      id: route.id,
      name: route.name,
      type: route.type.type,
      state: !route.policy.enabled ? "disabled" : pausedReason === undefined ? "running" : "paused",
      ...(pausedReason !== undefined && { pausedReason }),
      ...(pausedSinceMs !== undefined && { pausedSinceMs }),
      published: tally.published,
      filtered: { ...tally.filtered },
      sampledOut: tally.sampledOut,
      delivered: tally.delivered,
      dead: tally.dead,
      dropped: { ...tally.dropped },
      pending: events,
      ...(oldestMs !== undefined && { oldestPendingMs: oldestMs }),
      circuit: worker.circuit,
      ...(lastFailure !== undefined && { lastFailure }),
      ...(failingSinceMs !== undefined && { failingSinceMs }),
      retries: tally.retries,
    };
  }
}

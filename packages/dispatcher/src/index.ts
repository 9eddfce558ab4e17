export { createDispatcher, Dispatcher } from "./dispatcher.ts";
export type { DispatcherOptions, Encoded, FlushReport, Preview } from "./dispatcher-options.ts";
export type { DestinationSettings, PolicySettings } from "./settings.ts";
export type { DispatcherEmitter, DispatcherEvents, DropLimit } from "./events.ts";
export { DeadLetters } from "./dead-letters.ts";
export type { DeadLetter, DeadLetterLimits, DeadLetterStore } from "./dead-letters.ts";
export type { DestinationStats } from "./stats.ts";
export type { FilterRule, Verdict } from "./policy/admit.ts";
export { filterFields, filterOperators, filterRulesSchema } from "./policy/filter/filter-rules.ts";
export type {
  FilterField,
  FilterOperator,
  FilterRuleSettings,
  FilterRulesSettings,
} from "./policy/filter/filter-rules.ts";
export { redactionSchema } from "./policy/redaction/redaction-settings.ts";
export type { DetectorName, RedactionSettings } from "./policy/redaction/redaction-settings.ts";
export { previewPolicy } from "./policy/preview.ts";
export type { Foreseen } from "./policy/preview.ts";
export { privateView } from "./policy/privacy.ts";
export { estimateBytes } from "./spool/event-size.ts";
export { SpoolIndex } from "./spool/spool-index.ts";
export { WaitingEvent } from "./spool/waiting-event.ts";
export type { SpoolEntry } from "./spool/spool-index.ts";
export { MemorySpool } from "./spool/memory-spool.ts";
export type { MemorySpoolOptions } from "./spool/memory-spool.ts";
export type { Backlog, Dropped, Recipient, Spool, SpooledEvent, SpoolLimit } from "./spool/spool.ts";
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export type { Disposition, Explanation } from "./ledger.ts";

/** A database that the columns have a type for. */
export type Warehouse = "bigquery" | "clickhouse" | "snowflake";

/** What a column holds. `json` is JSON text in ClickHouse, a VARIANT in Snowflake, and JSON in BigQuery. */
export type ColumnKind = "id" | "text" | "time" | "milliseconds" | "count" | "usd" | "json" | "texts";

/**
 * The columns of the table, by the names that OpenRouter's own tables have (in BigQuery in lower case), in their order; behind them ours for what those have none for.
 * @see https://openrouter.ai/docs/guides/features/broadcast/clickhouse
 */
export const columns = {
  TRACE_ID: "id",
  SPAN_ID: "id",
  PARENT_SPAN_ID: "text",
  USER_ID: "text",
  SESSION_ID: "text",
  API_KEY_NAME: "text",
  TIMESTAMP: "time",
  START_TIME: "time",
  END_TIME: "time",
  DURATION_MS: "milliseconds",
  MODEL: "text",
  PROVIDER_NAME: "text",
  SPAN_TYPE: "text",
  STATUS: "text",
  LEVEL: "text",
  FINISH_REASON: "text",
  PROMPT_TOKENS: "count",
  COMPLETION_TOKENS: "count",
  TOTAL_TOKENS: "count",
  CACHED_TOKENS: "count",
  REASONING_TOKENS: "count",
  INPUT_COST: "usd",
  OUTPUT_COST: "usd",
  TOTAL_COST: "usd",
  ATTRIBUTES: "json",
  INPUT: "json",
  OUTPUT: "json",
  METADATA: "json",
  MODEL_PARAMETERS: "json",
  TAGS: "texts",
} as const satisfies Readonly<Record<string, ColumnKind>>;

/** The name of a column. */
export type Column = keyof typeof columns;

/** Every column's name, in the table's order. */
export const columnNames = Object.keys(columns) as readonly Column[];

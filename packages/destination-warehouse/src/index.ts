export { bigquery } from "./bigquery/bigquery.ts";
export { clickhouse } from "./clickhouse/clickhouse.ts";
export { snowflake } from "./snowflake/snowflake.ts";
export { createTableSql } from "./create-table.ts";
export type { Warehouse } from "./columns.ts";

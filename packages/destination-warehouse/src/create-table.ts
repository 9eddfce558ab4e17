import type { ColumnKind, Warehouse } from "./columns.ts";
import { columns } from "./columns.ts";

/** What a column of each kind is declared as. */
export const columnTypes: Readonly<Record<Warehouse, Readonly<Record<ColumnKind, string>>>> = {
  bigquery: {
    id: "STRING NOT NULL",
    text: "STRING",
    time: "TIMESTAMP NOT NULL",
    milliseconds: "FLOAT64",
    count: "INT64",
    usd: "FLOAT64",
    json: "JSON",
    texts: "ARRAY<STRING>",
  },
  clickhouse: {
    id: "String",
    text: "Nullable(String)",
    time: "DateTime64(3, 'UTC')",
    milliseconds: "Nullable(Float64)",
    count: "Nullable(UInt64)",
    usd: "Nullable(Float64)",
    json: "Nullable(String)",
    texts: "Array(String)",
  },
  snowflake: {
    id: "VARCHAR NOT NULL",
    text: "VARCHAR",
    time: "TIMESTAMP_NTZ NOT NULL",
    milliseconds: "NUMBER(18,3)",
    count: "NUMBER",
    usd: "FLOAT",
    json: "VARIANT",
    texts: "ARRAY",
  },
};

/**
 * The statement that makes the table traces are written to. In ClickHouse a row that is sent again replaces the first.
 * @param table - the table's name, with its database, schema or dataset where it needs one
 */
export function createTableSql(warehouse: Warehouse, table: string = defaultTables[warehouse]): string {
  if (warehouse === "bigquery") return bigQuerySql(table);
  const lines = Object.entries(columns).map(([name, kind]) => `  ${name} ${columnTypes[warehouse][kind]}`);
  const statement = `CREATE TABLE IF NOT EXISTS ${table} (\n${lines.join(",\n")}\n)`;
  if (warehouse === "snowflake") return `${statement};\n`;
  return `${statement}\nENGINE = ReplacingMergeTree\nPARTITION BY toYYYYMM(TIMESTAMP)\nORDER BY (TIMESTAMP, TRACE_ID, SPAN_ID);\n`;
}

function bigQuerySql(table: string): string {
  const lines = Object.entries(columns).map(
    ([name, kind]) => `  ${name.toLowerCase()} ${columnTypes.bigquery[kind]}`,
  );
  return `CREATE TABLE IF NOT EXISTS \`${table}\` (\n${lines.join(",\n")}\n)\nPARTITION BY DATE(timestamp)\nCLUSTER BY trace_id;\n`;
}

const defaultTables: Readonly<Record<Warehouse, string>> = {
  bigquery: "openrouter.openrouter_traces",
  clickhouse: "OPENROUTER_TRACES",
  snowflake: "OPENROUTER_TRACES",
};

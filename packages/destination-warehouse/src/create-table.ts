import type { ColumnKind, Warehouse } from "./columns.ts";
import { columns } from "./columns.ts";

const types: Readonly<Record<Warehouse, Readonly<Record<ColumnKind, string>>>> = {
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
 * @param table - the table's name, with its database or schema where it needs one
 */
export function createTableSql(warehouse: Warehouse, table: string): string {
  const lines = Object.entries(columns).map(([name, kind]) => `  ${name} ${types[warehouse][kind]}`);
  const statement = `CREATE TABLE IF NOT EXISTS ${table} (\n${lines.join(",\n")}\n)`;
  if (warehouse === "snowflake") return `${statement};\n`;
  return `${statement}\nENGINE = ReplacingMergeTree\nPARTITION BY toYYYYMM(TIMESTAMP)\nORDER BY (TIMESTAMP, TRACE_ID, SPAN_ID);\n`;
}

import type { ColumnKind } from "../columns.ts";
import { columnNames, columns } from "../columns.ts";

/**
 * Writes the rows of the one bound JSON text. No value stands in the statement. A row that is there already is left alone, so that what is sent
 * twice is seen once; the time among the conditions spares the search through the whole table.
 */
export function mergeSql(table: string): string {
  const taken = columnNames.map((name) => `${taking[columns[name]](`value:${name}`)} AS ${name}`);
  return [
    `MERGE INTO ${table} t`,
    `USING (SELECT ${taken.join(", ")} FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?)))) s`,
    "ON t.TIMESTAMP = s.TIMESTAMP AND t.TRACE_ID = s.TRACE_ID AND t.SPAN_ID = s.SPAN_ID",
    `WHEN NOT MATCHED THEN INSERT (${columnNames.join(", ")}) VALUES (${columnNames.map((name) => `s.${name}`).join(", ")})`,
  ].join("\n");
}

/** Reads no row, and fails where the table or a column is missing. */
export function probeSql(table: string): string {
  return `SELECT ${columnNames.join(", ")} FROM ${table} LIMIT 0`;
}

const taking: Readonly<Record<ColumnKind, (value: string) => string>> = {
  id: (value) => `${value}::VARCHAR`,
  text: (value) => `${value}::VARCHAR`,
  time: (value) => `${value}::TIMESTAMP_NTZ`,
  milliseconds: (value) => `${value}::NUMBER(18,3)`,
  count: (value) => `${value}::NUMBER`,
  usd: (value) => `${value}::FLOAT`,
  json: (value) => `PARSE_JSON(${value}::VARCHAR)`,
  texts: (value) => `${value}::ARRAY`,
};

#!/usr/bin/env node
import { createTableSql } from "@tracecast/destination-warehouse";
import type { Warehouse } from "@tracecast/destination-warehouse";
import { Argument, Command, InvalidArgumentError } from "commander";
import { runDoctor } from "./cli/doctor.ts";
import { changeKey, createKey, listKeys } from "./cli/keys.ts";
import { deadLetters, listDestinations, runManage, sendSampleTo, testDestination } from "./cli/manage.ts";
import type { ManageCommand } from "./cli/manage.ts";
import { runNewDestination } from "./cli/new-destination.ts";
import { replayFile } from "./cli/replay.ts";
import { runRotateKey } from "./cli/rotate-key.ts";
import { runStart } from "./cli/start.ts";
import { version } from "./version.ts";

// Who reads along may go, as `head` does; that must not end a gateway.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const program = new Command("tracecast")
  .description(
    "An LLM gateway that broadcasts the trace of every request to the destinations you configured.",
  )
  .version(version);

program
  .command("start")
  .description("start the gateway")
  .option("--config <file>", "read the provider and the destinations from a YAML file")
  .option("--sample", "send one sample request when the demo provider answers, and print its trace")
  .option("--once", "stop after that instead of waiting for requests")
  .addHelpText(
    "after",
    `
Environment:
  TRACECAST_HOST          the address to listen on (127.0.0.1)
  TRACECAST_PORT          the port to listen on (8787; 0 picks a free one)
  TRACECAST_DATA_DIR      the folder for what waits to be sent; default: .tracecast
  TRACECAST_ENCRYPTION_KEY  what it is encrypted with: 32 bytes, base64; default: the file "key" in that folder
  TRACECAST_UPSTREAM_URL  the provider, such as https://openrouter.ai/api/v1 (the embedded demo provider)
  TRACECAST_UPSTREAM_API_KEY  the gateway's own key there; clients then need one that it issued (they bring the provider's)
  TRACECAST_MANAGEMENT_KEY  the key of the management API; default: the file "management-key" in that folder
  TRACECAST_ALLOW_PRIVATE_NETWORKS  true: destinations may be on this machine and in private networks (false)
  BRAINTRUST_API_KEY, BRAINTRUST_PROJECT_ID, BRAINTRUST_BASE_URL
                          make Braintrust a destination`,
  )
  .action(async (options: { config?: string; sample?: boolean; once?: boolean }) => {
    process.exitCode = await runStart(options, process.env);
  });

const manage = async (command: ManageCommand, { url }: { url?: string }): Promise<void> => {
  process.exitCode = await runManage(command, process.env, url);
};
const where = [
  "--url <address>",
  "the gateway to ask; otherwise the one that TRACECAST_HOST and TRACECAST_PORT say",
] as const;

program
  .command("destinations")
  .description("list the destinations of a running gateway, and how they fare")
  .option(...where)
  .action((options: { url?: string }) => manage(listDestinations, options));

program
  .command("test <destination>")
  .description("test the connection of a destination of a running gateway")
  .option(...where)
  .action((name: string, options: { url?: string }) => manage(testDestination(name), options));

program
  .command("dead-letters <destination>")
  .description("list the traces that a destination of a running gateway refused")
  .option("--replay", "send all of them again")
  .option("--purge", "throw all of them away")
  .option(...where)
  .action((name: string, options: { url?: string; replay?: boolean; purge?: boolean }) =>
    manage(deadLetters(name, options), options),
  );

program
  .command("send-sample <destination>")
  .description("send a made-up trace to a destination of a running gateway")
  .option(...where)
  .action((name: string, options: { url?: string }) => manage(sendSampleTo(name), options));

program
  .command("replay <file> <destination>")
  .description("send the trace events of a JSON Lines file to a destination of a running gateway")
  .option(...where)
  .action((file: string, name: string, options: { url?: string }) => manage(replayFile(file, name), options));

const keys = program.command("keys").description("manage the keys that clients call models with");
keys
  .command("list", { isDefault: true })
  .description("list them")
  .option(...where)
  .action((options: { url?: string }) => manage(listKeys, options));
keys
  .command("create <name>")
  .description("issue one, or with --hash give a client's own key a name")
  .option("--hash <sha256>", "the SHA-256 of the client's key, in hex")
  .option("--workspace <id or slug>", "the workspace it belongs to; otherwise the default one")
  .option(...where)
  .action((name: string, options: { url?: string; hash?: string; workspace?: string }) =>
    manage(createKey(name, options), options),
  );
for (const verb of ["disable", "enable", "delete"] as const)
  keys
    .command(`${verb} <key>`)
    .description(`${verb} the key of this name or hash`)
    .option(...where)
    .action((name: string, options: { url?: string }) => manage(changeKey(name, verb), options));

program
  .command("doctor")
  .description("look at what is configured, what can be reached, and what is wrong")
  .option("--config <file>", "the YAML file that the gateway is started with")
  .action(async (options: { config?: string }) => {
    process.exitCode = await runDoctor(options.config, process.env);
  });

program
  .command("rotate-key")
  .description("encrypt the data folder of a gateway that does not run with a new key")
  .addHelpText(
    "after",
    `
Environment:
  TRACECAST_DATA_DIR            the data folder; default: .tracecast
  TRACECAST_ENCRYPTION_KEY      its key; default: the file "key" in that folder, which then gets the new one
  TRACECAST_NEW_ENCRYPTION_KEY  the new key: 32 bytes, base64; default, where the key stands in the file: one that is made up`,
  )
  .action(async () => {
    process.exitCode = await runRotateKey(process.env);
  });

program
  .command("new")
  .description("write the package of a new destination type, with a test that it passes")
  .addArgument(new Argument("<what>").choices(["destination"]))
  .argument("<name>", "its type, such as acme: the package becomes tracecast-destination-acme")
  .option("--dir <folder>", "where to make the package's folder", ".")
  .action((_: string, name: string, { dir }: { dir: string }) => {
    process.exitCode = runNewDestination(name, dir);
  });

program
  .command("create-table")
  .description("print the statement that makes the table of a warehouse")
  .addArgument(new Argument("<warehouse>").choices(["bigquery", "clickhouse", "snowflake"]))
  .addArgument(
    new Argument(
      "[table]",
      "its name, with its database, schema or dataset where it needs one; OPENROUTER_TRACES, in BigQuery openrouter.openrouter_traces",
    ).argParser((name) => {
      if (/^[\w$-]+(?:\.[\w$-]+){0,2}$/.test(name)) return name;
      throw new InvalidArgumentError("It must be a name such as TRACES or analytics.traces.");
    }),
  )
  .action((warehouse: Warehouse, table?: string) => {
    process.stdout.write(createTableSql(warehouse, table));
  });

await program.parseAsync();

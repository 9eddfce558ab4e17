import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";
import { SettingsError } from "../settings/settings-error.ts";
import type { Environment } from "../settings/expand-variables.ts";
import { defaultWorkspaceId } from "../store/workspace.ts";
import { listAll, listIn } from "./list-all.ts";
import { managementClient } from "./management-client.ts";
import type { ManagementClient } from "./management-client.ts";

/** A command for a gateway that runs: asks, and answers with what to print and the exit code. */
export type ManageCommand = (
  client: ManagementClient,
) => Promise<{ readonly lines: readonly string[]; readonly code?: number }>;

/** Runs a command. Answers the exit code; what an operator can mend is said in one sentence. */
export async function runManage(
  command: ManageCommand,
  environment: Environment,
  url: string | undefined,
): Promise<number> {
  try {
    const { lines, code = 0 } = await command(managementClient(environment, url));
    process.stdout.write(`${lines.join("\n")}\n`);
    return code;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Where the API has what is Tracecast's own of destinations. */
export const own = "/api/tracecast/v1/destinations";

/** Every destination: what it is, how it fares, what became of its traces. */
export const listDestinations: ManageCommand = async (client) => {
  const all = await destinationsOf(client);
  if (all.length === 0) return { lines: ["There are no destinations."] };
  const lines = await Promise.all(
    all.map(
      async (one) => `${text(one["name"])} (${text(one["type"])}${placeOf(one)}): ${await fare(client, one)}`,
    ),
  );
  return { lines };
};

/** Where something is that is not in the default workspace. */
export const placeOf = ({ workspace_id: id, workspace }: JsonObject): string =>
  id === defaultWorkspaceId ? "" : `, workspace ${text(workspace)}`;

/** Tests one destination, and says what it will not show. The exit code says whether it passed. */
export const testDestination =
  (name: string): ManageCommand =>
  async (client) => {
    const { ok, message, notes } = await client.ask("POST", `${own}/${await idOf(client, name)}/test`);
    const remarks = Array.isArray(notes) ? (notes as readonly Json[]).map(text) : [];
    return { lines: [text(message), ...remarks], code: ok === true ? 0 : 1 };
  };

/** Sends a made-up trace to one destination. The exit code says whether it arrived. */
export const sendSampleTo =
  (name: string): ManageCommand =>
  async (client) => {
    const { ok, message } = await client.ask("POST", `${own}/${await idOf(client, name)}/sample`);
    return { lines: [text(message)], code: ok === true ? 0 : 1 };
  };

/** Lists what a destination refused; or sends it again, or throws it away. */
export const deadLetters =
  (name: string, options: { readonly replay?: boolean; readonly purge?: boolean }): ManageCommand =>
  async (client) => {
    const path = `${own}/${await idOf(client, name)}/dead-letters`;
    if (options.replay)
      return { lines: [`${text((await client.ask("POST", `${path}/replay`, {}))["replayed"])} sent again.`] };
    if (options.purge)
      return { lines: [`${text((await client.ask("DELETE", path))["purged"])} thrown away.`] };
    const letters = listIn((await client.ask("GET", `${path}?limit=1000`))["data"]).toReversed();
    if (letters.length === 0) return { lines: ["There are no dead letters."] };
    return {
      lines: letters.map(({ eventId, diedMs, reason, detail }) =>
        [new Date(Number(diedMs)).toISOString(), text(eventId), text(reason), text(detail)]
          .join("  ")
          .trimEnd(),
      ),
    };
  };

async function fare(client: ManagementClient, { id }: JsonObject): Promise<string> {
  const { data } = await client.ask("GET", `${own}/${text(id)}/stats`);
  if (!isJsonObject(data)) return "not running";
  const { state, pausedReason, lastFailure, delivered, pending, dead, dropped } = data;
  const lost = isJsonObject(dropped)
    ? Object.values(dropped).reduce<number>((sum, count) => sum + Number(count), 0)
    : 0;
  const trouble = pausedReason ?? lastFailure;
  const counts = `${text(delivered)} delivered, ${text(pending)} waiting, ${text(dead)} refused, ${lost} dropped`;
  return `${text(state)}, ${counts}${trouble === undefined ? "" : `; ${text(trouble)}`}`;
}

/** @throws `SettingsError` that names the ones there are */
export async function idOf(client: ManagementClient, name: string): Promise<string> {
  const all = await destinationsOf(client);
  const found = all.filter((one) => one["name"] === name || one["id"] === name);
  const [only, another] = found;
  if (only && another)
    throw new SettingsError(
      `There are ${found.length} destinations called "${name}"; give the id of one: ${found.map(({ id }) => text(id)).join(", ")}.`,
    );
  if (only) return text(only["id"]);
  const known = all.map((one) => text(one["name"])).join(", ");
  throw new SettingsError(`There is no destination "${name}"; there are: ${known || "none"}.`);
}

/** Every destination of every workspace, as the API shows it. */
export const destinationsOf = (client: ManagementClient): Promise<readonly JsonObject[]> =>
  listAll(client, "/api/v1/observability/destinations");

/** A text or a number as text, anything else as nothing. */
export const text = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

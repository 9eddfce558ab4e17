import { isJsonObject } from "@tracecast/core";
import { SettingsError } from "../settings/settings-error.ts";
import { listAll } from "./list-all.ts";
import { placeOf, text } from "./manage.ts";
import type { ManageCommand } from "./manage.ts";

const root = "/api/v1/keys";

/** Every key: its name, how it begins, its hash. */
export const listKeys: ManageCommand = async (client) => {
  const all = await listAll(client, root);
  if (all.length === 0) return { lines: ["There are no keys."] };
  const lines = all.map((key) => {
    const { name, label, hash, disabled } = key;
    const columns = [text(name), text(label), text(hash), ...(disabled === true ? ["disabled"] : [])];
    return columns.join("  ") + placeOf(key);
  });
  return { lines };
};

/** Issues a key in a workspace, and shows it this once; or names a client's own. */
export const createKey =
  (
    name: string,
    { hash, workspace = "default" }: { readonly hash?: string; readonly workspace?: string },
  ): ManageCommand =>
  async (client) => {
    const { data } = await client.ask("GET", `/api/v1/workspaces/${encodeURIComponent(workspace)}`);
    const body = {
      name,
      ...(hash !== undefined && { hash }),
      workspace_id: isJsonObject(data) && data["id"],
    };
    const { key } = await client.ask("POST", root, body);
    if (key === undefined) return { lines: [`The key is now called "${name}".`] };
    return { lines: [text(key), "Keep it: it is not shown again."] };
  };

/** Shuts a key out, lets it in again, or forgets it. */
export const changeKey =
  (name: string, verb: "disable" | "enable" | "delete"): ManageCommand =>
  async (client) => {
    const all = await listAll(client, root);
    const found = all.filter((key) => key["hash"] === name || key["name"] === name);
    const [only, another] = found;
    if (!only) throw new SettingsError(`There is no key "${name}"; see: tracecast keys.`);
    if (another)
      throw new SettingsError(`There are ${found.length} keys called "${name}"; give the hash of one.`);
    const path = `${root}/${text(only["hash"])}`;
    if (verb === "delete") await client.ask("DELETE", path);
    else await client.ask("PATCH", path, { disabled: verb === "disable" });
    return { lines: [`"${text(only["name"])}" is ${verb}d.`] };
  };

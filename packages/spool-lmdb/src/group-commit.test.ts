import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";
import type { Write } from "./committer.ts";

/** A disk that takes what it is told to take, and a list of what has changed. */
function rig(restMs = 0) {
  const groups: number[][] = [];
  const disk: number[] = [];
  const complaints: string[] = [];
  let changes: number[] = [];
  const state = { full: false };
  const commits = new GroupCommit({
    store: {
      async commit(writes: readonly Write[]) {
        if (state.full) throw new Error("no space");
        groups.push(writes.map(({ key }) => Number(key)));
        disk.push(...writes.map(({ key }) => Number(key)));
      },
    },
    async collect() {
      const taken = changes;
      changes = [];
      return {
        writes: taken.map((key) => ({ store: "events", key })),
        committed: () => undefined,
        failed: () => void (changes = [...taken, ...changes]),
      };
    },
    onTrouble: (sentence) => complaints.push(sentence),
    restMs,
    retryMs: 0,
  });
  const change = (key: number) => {
    changes.push(key);
    commits.changed();
  };
  return { commits, disk, groups, complaints, state, change };
}

test("everything that changed before is on disk when it says so, in order", async () => {
  const { commits, disk, change } = rig();
  for (const key of [1, 2, 3]) change(key);
  expect(disk).toEqual([]);
  await commits.stored();
  expect(disk).toEqual([1, 2, 3]);
  change(4);
  await Promise.all([commits.stored(), commits.stored()]);
  expect(disk).toEqual([1, 2, 3, 4]);
  await commits.close();
});

test("what comes while the disk rests goes together, at once where somebody waits for it or closes", async () => {
  const { commits, groups, change } = rig(3_600_000);
  change(1);
  await commits.stored();
  change(2);
  change(3);
  await commits.stored();
  expect(groups).toEqual([[1], [2, 3]]);
  change(4);
  await commits.close();
  expect(groups).toEqual([[1], [2, 3], [4]]);
});

test("a full disk is told once, tried again, and loses nothing once there is room", async () => {
  const { commits, disk, complaints, state, change } = rig();
  state.full = true;
  change(1);
  await expect(commits.stored()).rejects.toMatchObject({ code: "SPOOL_FAILED" });
  change(2);
  await expect(commits.stored()).rejects.toThrow(/no space/);
  expect(commits.failing).toBe(true);
  state.full = false;
  await commits.stored();
  expect(disk).toEqual([1, 2]);
  expect(commits.failing).toBe(false);
  expect(complaints).toMatchObject([
    expect.stringMatching(/held in memory/),
    expect.stringMatching(/written again/),
  ]);
  await commits.close();
});

test("closing writes what is left, and says where it cannot", async () => {
  const healthy = rig();
  healthy.change(1);
  await healthy.commits.close();
  expect(healthy.disk).toEqual([1]);
  const full = rig();
  full.state.full = true;
  full.change(1);
  await expect(full.commits.close()).rejects.toMatchObject({ code: "SPOOL_FAILED" });
});

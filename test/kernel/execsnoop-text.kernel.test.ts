import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  newMarker,
  type RunningTool,
  run,
  startExecsnoop,
  startOriginal,
  temporaryFolder,
} from "./fixtures/execsnoop-tool.js";

/**
 * Runs execs of all kinds one after another on one CPU: the original has a buffer for each CPU and no order among them.
 *
 * Left out is where the original is wrong: it doesn't see execveat and threads' execs; `-l` compares the process's name; `-t`
 * and `-U` are out of line; `-q` opens a quote before " ..."; of an exec without any argument it shows the environment;
 * and on older kernels it leaves empty arguments out, see {@link showsEmpty}.
 */
function runWorkload(t: TestContext, marker: string, hasEmpty: boolean): void {
  const folder = temporaryFolder(t);
  const script = join(folder, "script");
  writeFileSync(script, "#!/bin/sh -e\n:\n");
  chmodSync(script, 0o755);
  const nested = join(folder, "nested");
  writeFileSync(nested, `#!${script} option\n`);
  chmodSync(nested, 0o755);
  const words = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(" ");
  const workload = join(folder, "workload");
  writeFileSync(
    workload,
    [
      `/bin/true ${marker}`,
      `/bin/true ${marker} ${hasEmpty ? "'' a '' ''" : "a"}`,
      `/bin/true ${marker} 'a b' 'tab\there' '"quoted"' 'back\\slash'`,
      `/bin/true ${marker} "$(printf '\\377\\376 \\303\\251')"`,
      `/bin/true ${marker} ${words(17)}`, // 19 with the path
      `/bin/true ${marker} ${words(18)}`,
      `/bin/true ${marker} ${words(19)}`,
      `/bin/true ${marker} ${words(80)}`,
      ...[126, 127, 128, 129, 5000].map((bytes) => `/bin/true ${marker} ${"x".repeat(bytes)} after`),
      `${script} ${marker} first`,
      `${script} ${marker} ${words(18)}`,
      `${script} ${marker} ${words(19)}`,
      `${nested} ${marker} first`,
      `/bin/missing ${marker} a`,
      `/bin/missing ${marker} ${words(18)}`,
      `/bin/missing ${marker} ${words(19)}`,
      `/bin/missing ${marker} ${"x".repeat(200)}`,
      `${folder} ${marker}`, // a folder: EACCES
      `/bin/true ${marker} last`,
    ].join("\n"),
  );
  run("taskset", "-c", "0", "sh", workload);
}

/**
 * Whether the original shows empty arguments: older kernels, 6.12 among them, tell it that an empty string has 0 bytes, without its
 * NUL, and it goes on as if there were none.
 */
async function showsEmpty(original: RunningTool): Promise<boolean> {
  const marker = newMarker();
  run("/bin/true", marker, "");
  await original.until("shows the exec", () => original.linesWith(marker).length > 0);
  return original.linesWith(marker)[0]?.endsWith(`${marker}  `) === true;
}

for (const flags of [[], ["-x"], ["--max-args", "3"], ["-n", "tru"]]) {
  test(`the text is the original's to the byte: ${flags.join(" ") || "no flags"}`, async (t) => {
    const original = await startOriginal(t, flags);
    if (original === undefined) return;
    const ours = await startExecsnoop(t, flags);
    const hasEmpty = await showsEmpty(original);
    const marker = newMarker();
    runWorkload(t, marker, hasEmpty);
    for (const tool of [original, ours]) {
      await tool.until("shows the last exec", () => tool.stdout.includes(`${marker} last \n`));
    }
    const titles = "PCOMM            PID    PPID   RET ARGS\n";
    assert.ok(original.stdout.startsWith(titles));
    assert.ok(ours.stdout.startsWith(titles));
    assert.deepEqual(ours.linesWith(marker), original.linesWith(marker));
    assert.ok(ours.linesWith(marker).length > 10);
    assert.deepEqual(await ours.stop(), { code: 0, signal: null });
  });
}

test("times and user ids are in line with their titles, and right", async (t) => {
  const tool = await startExecsnoop(t, ["-T", "-time", "-timestamp", "-print-uid"]);
  const marker = newMarker();
  run("/bin/true", marker);
  const now = Date.now();
  await tool.until("shows the exec", () => tool.stdout.includes(marker));
  const [titles = ""] = tool.stdout.split("\n");
  assert.equal(titles, "TIME     TIME(s)  UID    PCOMM            PID    PPID   RET ARGS");
  const [row = ""] = tool.linesWith(marker);
  const [, hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d) \d+\.\d{3} +0 {6}true /.exec(row) ?? assert.fail(row);
  for (const [title, value] of [
    ["PCOMM", "true"],
    ["PID", / \d+ /],
  ] as const) {
    assert.equal(row.slice(16).search(value) >= 0, true, title);
  }
  assert.equal(row.indexOf("true"), titles.indexOf("PCOMM"));
  const shown = new Date(now);
  shown.setHours(Number(hours), Number(minutes), Number(seconds), 0);
  const apartMs = Math.abs(shown.getTime() - now) % 86_400_000;
  assert.ok(Math.min(apartMs, 86_400_000 - apartMs) < 5000, `${row} at ${new Date(now)}`);
});

test("quotes tell arguments apart", async (t) => {
  const tool = await startExecsnoop(t, ["-q"]);
  const marker = newMarker();
  run("/bin/true", marker, "a b", 'q"q', "");
  await tool.until("shows the exec", () => tool.stdout.includes(marker));
  assert.match(tool.linesWith(marker)[0] ?? "", new RegExp(` "/bin/true" "${marker}" "a b" "q\\\\"q" "" $`));
});

test("the folder and variables are columns when they are asked for", async (t) => {
  const tool = await startExecsnoop(t, ["--cwd", "--env", "MARK", "--env", "NONE"]);
  const marker = newMarker();
  run("sh", "-c", `cd / && MARK=value exec /bin/true ${marker}`);
  await tool.until("shows the exec", () => tool.stdout.includes(`/bin/true ${marker}`));
  const row = tool.linesWith(`/bin/true ${marker}`).find((line) => line.startsWith("true"));
  assert.match(row ?? "", /^true +\d+ +\d+ +0 \/ {20}value {12}- {16}\/bin\/true /);
});

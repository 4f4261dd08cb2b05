import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import {
  cgroupMount,
  compileFixture,
  hasProgram,
  newMarker,
  type RunningTool,
  run,
  startExecsnoop,
  temporaryFolder,
} from "./fixtures/execsnoop-tool.js";

/** Waits for a last exec of our own: every one before it has been shown by then. */
async function settle(tool: RunningTool): Promise<void> {
  await tool.untilItSees(newMarker());
}

test("an event has its keys in order, and a time by the clock of the system", async (t) => {
  const tool = await startExecsnoop(t, ["--json"]);
  const marker = newMarker();
  const before = Date.now();
  run("/bin/true", marker, "a\nb", "", "\u00e9");
  const after = Date.now();
  await tool.until("shows the exec", () => tool.eventsWith(marker).length > 0);
  const [event] = tool.eventsWith(marker);
  assert.ok(event);
  assert.deepEqual(Object.keys(event), ["time", "pid", "ppid", "uid", "comm", "ret", "argv", "truncated"]);
  assert.deepEqual(event.argv, ["/bin/true", marker, "a\nb", "", "\u00e9"]);
  assert.deepEqual([event.ppid, event.uid, event.comm, event.ret], [process.pid, 0, "true", 0]);
  assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const time = Date.parse(event.time);
  assert.ok(time >= before - 5 && time <= after + 5, `${event.time} is not within ${before} to ${after}`);
});

test("execveat and fexecve are seen, a thread's exec is, and failed ones before them", async (t) => {
  const fexec = compileFixture(t, "fexec");
  const threadExec = compileFixture(t, "thread-exec", ["-pthread"]);
  if (fexec === undefined || threadExec === undefined) return;
  const tool = await startExecsnoop(t, ["--json", "-x"]);
  const byDescriptor = newMarker();
  run(fexec, "/bin/true", byDescriptor);
  const byThread = newMarker();
  run(threadExec, "/bin/true", byThread);
  await settle(tool);
  const shown = (marker: string): unknown => tool.eventsWith(marker).map(({ ret, argv: [path] }) => [ret, path]);
  assert.deepEqual(shown(byDescriptor), [
    [0, fexec],
    [-2, "/dev/fd/3/missing"],
    [0, "/dev/fd/4"],
  ]);
  assert.deepEqual(shown(byThread), [
    [0, threadExec],
    [-2, "/missing"],
    [0, "/bin/true"],
  ]);
  const pids = new Set(tool.eventsWith(byThread).map((event) => event.pid));
  assert.equal(pids.size, 1);
  if (hasProgram("bpftool")) assert.deepEqual(pendingExecs(), []);
});

/** What bpftool finds in the table of execs under way. */
function pendingExecs(): unknown[] {
  const json = (...args: string[]) => JSON.parse(spawnSync("bpftool", ["-j", ...args], { encoding: "utf8" }).stdout);
  const maps: { id: number; name: string }[] = json("map", "list");
  const pending = maps.filter((map) => map.name === "pending");
  assert.ok(pending.length > 0);
  return pending.flatMap((map) => json("map", "dump", "id", String(map.id)));
}

test("32-bit programs and callers are seen", async (t) => {
  if (process.arch !== "x64") return t.skip("needs feature ia32");
  const ia32 = compileFixture(t, "ia32", ["-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pie", "-no-pie"]);
  if (ia32 === undefined) return;
  if (spawnSync(ia32).status !== 0) return t.skip("needs feature ia32");
  const tool = await startExecsnoop(t, ["--json", "--cwd", "--env", "MARK"]);
  const marker = newMarker();
  spawnSync(ia32, [ia32, marker, "a b"], { env: { MARK: "32" }, cwd: "/" });
  await settle(tool);
  const events = tool.eventsWith(marker);
  assert.deepEqual(
    events.map((event) => event.argv),
    [
      [ia32, ia32, marker, "a b"],
      [ia32, marker, "a b"],
    ],
  );
  for (const event of events) assert.deepEqual([event.cwd, event.env, event.truncated], ["/", { MARK: "32" }, false]);
});

test("a script is told with its interpreter, its own arguments, folder and variables", async (t) => {
  const folder = temporaryFolder(t);
  const script = join(folder, "script");
  writeFileSync(script, "#!/bin/sh -e\n:\n");
  chmodSync(script, 0o755);
  const tool = await startExecsnoop(t, ["--json", "--cwd", "--env", "EMPTY", "--env", "MARK", "--env", "NONE"]);
  const marker = newMarker();
  spawnSync(script, [marker, "b"], { cwd: folder, env: { MARK: "v=\u00e9", EMPTY: "" } });
  const bare = newMarker();
  spawnSync("/bin/true", [bare], { cwd: "/", env: {} });
  await settle(tool);
  const [event] = tool.eventsWith(marker);
  assert.ok(event);
  assert.deepEqual(event.argv, [script, marker, "b"]);
  assert.deepEqual(
    [event.comm, event.interpreter, event.cwd, event.env, event.truncated],
    ["script", "/bin/sh", folder, { EMPTY: "", MARK: "v=\u00e9" }, false],
  );
  const [empty] = tool.eventsWith(bare);
  assert.deepEqual([empty?.interpreter, empty?.cwd, empty?.env, empty?.truncated], [undefined, "/", {}, false]);
});

test("arguments are cut at 127 bytes and twenty, and whole with --full-args", async (t) => {
  const tool = await startExecsnoop(t, ["--json"]);
  const full = await startExecsnoop(t, ["--json", "--full-args"]);
  const long = newMarker();
  const large = "x".repeat(100_000);
  run("/bin/true", long, large, "after");
  const many = newMarker();
  const words = Array.from({ length: 150 }, (_, index) => `${index}-${"y".repeat(300)}`);
  run("/bin/true", many, ...words);
  const exact = newMarker();
  run("/bin/true", exact, "z".repeat(127));
  await settle(tool);
  await settle(full);
  const [cut] = tool.eventsWith(long);
  assert.deepEqual([cut?.argv[2], cut?.argv[3], cut?.truncated], [large.slice(0, 127), "after", true]);
  const [few] = tool.eventsWith(many);
  assert.deepEqual([few?.argv.length, few?.truncated], [20, true]);
  assert.deepEqual(tool.eventsWith(exact)[0]?.truncated, false);
  const [whole] = full.eventsWith(long);
  assert.deepEqual([whole?.argv[2] === large, whole?.argv[3], whole?.truncated], [true, "after", false]);
  const [all] = full.eventsWith(many);
  assert.deepEqual([all?.argv.slice(2), all?.truncated], [words, false]);
});

test("filters choose by user, parent, name and line", async (t) => {
  const user = await startExecsnoop(t, ["--json", "-u", "65534"]);
  const parent = await startExecsnoop(t, ["--json", "--ppid", String(process.pid)]);
  const name = await startExecsnoop(t, ["--json", "-n", "tru"]);
  const marker = newMarker();
  const line = await startExecsnoop(t, ["--json", "-l", `${marker} and`]);
  run("/bin/true", marker, "and more");
  run("/bin/false", marker);
  run("setpriv", "--reuid", "65534", "--clear-groups", "/bin/true", marker, "nobody");
  run("sh", "-c", '/bin/true "$1" grandchild; :', "sh", marker);
  for (const tool of [parent, name]) await settle(tool);
  const shown = (tool: RunningTool) =>
    tool.eventsWith(marker).map(({ argv }) => [basename(argv[0] ?? ""), argv.at(-1)]);
  assert.deepEqual(shown(name), [
    ["true", "and more"],
    ["true", "nobody"],
    ["true", "grandchild"],
  ]);
  assert.deepEqual(
    shown(parent).map(([path]) => path),
    ["true", "false", "setpriv", "true", "sh"],
  );
  await user.until("shows the exec", () => user.eventsWith(marker).length > 0);
  assert.deepEqual([shown(user), user.eventsWith(marker)[0]?.uid], [[["true", "nobody"]], 65534]);
  assert.deepEqual(shown(line), [["true", "and more"]]);
});

test("a cgroup is told by its path, or by what of it is below the mount point", async (t) => {
  const mount = cgroupMount();
  if (mount === undefined) return t.skip("needs feature cgroup2");
  const name = newMarker();
  mkdirSync(join(mount, name));
  t.after(() => rmdirSync(join(mount, name)));
  const absolute = await startExecsnoop(t, ["--json", "-c", join(mount, name)]);
  const relative = await startExecsnoop(t, ["--json", "-c", name]);
  run("/bin/true", name, "outside");
  run("sh", "-c", `echo $$ > ${mount}/${name}/cgroup.procs; exec /bin/true ${name} inside`);
  for (const tool of [absolute, relative]) {
    await tool.until("shows the exec", () => tool.eventsWith(name).length > 0);
    assert.deepEqual(
      tool.eventsWith(name).map((event) => event.argv.at(-1)),
      ["inside"],
    );
  }
});

test("a storm of execs loses none, and the counts of shown execs agree", async (t) => {
  const storm = compileFixture(t, "storm");
  if (storm === undefined) return;
  const tool = await startExecsnoop(t, ["--json"]);
  const marker = newMarker();
  // An emulated machine makes 25 in a second, a real one 1500.
  const start = Date.now();
  run(storm, "10", "/bin/true", "to see how fast it is");
  const each = Date.now() - start < 200 ? 2000 : 100;
  run(storm, String(each), "/bin/true", marker);
  await settle(tool);
  assert.equal(tool.eventsWith(marker).filter((event) => event.comm === "true").length, 2 * each);
  assert.doesNotMatch(tool.stderr, /lost/);
  await tool.stop();
  assert.match(tool.stderr, new RegExp(`, lost 0, shown ${tool.stdout.split("\n").length - 1} execs\n`));
});

test("loss is told on both streams, and with it every exec is accounted for", async (t) => {
  const storm = compileFixture(t, "storm");
  if (storm === undefined) return;
  const marker = newMarker();
  const tool = await startExecsnoop(t, ["--json", "--buffer", "4"]);
  tool.child.kill("SIGSTOP");
  run(storm, "50", "/bin/true", marker);
  tool.child.kill("SIGCONT");
  await tool.until("tells the loss", () => tool.stdout.includes('"lost"'));
  assert.deepEqual(await tool.stop(), { code: 0, signal: null });
  const losses = tool.linesWith('{"lost":').map((line) => JSON.parse(line) as { lost: number; cpu: number });
  const lost = losses.reduce((total, loss) => total + loss.lost, 0);
  const shown = tool.eventsWith(marker).length;
  assert.ok(lost > 0 && losses.every((loss) => Number.isInteger(loss.cpu)));
  // The machine's other execs are lost as well.
  assert.ok(shown < 101 && shown + lost >= 101, `${shown} shown, ${lost} lost`);
  for (const loss of losses)
    assert.match(tool.stderr, new RegExp(`^lost ${loss.lost} events on CPU ${loss.cpu}$`, "m"));
});

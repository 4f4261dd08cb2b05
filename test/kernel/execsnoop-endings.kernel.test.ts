import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  compileFixture,
  hasProgram,
  LAUNCHER,
  newMarker,
  RunningTool,
  run,
  runExecsnoop,
  startExecsnoop,
  temporaryFolder,
} from "./fixtures/execsnoop-tool.js";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} ends it in order, with what it has seen shown`, async (t) => {
    const tool = await startExecsnoop(t, []);
    const marker = newMarker();
    run("/bin/true", marker);
    assert.deepEqual(await tool.stop(signal), { code: 0, signal: null });
    assert.equal(tool.linesWith(marker).length, 1);
  });
}

test("a duration and a number of execs end it by themselves", async (t) => {
  const short = await startExecsnoop(t, ["--duration", "0.2"]);
  assert.deepEqual(await short.ended, { code: 0, signal: null });
  const few = await startExecsnoop(t, ["--max-events", "3", "--ppid", String(process.pid)]);
  for (let i = 0; i < 10; i++) run("/bin/true", "few");
  assert.deepEqual(await few.ended, { code: 0, signal: null });
  assert.equal(few.stdout.split("\n").length, 1 + 3 + 1);
});

test("help and version go to stdout, wrong usage to stderr with 2", () => {
  const help = runExecsnoop(["--help"]);
  assert.deepEqual([help.code, help.stderr], [0, ""]);
  assert.match(help.stdout, /^usage: ebpf execsnoop/);
  assert.match(runExecsnoop(["--version"]).stdout, /^ebpf execsnoop \d+\.\d+\.\d+\n$/);
  for (const [argv, message] of [
    [["--bogus"], /^ebpf execsnoop: unknown flag --bogus; .*--help.*\n$/],
    [["-u", "bob"], /^ebpf execsnoop: --uid bob: wanted a whole number from 0 to 4294967294; .*\n$/],
    [["--ppid", "-1"], /^ebpf execsnoop: --ppid -1: /],
    [["--buffer", "5"], /^ebpf execsnoop: --buffer 5: wanted a power of two/],
  ] as const) {
    const { code, stdout, stderr } = runExecsnoop(argv);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  }
});

test("what the system refuses is told in one line, with 1", (t) => {
  const folder = temporaryFolder(t);
  const missing = runExecsnoop(["-c", join(folder, "missing")]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^ebpf execsnoop: ENOENT: .*missing'\n$/);
  const plain = runExecsnoop(["-c", folder]);
  assert.equal(plain.code, 1);
  assert.match(plain.stderr, /^ebpf execsnoop: --cgroup .* is no folder of cgroup v2\n$/);
});

test("without the capabilities it names the one that is missing", (t) => {
  if (!hasProgram("setpriv")) return t.skip("needs program setpriv");
  const bounded = runExecsnoop([], ["setpriv", "--bounding-set", "-sys_admin,-bpf,-perfmon"]);
  assert.equal(bounded.code, 1);
  assert.match(bounded.stderr, /^ebpf execsnoop: [^\n]*CAP_BPF[^\n]*\n$/);
  const nobody = runExecsnoop([], ["setpriv", "--reuid", "65534", "--clear-groups"]);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /CAP_BPF|Cannot find module|EACCES/);
});

test("a reader that goes away ends it quietly, with 0", async (t) => {
  const script = '{ "$@"; echo "code $?" >&2; } | head -n 1';
  const command = [process.execPath, LAUNCHER, "execsnoop", "--json"];
  const tool = new RunningTool(t, "sh", ["-c", script, "sh", ...command]);
  let tries = 0;
  await tool.until("ends", () => {
    if (tries++ % 10 === 0) run("/bin/true", "unread");
    return tool.stderr.includes("code");
  });
  assert.equal(tool.stderr, "code 0\n");
});

test("a full disk is told, with 1", async (t) => {
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  const tool = new RunningTool(t, process.execPath, [LAUNCHER, "execsnoop"], { stdio: ["ignore", full, "pipe"] });
  assert.deepEqual(await tool.ended, { code: 1, signal: null });
  assert.equal(tool.stderr, "ebpf execsnoop: stdout: ENOSPC: no space left on device, write\n");
});

test("a reader that comes late gets everything", async (t) => {
  const storm = compileFixture(t, "storm");
  if (storm === undefined) return;
  const marker = newMarker();
  const command = [
    process.execPath,
    LAUNCHER,
    "execsnoop",
    "--verbose",
    "--max-events",
    "100",
    "-n",
    "true",
    "-l",
    marker,
  ];
  const tool = new RunningTool(t, "sh", ["-c", '"$@" | { sleep 3; cat; }', "sh", ...command]);
  await tool.until("attaches", () => tool.stderr.includes("attached"));
  run(storm, "50", "/bin/true", marker, ...Array.from({ length: 18 }, () => "x".repeat(127))); // 240 KB of text
  assert.deepEqual(await tool.ended, { code: 0, signal: null });
  assert.equal(tool.linesWith(marker).filter((line) => line.endsWith(`${"x".repeat(127)} `)).length, 100);
  assert.match(tool.stderr, /, lost 0, shown 100 execs\n$/);
});

test("a reader that is stuck doesn't make it deaf", async (t) => {
  const storm = compileFixture(t, "storm");
  if (storm === undefined) return;
  const folder = temporaryFolder(t);
  const pipe = join(folder, "pipe");
  run("mkfifo", pipe);
  const script = '"$@" > "$0"';
  const command = [process.execPath, LAUNCHER, "execsnoop", "--verbose"];
  const stuck = new RunningTool(t, "sh", ["-c", `exec ${script}`, pipe, ...command]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(reader));
  await stuck.until("attaches", () => stuck.stderr.includes("attached"));
  run(storm, "50", "/bin/true", ...Array.from({ length: 18 }, () => "x".repeat(127))); // 240 KB of text
  assert.deepEqual(await stuck.stop("SIGTERM"), { code: 0, signal: null });
  assert.match(stuck.stderr, /stdout: nobody reads it, \d+ bytes are not written/);
});

test("nothing is left in the kernel, not after SIGKILL either", async (t) => {
  if (!hasProgram("bpftool")) return t.skip("needs program bpftool");
  const count = (): number => {
    const { stdout } = spawnSync("bpftool", ["-j", "prog", "list"], { encoding: "utf8" });
    return (JSON.parse(stdout) as { name?: string }[]).filter((program) => program.name?.startsWith("exec_succ"))
      .length;
  };
  /** The kernel frees a program some time after its last user has gone. */
  const settle = (wanted: number): void => {
    for (let tries = 0; count() !== wanted && tries < 200; tries++) run("sleep", "0.05");
    assert.equal(count(), wanted);
  };
  const before = count();
  const first = await startExecsnoop(t, ["-x", "--cwd"]);
  assert.equal(count(), before + 1);
  await first.stop();
  settle(before);
  const second = await startExecsnoop(t, []);
  assert.deepEqual(await second.stop("SIGKILL"), { code: null, signal: "SIGKILL" });
  settle(before);
});

test("a terminal is left as it was", async (t) => {
  if (!hasProgram("script")) return t.skip("needs program script");
  accessSync("/dev/ptmx");
  const flags = join(temporaryFolder(t), "flags");
  const command = `stty -a; ${process.execPath} ${LAUNCHER} execsnoop --duration 0.2 > /dev/tty; stty -a; cat /proc/self/fdinfo/0 > ${flags}`;
  const { stdout, status } = spawnSync("script", ["-qec", command, "/dev/null"], {
    encoding: "utf8",
    timeout: 120_000,
  });
  assert.equal(status, 0);
  const settings = stdout.match(/speed [\s\S]*?(?=PCOMM|speed|$)/g) ?? [];
  assert.equal(settings.length, 2);
  assert.equal(settings[0]?.trim(), settings[1]?.trim());
  assert.ok(existsSync(flags) && !/flags:\s*0\d*4\d{3}$/m.test(readFileSync(flags, "utf8")));
});

test("--explain tells the hooks on stderr only", async (t) => {
  const tool = await startExecsnoop(t, ["--explain", "-x", "--json"]);
  await tool.until("explains", () => tool.stderr.includes("not seen"));
  assert.match(tool.stderr, /raw tracepoint sched_process_exec: /);
  await tool.stop();
  for (const line of tool.stdout.split("\n").filter((text) => text !== "")) JSON.parse(line);
});

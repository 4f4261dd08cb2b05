import assert from "node:assert/strict";
import { test } from "node:test";
import { findMount, parseMountInfo } from "./mounts.ts";

test("a line of mountinfo gives path, root and type, whatever optional fields stand between", () => {
  const text = [
    "22 28 0:20 / /proc rw,nosuid shared:5 - proc proc rw",
    "31 22 0:27 /unit /sys/fs/cgroup\\040two ro,relatime master:1 propagate_from:2 - cgroup2 none rw",
    "40 22 0:30 / /mnt rw - tmpfs tmpfs rw,size=10k",
    "",
    "a line of another shape",
  ].join("\n");
  assert.deepEqual(parseMountInfo(text), [
    { path: "/proc", root: "/", type: "proc" },
    { path: "/sys/fs/cgroup two", root: "/unit", type: "cgroup2" },
    { path: "/mnt", root: "/", type: "tmpfs" },
  ]);
});

test("procfs is found where this process sees it", {
  skip: process.platform !== "linux" && "needs feature linux",
}, () => {
  assert.equal(findMount("proc"), "/proc");
  assert.equal(findMount("no-such-file-system"), undefined);
});

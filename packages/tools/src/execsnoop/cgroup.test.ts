import assert from "node:assert/strict";
import { test } from "node:test";
import { cgroupFolder } from "./cgroup.ts";

const MOUNTS = [
  "21 1 8:1 / / rw - ext4 /dev/root rw",
  "30 21 0:26 / /sys/fs/cgroup\\040v2 rw,nosuid shared:9 - cgroup2 cgroup2 rw",
].join("\n");

test("an absolute path is taken as it is", () => {
  assert.equal(
    cgroupFolder("/sys/fs/cgroup/a", MOUNTS, () => false),
    "/sys/fs/cgroup/a",
  );
});

test("a relative path is below the present folder if it is there, else below the mount point", () => {
  assert.equal(
    cgroupFolder("a/b", MOUNTS, () => true),
    "a/b",
  );
  assert.equal(
    cgroupFolder("a/b", MOUNTS, () => false),
    "/sys/fs/cgroup v2/a/b",
  );
  assert.equal(
    cgroupFolder("a/b", "", () => false),
    "a/b",
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { StopSignals } from "./signals.ts";

test("each of the three signals is told, and the process lives", async () => {
  let told = 0;
  using _signals = new StopSignals(() => told++);
  for (const [index, signal] of (["SIGINT", "SIGTERM", "SIGHUP"] as const).entries()) {
    process.kill(process.pid, signal);
    while (told === index) await sleep(1);
    assert.equal(told, index + 1);
  }
});

test("closing leaves no listener behind", () => {
  const before = process.listenerCount("SIGTERM");
  const signals = new StopSignals(() => {});
  assert.equal(process.listenerCount("SIGTERM"), before + 1);
  signals.close();
  signals.close();
  assert.equal(process.listenerCount("SIGTERM"), before);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIsoTime, formatLocalTime, monotonicUs, WallClock } from "./clock.ts";

test("readings narrow the distance of the clocks to less than their millisecond", () => {
  // The true distance is 1,000,000,300 us: the time of day is that and the monotonic time, cut to milliseconds.
  const distanceUs = 1_000_000_300;
  const clock = new WallClock();
  for (let monotonic = 0; monotonic < 20_000; monotonic += 730) {
    clock.observe(Math.floor((distanceUs + monotonic) / 1000), monotonic);
  }
  assert.ok(Math.abs(clock.wallUs(50_000) - (distanceUs + 50_000)) < 50);
});

test("a time of day that was set counts from the next reading on", () => {
  const clock = new WallClock();
  clock.observe(1000, 0);
  clock.observe(500_000, 1_000_000);
  assert.ok(Math.abs(clock.wallUs(1_000_000) - 500_000_500) <= 500);
  clock.observe(2000, 2_000_000);
  assert.ok(Math.abs(clock.wallUs(2_000_000) - 2_000_500) <= 500);
});

test("a reading of this machine's clocks is right to a millisecond", () => {
  const clock = new WallClock();
  clock.sample();
  const before = Date.now();
  const wallMs = clock.wallUs(monotonicUs()) / 1000;
  assert.ok(wallMs >= before - 2 && wallMs <= Date.now() + 3);
});

test("times are told in microseconds and UTC", () => {
  assert.equal(formatIsoTime(Date.UTC(2026, 10, 21, 4, 23, 49) * 1000 + 12_345), "2026-11-21T04:23:49.012345Z");
  assert.equal(formatIsoTime(0), "1970-01-01T00:00:00.000000Z");
});

test("the time of day has two digits each", () => {
  const local = new Date(2026, 0, 2, 3, 4, 5);
  assert.equal(formatLocalTime(local.getTime() * 1000), "03:04:05");
});

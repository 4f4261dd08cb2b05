/**
 * Turns times of the kernel's monotonic clock, which events carry, into times of day.
 *
 * The system tells the time of day in whole milliseconds here. A reading of both clocks therefore bounds their distance to
 * within a millisecond, and the bounds that several readings have in common are much closer. When a reading contradicts
 * them, somebody has set the time of day, and it alone counts from then on.
 */
export class WallClock {
  #leastUs = Number.NEGATIVE_INFINITY;
  #mostUs = Number.POSITIVE_INFINITY;

  /**
   * Takes a reading of both clocks; the more the better.
   *
   * @param wallMs time of day in whole milliseconds since 1970, as `Date.now()` gives it
   * @param monotonicUs time of the monotonic clock in microseconds, read just after that
   */
  observe(wallMs: number, monotonicUs: number): void {
    const leastUs = wallMs * 1000 - monotonicUs;
    const mostUs = leastUs + 1000;
    const isStep = leastUs > this.#mostUs || mostUs < this.#leastUs;
    this.#leastUs = isStep ? leastUs : Math.max(this.#leastUs, leastUs);
    this.#mostUs = isStep ? mostUs : Math.min(this.#mostUs, mostUs);
  }

  /** Takes a reading of both clocks now. */
  sample(): void {
    this.observe(Date.now(), monotonicUs());
  }

  /**
   * The time of day of an event, after at least one reading.
   *
   * @param monotonicUs the event's time in microseconds
   * @returns microseconds since 1970, a whole number
   */
  wallUs(monotonicUs: number): number {
    return Math.floor(monotonicUs + (this.#leastUs + this.#mostUs) / 2);
  }
}

/** Time of the clock that `bpf_ktime_get_ns` reads, in microseconds since the machine started. */
export function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}

/** As in `2026-11-21T04:23:49.012345Z`. @param wallUs microseconds since 1970, a whole number */
export function formatIsoTime(wallUs: number): string {
  const micros = ((wallUs % 1000) + 1000) % 1000;
  const millis = new Date((wallUs - micros) / 1000).toISOString();
  return `${millis.slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

/** As in `04:23:49`, in the time zone of the process. @param wallUs microseconds since 1970 */
export function formatLocalTime(wallUs: number): string {
  const date = new Date(wallUs / 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * A register's number: 0 to 10 are the machine's; 16 and above are virtual, for code that still has to be
 * allocated, and are refused when encoding.
 */
export type Register = number & { readonly __register: true };

// The brand has no run-time part: a register is its number.
const register = (number: number): Register => number as Register;

/** Return value of calls and programs. */
export const R0: Register = register(0);
/** First argument; the context at a program's start. */
export const R1: Register = register(1);
/** Second argument. */
export const R2: Register = register(2);
/** Third argument. */
export const R3: Register = register(3);
/** Fourth argument. */
export const R4: Register = register(4);
/** Fifth argument. */
export const R5: Register = register(5);
/** Kept across calls. */
export const R6: Register = register(6);
/** Kept across calls. */
export const R7: Register = register(7);
/** Kept across calls. */
export const R8: Register = register(8);
/** Kept across calls. */
export const R9: Register = register(9);
/** Frame pointer, read-only. */
export const R10: Register = register(10);

/** Number of the first virtual register. */
export const FIRST_VIRTUAL_REGISTER = 16;

/**
 * Makes a register from its number, virtual ones included.
 * @throws {RangeError} when it is not an integer of 0 to 10, or 16 and above
 */
export function toRegister(number: number): Register {
  const isMachine = number >= 0 && number <= 10;
  if (!Number.isInteger(number) || !(isMachine || number >= FIRST_VIRTUAL_REGISTER)) {
    throw new RangeError(
      `register ${number}: wanted 0 to 10, or ${FIRST_VIRTUAL_REGISTER} and above for a virtual one`,
    );
  }
  return register(number);
}

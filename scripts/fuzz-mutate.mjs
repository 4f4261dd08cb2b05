// @ts-check
// Damages inputs of decoders, the same way for the same seed.

/** @typedef {(below: number) => number} Random a whole number from 0 up to, not including, a bound */

/** Values at which sizes and offsets go wrong: ends of ranges of 8, 16 and 32 bits, and small steps around them. */
const EDGES = [
  0, 1, 2, 4, 7, 8, 16, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff,
];

/**
 * A generator of numbers whose course a text decides: mulberry32 over an FNV-1a hash.
 * @param {string} text
 * @returns {Random}
 */
export function randomFrom(text) {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** @type {((bytes: Uint8Array, random: Random, seeds: readonly Uint8Array[]) => Uint8Array)[]} */
const MUTATIONS = [
  flipBit,
  flipBit,
  setByte,
  setInteger,
  setInteger,
  addToInteger,
  copyBlock,
  truncate,
  splice,
  removeBlock,
];

/**
 * Makes one damaged input: one of the seeds after one to eight mutations.
 * @param {readonly Uint8Array[]} seeds
 * @param {Random} random
 * @returns {Uint8Array}
 */
export function mutate(seeds, random) {
  /** @type {Uint8Array} */
  let bytes = (seeds[random(seeds.length)] ?? new Uint8Array()).slice();
  for (let left = 1 + random(8); left > 0; left--) {
    const mutation = MUTATIONS[random(MUTATIONS.length)] ?? flipBit;
    if (bytes.length > 0) bytes = mutation(bytes, random, seeds);
  }
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function flipBit(bytes, random) {
  const at = random(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function setByte(bytes, random) {
  bytes[random(bytes.length)] = random(256);
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function setInteger(bytes, random) {
  if (bytes.length < 4) return setByte(bytes, random);
  const value = EDGES[random(EDGES.length)] ?? 0;
  const at = random(bytes.length / 4) * 4; // formats align what matters
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(Math.min(at, bytes.length - 4), value, random(4) > 0);
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function addToInteger(bytes, random) {
  if (bytes.length < 4) return setByte(bytes, random);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const at = Math.min(random(bytes.length / 4) * 4, bytes.length - 4);
  view.setUint32(at, view.getUint32(at, true) + random(33) - 16, true);
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function copyBlock(bytes, random) {
  const from = random(bytes.length);
  bytes.copyWithin(random(bytes.length), from, from + 1 + random(64));
  return bytes;
}

/** @param {Uint8Array} bytes @param {Random} random */
function truncate(bytes, random) {
  return bytes.slice(0, random(bytes.length));
}

/** @param {Uint8Array} bytes @param {Random} random */
function removeBlock(bytes, random) {
  const from = random(bytes.length);
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random(64)));
}

/** @param {Uint8Array} bytes @param {Random} random @param {readonly Uint8Array[]} seeds */
function splice(bytes, random, seeds) {
  const other = seeds[random(seeds.length)] ?? bytes;
  return joined(bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length + 1)));
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

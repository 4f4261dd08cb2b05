// @ts-check
// Refuses a Node.js that is too old, in words that such a Node.js can read.
/** Oldest release that runs the project; `engines` in package.json says the same. */
const FLOOR = { major: 20, minor: 19 };

const version = process.versions.node.split(".").map(Number);
const major = version[0] || 0;
const minor = version[1] || 0;
if (major < FLOOR.major || (major === FLOOR.major && minor < FLOOR.minor)) {
  console.error(`ebpf-ts needs Node.js ${FLOOR.major}.${FLOOR.minor} or later; this is ${process.version}`);
  process.exit(1);
}

// @ts-check
// `npm run build`: installs what is missing and builds what is older than its sources. Quiet when that is nothing.
import "./node-floor.mjs";

const { fail } = await import("./child.mjs");
const { ensureBuilt } = await import("./ensure.mjs");
await ensureBuilt("all").catch(fail);

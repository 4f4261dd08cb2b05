import { attach, loadCollection, openRingBuf, readObject } from "ebpf-ts";

const spec = await readObject(process.argv[2] ?? "execsnoop.bpf.o");
using collection = await loadCollection(spec);
using _links = await attach(collection);
const text = new TextDecoder();
for await (const { bytes } of openRingBuf(collection.maps.require("events"))) {
  const [path, ...argv] = text.decode(bytes.subarray(60)).split("\0");
  console.log(new DataView(bytes.buffer).getUint32(8, true), path, argv.slice(1).join(" "));
}

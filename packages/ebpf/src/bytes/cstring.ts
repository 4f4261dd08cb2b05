const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

/**
 * Decodes the text up to the first NUL, or to `end` when there is none.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export function decodeCString(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let stop = bytes.indexOf(0, start);
  if (stop < 0 || stop > end) stop = end;
  // Names are short and ASCII nearly always: this is several times faster than a TextDecoder call.
  if (stop - start <= 64) {
    let text = "";
    let at = start;
    for (; at < stop; at++) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (at >= stop) return text;
  }
  return utf8.decode(bytes.subarray(start, stop));
}

/** Encodes text as UTF-8 with a NUL behind it. @throws {RangeError} when the text itself has a NUL */
export function encodeCString(text: string): Uint8Array {
  if (text.includes("\0")) throw new RangeError(`text has a NUL at character ${text.indexOf("\0")}`);
  return toUtf8.encode(`${text}\0`);
}

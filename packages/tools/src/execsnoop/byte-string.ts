/** Text whose characters each stand for one byte, as the kernel gave it: names and arguments need not be UTF-8. */
export type ByteString = string;

/** The UTF-8 bytes of text. */
export function toByteString(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The text whose UTF-8 the bytes are; what is not UTF-8 becomes U+FFFD. */
export function toText(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** Nearly all text is, and needs no work. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) >= 0x80) return false;
  }
  return true;
}

/** CRC-32 as IEEE 802.3 and gzip have it: reflected, polynomial 0x04C11DB7. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** Of `bytes[from..to]`, unsigned. */
export function crc32(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0xffffffff;
  for (let at = from; at < to; at++) crc = crcAfter(crc, bytes[at]!);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The state of the sum one byte on. It is linear: the XOR of two sums is that of the XOR of their bytes, begun at 0. */
export const crcAfter = (crc: number, byte: number): number => (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!;

/** Reads whose bytes and times follow from their place, so that another process can tell whether they are the right ones. */
import type { Read } from '../../src/shared/model/stream.ts';

export function madeRead(trace: string, n: number, offset: number, length: number): Read {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = madeByte(trace, offset + i);
  return { n, tNs: madeTime(n), offset, bytes };
}

/** Throws at the first read that is not as it was made. */
export function checkMade(trace: string, reads: readonly Read[]): void {
  let offset = 0;
  for (const [i, read] of reads.entries()) {
    if (read.n !== i || read.offset !== offset || read.tNs !== madeTime(i))
      throw new Error(
        `Read ${i} of ${trace} is number ${read.n} at ${read.offset} (${read.tNs} ns), expected offset ${offset}.`,
      );
    for (const byte of read.bytes)
      if (byte !== madeByte(trace, offset++)) throw new Error(`Byte ${offset - 1} of ${trace} is wrong.`);
  }
}

function madeByte(trace: string, offset: number): number {
  return (trace.length * 7 + offset * 31 + (offset >> 7) * (offset >> 3)) & 0xff;
}

function madeTime(n: number): number {
  return n * 1_234_567 + ((n * 7919) % 1000);
}

/** So many made reads, one after the other. */
export function madeReads(trace: string, count: number, length: number): Read[] {
  return Array.from({ length: count }, (_, n) => madeRead(trace, n, n * length, length));
}

/** How many bytes pieces of a body have together, such as reads or frames. */
export const byteCount = (pieces: readonly { readonly bytes: Uint8Array }[]): number =>
  pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);

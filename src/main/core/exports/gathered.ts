/** Pieces of a file, gathered: a million reads make as many small texts. */

const PIECE_CHARS = 64 * 1024;

/** The same bytes, in pieces that are worth a write each. */
export async function* gathered(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Buffer[] = [];
  let text = '';
  let bytes = 0;
  const whole = (): Uint8Array => {
    if (text !== '') held.push(Buffer.from(text));
    const all = held.length === 1 ? held[0]! : Buffer.concat(held);
    [held, text, bytes] = [[], '', 0];
    return all;
  };
  for await (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      if (text !== '') held.push(Buffer.from(text));
      text = '';
      held.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      bytes += piece.length;
    }
    if (bytes + text.length >= PIECE_CHARS) yield whole();
  }
  if (bytes + text.length > 0) yield whole();
}

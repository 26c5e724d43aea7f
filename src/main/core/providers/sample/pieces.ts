/** Cuts texts where models cut them: between tokens, and never inside a character. */
import { decodeGenerator, encode } from 'gpt-tokenizer/encoding/cl100k_base';
import type { Random } from './random.ts';

export interface Piece {
  readonly text: string;
  readonly tokens: number;
}

/** Pieces of `least` to `most` tokens each. */
export function piecesOf(text: string, random: Random, [least, most]: readonly [number, number]): readonly Piece[] {
  const pieces: Piece[] = [];
  let size = 0;
  for (const token of decodeGenerator(encode(text))) {
    const last = pieces.at(-1);
    if (last && last.tokens < size) pieces[pieces.length - 1] = { text: last.text + token, tokens: last.tokens + 1 };
    else {
      size = least + random.below(most - least + 1);
      pieces.push({ text: token, tokens: 1 });
    }
  }
  return pieces;
}

export const tokensIn = (pieces: readonly Piece[]): number => pieces.reduce((sum, { tokens }) => sum + tokens, 0);

/** What a request weighs, by the rule of thumb of four characters to a token. */
export const inputTokens = (...parts: readonly unknown[]): number =>
  Math.ceil(parts.reduce<number>((sum, part) => sum + (part === undefined ? 0 : JSON.stringify(part).length), 0) / 4);

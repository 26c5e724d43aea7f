/** Which API a pasted stream follows, read off its first payloads; nothing is guessed without a sign. */
import { apiSign, type ApiSign } from '../../../shared/providers/api-sign.ts';

/** As much of the text as holds the first events of any stream. */
const LOOKED_AT = 64 * 1024;
const PAYLOADS = 20;

/** Pure. Undefined: the person has to say it. */
export function guessApi(text: string): ApiSign | undefined {
  for (const payload of payloads(text.slice(0, LOOKED_AT))) {
    const sign = apiSign(payload);
    if (sign) return sign;
  }
  return undefined;
}

/** Whether a text may be a stream at all: it has a line that starts like a field of one. */
export const looksLikeStream = (text: string): boolean => /^(?:data|event):/m.test(text.slice(0, LOOKED_AT));

function payloads(text: string): readonly unknown[] {
  const lines = text.match(/^data:.*$/gm) ?? [];
  return lines.slice(0, PAYLOADS).flatMap((line) => {
    try {
      return [JSON.parse(line.slice('data:'.length)) as unknown];
    } catch {
      return [];
    }
  });
}

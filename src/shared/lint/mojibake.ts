/** Text whose UTF-8 was read in another encoding somewhere on the way: "cafÃ©" for "café", "itâ€™s" for "it’s". */

/** What Windows-1252 has in place of the control characters 80 to 9F of Latin-1; those that it lacks stay as they are. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const NEXT = `[\u0080-\u00bf${WINDOWS}]`;

/**
 * Sequences that text has for no other reason: a letter with an accent and a control character; the pairs that accented Latin
 * letters and signs become; quotes, dashes and emoji; runs of what other scripts become. A single accented letter before two
 * signs is none, for that is how French ends a quotation. The last are U+FFFD in the Chinese GBK, and quotes in that of old Macs.
 */
const SEQUENCES = new RegExp(
  [
    '[\u00c2-\u00f4][\u0080-\u009f]',
    '[ÃÂ][\u00a0-\u00ba\u00bc-\u00bf]|(?<!\\p{Lu})[ÃÂ]»',
    `(?<!\\p{Lu})Ã[${WINDOWS}](?=\\p{Ll})`,
    `â€[${WINDOWS}\u00a0-\u00bf]|â[†‚„œžš˜ˆ‰]${NEXT}`,
    'ðŸ|ï¿½|ï»¿',
    `(?:[ÐÑÎÏ×ØÙ]${NEXT}){3,}`,
    `(?:[ãäåæçèéêëìí]${NEXT}{2}){2,}`,
    '锟斤拷|‚Ä[ôúùìî]',
  ].join('|'),
  'u',
);
/** The first letter of such a sequence, which nearly all text in English lacks: a search for it costs little. */
const LEAD = /[\u00c2-\u00f4锟‚]/;
/** So many characters are shown. */
const MAX_SHOWN = 24;

export interface Mojibake {
  readonly at: number;
  /** The word around it as it is, and as it was meant; null where that cannot be told. */
  readonly text: string;
  readonly meant: string | null;
}

export function mojibakeIn(text: string): Mojibake | null {
  if (!LEAD.test(text)) return null;
  const found = SEQUENCES.exec(text);
  if (!found) return null;
  const before = /[^ \t\r\n]*$/.exec(text.slice(Math.max(0, found.index - MAX_SHOWN), found.index))![0];
  const start = found.index - before.length;
  const shown = text
    .slice(start)
    .split(/[ \t\r\n]/, 1)[0]!
    .slice(0, Math.max(MAX_SHOWN, before.length + found[0].length));
  return { at: found.index, text: shown, meant: meantBy(shown) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function meantBy(text: string): string | null {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const windows = WINDOWS.indexOf(character);
    if (windows >= 0) bytes.push(0x80 + windows);
    else if (code <= 0xff && character.length === 1) bytes.push(code);
    else return null;
  }
  try {
    return utf8.decode(new Uint8Array(bytes));
  } catch {
    return null;
  }
}

/**
 * Letters of other scripts that look like Latin ones, in a name. What a person reads in the name of a model, a tool or a run must be what the
 * machine reads; in prose, mixed scripts are usual, and nothing depends on them.
 */

/** A letter, and the Latin one that it looks like. */
const PAIRS =
  'аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ' +
  'αa οo νv ιi ρp υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ոn սu օo հh ıi ɑa ɡg';
const LATIN: ReadonlyMap<string, string> = new Map(PAIRS.split(' ').map((pair) => [pair[0]!, pair[1]!]));

const WORDS = /[\p{L}\p{M}\p{N}]+/gu;
const OF_ASCII = /[a-z0-9]/i;

/** The Latin letter that a character looks like. Undefined for one that looks like none, or is one. */
export function latinOf(char: string): string | undefined {
  const latin = LATIN.get(char);
  if (latin !== undefined) return latin;
  if (char <= '\u007f') return undefined;
  // Letters of full width, and those that mathematics has.
  const plain = char.normalize('NFKC');
  return /^[a-z]$/i.test(plain) && /\p{L}/u.test(char) ? plain : undefined;
}

/**
 * The places, in UTF-16 units, of letters that deceive: those in one word with Latin letters or digits, and all of them in a name none of whose
 * letters tells its script. `сервер` deceives nobody; of `сору` every letter is also read as Latin.
 */
export function lookAlikes(name: string): ReadonlySet<number> {
  const found = new Set<number>();
  // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
  if (/^[\u0000-\u007f]*$/.test(name)) return found;
  const tells = [...name].some((char) => /(?!\p{Script=Latin})\p{L}/u.test(char) && latinOf(char) === undefined);
  for (const { 0: word, index } of name.matchAll(WORDS)) {
    if (tells && !OF_ASCII.test(word)) continue;
    let at = index;
    for (const char of word) {
      if (latinOf(char) !== undefined) found.add(at);
      at += char.length;
    }
  }
  return found;
}

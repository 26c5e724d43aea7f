/**
 * The keys that a request carried, in every spelling in which they may come back or stand elsewhere: as they are; with escapes of
 * JSON, also of JSON in a string of JSON; with escapes of an address, also twice; with the entities of a page; in hexadecimal; within
 * base64, as `Authorization: Basic` has them; and in pieces, one at the end of a JSON string and the next at the start of a later one of the
 * same name, as the deltas of one block are.
 *
 * A text is read code by code, and what is begun is kept between calls: it may come cut anywhere, within an escape, too.
 */

/** From here on, anything is taken for a key. */
const LONG_KEY = 8;
/** From here on, what is no mere word or number: `none`, `test` and `12345` are, and taking them out of a text would falsify it. */
const SHORT_KEY = 5;
/** At the end of a text or of a JSON string, so much of a key is taken for all of it; half of a short one. */
const BEGUN = 16;
/** What a code may be: the first of a spelling, or one that means something else. */
const [BEGINS, MEANS] = [1, 2];
/** Base64 of less would be found by chance. */
const SHORTEST_BASE64 = 12;
/** Backslashes before a character, escapes of a `%`: of texts in texts in texts. It bounds what a hostile text costs. */
const MAX_NESTING = 8;
/** Of a character's number in a page, with zeros before it. */
const MAX_ENTITY_DIGITS = 8;
/** How far behind a piece of a key the next one may come, and how many pieces are waited for. */
const MAX_GAP = 64 * 1024;
const MAX_WAITING = 32;

const QUOTE = 0x22;
const HASH = 0x23;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SOLIDUS = 0x2f;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const LETTER_X = 0x78;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const COLON = 0x3a;

/** What an escape begins with, and what of a backslash's may stand behind it. */
const ESCAPES: readonly number[] = [BACKSLASH, PERCENT, AMPERSAND];
const BEHIND_BACKSLASH: readonly number[] = [LETTER_U, LETTER_X, BACKSLASH, QUOTE, SOLIDUS];

/** A name is told from others by so much of it. */
const NAME_CODES = 64;
/** A last piece as short as that ends with a word, or is none: `f` is not the end of a key in `"function"`. */
const SHORT_PIECE = 4;

/** `stream`: bytes, with strings of JSON over which keys go on, in one text after the other. `text`: units of one string. */
export type Reading = 'stream' | 'text';

/** Where a key or a piece of one stands in a text. */
export interface KeyPlace {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Codes of the key's spelling that stand in places before this one. */
  readonly said: number;
  /** Codes of the whole key. */
  readonly length: number;
}

/** Whether a key is taken out wherever it stands. */
export const isTelling = (key: string): boolean =>
  key.length >= LONG_KEY || (key.length >= SHORT_KEY && /\d/.test(key) && /[a-z]/i.test(key));

type Codes = Uint8Array | Uint16Array;

interface Spelling {
  /** Without its escapes, and with one backslash for several: each level of escapes doubles them. */
  readonly codes: readonly number[];
  /** So many of them at an end are taken for all. */
  readonly begun: number;
}

/** A spelling as far as it was found. */
interface Begun {
  readonly spelling: Spelling;
  found: number;
  /** `percent`: also `\x`, which has two digits as well. `entity`: of a page, before its digits, which are `decimal` or `hex`. */
  escape: 'none' | 'backslash' | 'unicode' | 'percent' | 'entity' | 'decimal' | 'hex';
  depth: number;
  digits: number;
  value: number;
  /** Of its present piece; null within an escape that the text before was cut in. */
  start: number | null;
  /** Behind the last whole code of its present piece. */
  end: number;
  said: number;
  /** Earlier pieces in this text. */
  pieces: readonly KeyPlace[];
  /** What waited for this piece. */
  readonly from?: Begun;
  /** The name of the string that it stands at the end of, and where that ended in all texts. */
  readonly name?: number;
  readonly endedAt?: number;
}

export class SentKeys {
  readonly #spellings: readonly Spelling[];
  readonly #reading: Reading;
  /** By the last eight bits of a code: whether it means something here, and which spellings begin with it. */
  readonly #telling = new Uint8Array(256);
  readonly #starts: readonly (readonly Spelling[])[];
  #active: Begun[] = [];
  /** Those that a later string may go on with. */
  #waiting: readonly Begun[] = [];
  #inString = false;
  /** Where the last backslash is that escapes what follows. */
  #escape = -2;
  /** A named string of JSON begins with the next code. */
  #opening = false;
  readonly #strings = new Names();
  /** Codes in all texts before. */
  #before = 0;
  #places: KeyPlace[] = [];

  private constructor(spellings: readonly Spelling[], reading: Reading) {
    this.#spellings = spellings;
    this.#reading = reading;
    this.#starts = Array.from({ length: 256 }, (_, low) => spellings.filter(({ codes }) => (codes[0]! & 0xff) === low));
    this.#starts.forEach((starting, low) => (this.#telling[low] = starting.length > 0 ? BEGINS : 0));
    for (const code of reading === 'stream' ? [...ESCAPES, QUOTE, LINE_FEED] : ESCAPES) this.#telling[code] = MEANS;
  }

  /** Undefined where there is none to look for. */
  static of(keys: readonly (string | undefined)[], reading: Reading): SentKeys | undefined {
    const given = keys.filter((key) => key !== undefined) as readonly string[];
    const told = given.flatMap((key) => [key, ...inBasic(key)]).filter(isTelling);
    const spellings = [...new Set(told.flatMap(spelled))].map((text) => spellingOf(text, reading));
    return spellings.length === 0 ? undefined : new SentKeys(spellings, reading);
  }

  /** Places in the next text of a stream, or in another text; in order and apart from each other. */
  placesIn(codes: Codes): readonly KeyPlace[] {
    if (this.#reading === 'text') this.#active = [];
    const telling = this.#telling;
    let idle = this.#active.length === 0 && !this.#opening;
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at]!;
      const what = telling[code & 0xff]!;
      // Most codes mean nothing, and most of what begins like a key is told to be none by its second code.
      if (idle && (what === 0 || (what === BEGINS && !canBegin(this.#starts[code & 0xff]!, code, codes[at + 1]))))
        continue;
      this.#take(codes, at);
      idle = this.#active.length === 0 && !this.#opening;
    }
    this.#endText(codes);
    const places = joined(this.#places);
    this.#places = [];
    return places;
  }

  #take(codes: Codes, at: number): void {
    const code = codes[at]!;
    const next = codes[at + 1];
    const quote = this.#reading === 'stream' && code === QUOTE && this.#escape !== at - 1;
    if (this.#opening) this.#resume(code, at);
    if (quote && this.#inString) this.#endString(at);
    if (this.#active.length > 0) this.#goOn(code, at, next);
    this.#begin(code, at, next);
    this.#opening = false;
    if (quote) {
      this.#inString = !this.#inString;
      if (this.#inString) this.#opening = this.#strings.open(codes, at);
      else this.#strings.close(codes, at);
    }
    // There is none in a string of JSON, so that no quote in another text counts for long.
    else if (code === LINE_FEED) this.#inString = false;
    if (code === BACKSLASH && this.#escape !== at - 1) this.#escape = at;
  }

  #goOn(code: number, at: number, next: number | undefined): void {
    const before = this.#active;
    this.#active = [];
    for (const begun of before) this.#advance(begun, code, at, next);
  }

  #begin(code: number, at: number, next: number | undefined): void {
    const escape = ESCAPES.includes(code) && canEscape(code, next);
    const spellings = escape ? this.#spellings : this.#starts[code & 0xff]!;
    for (const spelling of spellings)
      if (canBegin([spelling], code, next) || (escape && !this.#hasEscape(spelling, code)))
        this.#advance({ ...FRESH, spelling, start: at, end: at, pieces: [] }, code, at, next);
  }

  /** The first of several backslashes counts for all of them. */
  #hasEscape(spelling: Spelling, code: number): boolean {
    return (
      code === BACKSLASH &&
      this.#active.some((one) => one.spelling === spelling && one.escape === 'backslash' && one.found === 0)
    );
  }

  #advance(begun: Begun, code: number, at: number, next: number | undefined): void {
    for (const one of advanced(begun, code, at))
      if (one.found < one.spelling.codes.length) this.#active.push(one);
      else if (!one.from || presentLength(one) >= SHORT_PIECE || !isWordCode(next)) {
        this.#places.push(...piecesOf(one));
        this.#waiting = this.#waiting.filter((waiting) => waiting !== one.from);
      }
  }

  #resume(code: number, at: number): void {
    if (this.#waiting.length === 0) return;
    const place = this.#before + at;
    this.#waiting = this.#waiting.filter(({ endedAt }) => place - endedAt! <= MAX_GAP);
    for (const waiting of this.#waiting)
      if (waiting.name === this.#strings.name && goesOn(waiting.spelling.codes[waiting.found], code))
        this.#active.push({ ...waiting, start: at, end: at, from: waiting });
  }

  #endString(at: number): void {
    const { name } = this.#strings;
    if (name === undefined) return;
    for (const begun of this.#active) {
      const { spelling, found, escape, from } = begun;
      if (found === 0 || (escape !== 'none' && !isBehindBackslash(begun))) continue;
      const pieces = piecesOf(begun);
      if (found >= spelling.begun) this.#places.push(...pieces);
      const others = this.#waiting.filter(
        (waiting) =>
          waiting !== from && (waiting.spelling !== spelling || waiting.found !== found || waiting.name !== name),
      );
      const waiting: Begun = {
        ...begun,
        escape: 'none',
        depth: 0,
        said: saidAfter(begun),
        pieces,
        name,
        endedAt: this.#before + at,
      };
      this.#waiting = [...others, waiting].slice(-MAX_WAITING);
    }
  }

  #endText(codes: Codes): void {
    this.#strings.endText(codes, this.#inString);
    for (const begun of this.#active) {
      if (begun.found >= begun.spelling.begun) this.#places.push(...piecesOf(begun));
      begun.said = saidAfter(begun);
      begun.pieces = [];
      begun.start = begun.escape === 'none' ? 0 : null;
      begun.end = 0;
    }
    for (const waiting of this.#waiting) waiting.pieces = [];
    this.#before += codes.length;
    this.#escape -= codes.length;
  }
}

/** The names of strings of JSON, as numbers. */
class Names {
  /** Of the string that is open; undefined for one that is no value of a member. */
  name: number | undefined;
  /** The string before, by its codes, and what is behind it. */
  #before = 0;
  #last = 0;
  #start = 0;
  #partial = NO_CODES;

  /** Whether it has a name. */
  open(codes: Codes, at: number): boolean {
    let before = at - 1;
    while (before >= 0 && codes[before] === SPACE) before--;
    const isValue = (before >= 0 ? codes[before] : this.#last) === COLON;
    this.name = isValue ? this.#before : undefined;
    this.#start = at + 1;
    this.#partial = NO_CODES;
    return isValue;
  }

  close(codes: Codes, at: number): void {
    this.#before = numberOf(codes, this.#start, at, this.#partial);
  }

  endText(codes: Codes, inString: boolean): void {
    if (inString) this.#partial = numberOf(codes, this.#start, codes.length, this.#partial);
    this.#start = 0;
    let last = codes.length - 1;
    while (last >= 0 && codes[last] === SPACE) last--;
    this.#last = codes[last] ?? this.#last;
  }
}

const NO_CODES = 5381;
function numberOf(codes: Codes, start: number, end: number, before: number): number {
  let number = before;
  for (let at = start; at < end && at < start + NAME_CODES; at++) number = (Math.imul(number, 33) ^ codes[at]!) | 0;
  return number;
}

const isWordCode = (code: number | undefined): boolean => code !== undefined && /\w/.test(String.fromCharCode(code));

const FRESH = { found: 0, escape: 'none', depth: 0, digits: 0, value: 0, said: 0 } as const;

/** The spellings without escapes: those are read as they come. */
function spelled(key: string): readonly string[] {
  const inAddress = /[^ -~]/.test(key) ? [encodeURIComponent(key)] : [];
  const coded = key.length < LONG_KEY ? [] : [...inHex(key), ...[0, 1, 2].flatMap((before) => base64Of(key, before))];
  return [key, ...inAddress, inPage(key), ...coded];
}

/** As a gateway's page of an error repeats it, with names for what has one; entities that are numbers are escapes. */
const inPage = (key: string): string => key.replace(/[&<>"]/g, (char) => NAMED[char]!);
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function inHex(key: string): readonly string[] {
  const digits = Buffer.from(key).toString('hex');
  return [digits, digits.toUpperCase()];
}

/** What of base64 depends on the key alone, with so many bytes before it, modulo three; in both alphabets. */
function base64Of(key: string, before: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(key)]);
  const text = bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  return text.length < SHORTEST_BASE64 ? [] : [text, text.replaceAll('+', '-').replaceAll('/', '_')];
}

/** The user with the password, and the password, of the credentials of `Authorization: Basic`. */
function inBasic(key: string): readonly string[] {
  if (!/^[\w+/-]{4,}={0,2}$/.test(key)) return [];
  const text = Buffer.from(key, 'base64').toString('latin1');
  const password = /^[ -9;-~]*:([ -~]+)$/.exec(text)?.[1];
  return password === undefined ? [] : [text, password];
}

function spellingOf(text: string, reading: Reading): Spelling {
  const all =
    reading === 'stream' ? [...Buffer.from(text)] : Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  const codes = all.filter((code, i) => code !== BACKSLASH || all[i - 1] !== BACKSLASH);
  return { codes, begun: Math.min(BEGUN, Math.ceil(codes.length / 2)) };
}

/** Whether a code may be the expected one, or begin or end something; undefined: it is not known yet. */
const goesOn = (expected: number | undefined, code: number | undefined): boolean =>
  code === undefined ||
  code === expected ||
  code === BACKSLASH ||
  code === PERCENT ||
  code === AMPERSAND ||
  code === QUOTE;

const canBegin = (spellings: readonly Spelling[], code: number, next: number | undefined): boolean => {
  for (const { codes } of spellings) if (code === codes[0] && goesOn(codes[1], next)) return true;
  return false;
};

/** `\n` and its like are the escapes of no key, and a `%` or a `&` alone is none. */
const canEscape = (code: number, next: number | undefined): boolean =>
  next === undefined ||
  (code === PERCENT ? hexDigit(next) >= 0 : code === AMPERSAND ? next === HASH : BEHIND_BACKSLASH.includes(next));

const isBehindBackslash = ({ spelling, found }: Begun): boolean => found > 0 && spelling.codes[found - 1] === BACKSLASH;

/** What becomes of it with the next code: nothing, itself, or two that differ in how that is read. */
function advanced(begun: Begun, code: number, at: number): readonly Begun[] {
  const expected = begun.spelling.codes[begun.found]!;
  switch (begun.escape) {
    case 'none':
      if (code === expected && code === PERCENT) return [inEscape({ ...begun }, 'percent'), whole(begun, at)];
      if (code === expected && code === AMPERSAND) return [inEscape({ ...begun }, 'entity'), whole(begun, at)];
      if (code === expected && code === BACKSLASH)
        return [inEscape({ ...begun }, 'backslash'), inEscape(whole(begun, at), 'backslash')];
      if (code === expected) return [whole(begun, at)];
      if (code === BACKSLASH) return [inEscape(begun, 'backslash')];
      if (code === AMPERSAND) return [inEscape(begun, 'entity')];
      return code === PERCENT ? [inEscape(begun, 'percent')] : [];
    case 'backslash': {
      const behind = isBehindBackslash(begun);
      if (code === BACKSLASH) {
        if (behind) begun.end = at + 1;
        return ++begun.depth > MAX_NESTING ? [] : [begun];
      }
      const digits = code === LETTER_U ? 'unicode' : code === LETTER_X ? 'percent' : undefined;
      const escaped = digits ? [inEscape({ ...begun }, digits)] : [];
      if (behind) return [...escaped, ...advanced({ ...begun, escape: 'none' }, code, at)];
      return code === expected && (code === QUOTE || code === SOLIDUS) ? [...escaped, whole(begun, at)] : escaped;
    }
    case 'unicode':
      return withDigit(begun, code, 4) ? [begun] : begun.value === expected ? [whole(begun, at)] : [];
    case 'entity':
      return code === HASH ? [inEscape(begun, 'decimal')] : [];
    case 'decimal':
      if ((code | 0x20) === LETTER_X && begun.digits === 0) return [inEscape(begun, 'hex')];
      return inEntity(begun, code, 10) ? [begun] : entityEnds(begun, code) ? [whole(begun, at)] : [];
    case 'hex':
      return inEntity(begun, code, 16) ? [begun] : entityEnds(begun, code) ? [whole(begun, at)] : [];
    case 'percent': {
      if (withDigit(begun, code, 2)) return [begun];
      const again = begun.value === PERCENT && begun.depth < MAX_NESTING;
      const escaped = again ? [{ ...begun, depth: begun.depth + 1, digits: 0, value: 0 }] : [];
      return begun.value === expected ? [...escaped, whole(begun, at)] : escaped;
    }
  }
}

function inEscape(begun: Begun, escape: Begun['escape']): Begun {
  return Object.assign(begun, { escape, depth: escape === 'unicode' ? begun.depth : 1, digits: 0, value: 0 });
}

/** Takes a hexadecimal digit; whether more of them belong to it. What is none makes the value one that nothing has. */
function withDigit(begun: Begun, code: number, digits: number): boolean {
  const digit = hexDigit(code);
  begun.value = digit < 0 ? -1 : begun.value * 16 + digit;
  return ++begun.digits < digits && digit >= 0;
}

/** Takes a digit of a character's number. */
function inEntity(begun: Begun, code: number, base: 10 | 16): boolean {
  const digit = hexDigit(code);
  if (digit < 0 || digit >= base || begun.digits >= MAX_ENTITY_DIGITS) return false;
  begun.value = begun.value * base + digit;
  begun.digits++;
  return true;
}

const entityEnds = ({ spelling, found, value }: Begun, code: number): boolean =>
  code === SEMICOLON && value === spelling.codes[found];

/** The expected code was there, with its last code here. */
function whole(begun: Begun, at: number): Begun {
  begun.found++;
  begun.escape = 'none';
  begun.depth = 0;
  begun.start ??= at + 1;
  begun.end = at + 1;
  return begun;
}

const hexDigit = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const presentLength = ({ start, end }: Begun): number => (start === null ? 0 : Math.max(0, end - start));
const saidAfter = (begun: Begun): number => begun.said + presentLength(begun);

function piecesOf(begun: Begun): readonly KeyPlace[] {
  const { start, end, said, pieces, spelling } = begun;
  if (presentLength(begun) === 0) return pieces;
  return [...pieces, { start: start!, end, said, length: spelling.codes.length }];
}

/** Two that overlap are one: a key within another. */
function joined(places: readonly KeyPlace[]): readonly KeyPlace[] {
  if (places.length < 2) return places;
  const apart: KeyPlace[] = [];
  for (const place of places.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last && place.start < last.end) apart[apart.length - 1] = { ...last, end: Math.max(last.end, place.end) };
    else apart.push(place);
  }
  return apart;
}

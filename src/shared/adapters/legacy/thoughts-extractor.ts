/**
 * Takes the value of the key `thinking` out of streamed tool arguments (docs/adapters.md, 6.1). A character machine that knows
 * JSON only as far as its states go: blanks between tokens vanish, and escapes are not decoded.
 */
import { THOUGHTS_KEY } from '../agent-server/names.ts';

type State = 'start' | 'key' | 'colon' | 'value' | 'comma-or-end' | 'end';

export interface Extracted {
  /** Everything but the thoughts, as far as it is not held. */
  readonly main: string;
  readonly thoughts: string;
}

export class ThoughtsExtractor {
  #state: State = 'start';
  #inString = false;
  #escaped = false;
  #key = '';
  #inThoughts = false;
  #thoughtsSeen = false;
  /** Main is held until the key after the thoughts opens. */
  #holding: boolean;
  #held = '';
  #main = '';
  #thoughts = '';

  constructor(waitForFirstKey: boolean) {
    this.#holding = waitForFirstKey;
  }

  feed(fragment: string): Extracted {
    this.#main = '';
    this.#thoughts = '';
    for (const c of fragment) this.#character(c);
    return { main: this.#main, thoughts: this.#thoughts };
  }

  #character(c: string): void {
    // quirk: escapes-not-decoded
    if (this.#escaped) {
      this.#escaped = false;
      this.#escapeUnit(c);
    } else if (c === '\\') {
      this.#escaped = true;
      this.#escapeUnit(c);
    } else if (c === '"') this.#quote();
    else if (this.#inString) this.#stringUnit(c);
    else this.#structure(c);
  }

  #escapeUnit(c: string): void {
    if (this.#inString) this.#stringUnit(c);
    else if (!this.#inThoughts) this.#toMain(c);
  }

  #stringUnit(c: string): void {
    if (this.#state === 'key') this.#key += c;
    else if (this.#state === 'value') this.#toValue(c);
  }

  #quote(): void {
    this.#inString = !this.#inString;
    if (this.#inString) this.#openQuote();
    else this.#closeQuote();
  }

  #openQuote(): void {
    if (this.#state === 'start' || this.#state === 'comma-or-end') {
      this.#state = 'key';
      this.#key = '';
      if (this.#holding && this.#thoughtsSeen) this.#release();
    } else if (this.#state === 'value' && !this.#inThoughts) this.#toMain('"');
  }

  #closeQuote(): void {
    if (this.#state === 'key') this.#state = 'colon';
    else if (this.#state === 'value') {
      if (this.#inThoughts) this.#thoughtsSeen = true;
      else this.#toMain('"');
      this.#state = 'comma-or-end';
    }
  }

  #structure(c: string): void {
    if (c === ':' && this.#state === 'colon') {
      this.#state = 'value';
      this.#inThoughts = this.#key === THOUGHTS_KEY;
      if (!this.#inThoughts) this.#toMain(`"${this.#key}":`);
    } else if (c === ',' && this.#state === 'comma-or-end') {
      this.#state = 'start';
      if (this.#inThoughts) this.#inThoughts = false;
      else this.#toMain(',');
    } else if (c === '{') {
      if (!this.#inThoughts) this.#toMain(c);
    } else if (c === '}') {
      this.#state = 'end';
      this.#toMain(c);
    } else if (this.#state === 'value') this.#toValue(c);
  }

  #toValue(c: string): void {
    if (this.#inThoughts) this.#thoughts += c;
    else this.#toMain(c);
  }

  #toMain(text: string): void {
    if (this.#holding) this.#held += text;
    else this.#main += text;
  }

  #release(): void {
    this.#main += this.#held;
    this.#held = '';
    this.#holding = false;
  }
}

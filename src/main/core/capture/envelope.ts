/** Finds the base64 in the envelopes of Bedrock: the strings of JSON that are named `bytes`, however a message is cut into reads. */
import { sextetOf, type Base64Text } from './base64-text.ts';
import { NOWHERE, type GatheredText } from './gathered-text.ts';

const NAME = 'bytes';
const QUOTE = 0x22;
const EQUALS = 0x3d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** Some programs escape the solidus, others whatever is no letter and no digit. */
const ESCAPED = /^\\(?:u(?<hex>[0-9a-fA-F]{4})|\/)$/;
const ESCAPE_BEGUN = /^\\(?:u[0-9a-fA-F]{0,3})?$/;

export class Envelope {
  #inString = false;
  #escaped = false;
  /** The string that is open or was the last, as far as it may be the name. */
  #string = '';
  #afterColon = false;
  #inBase64 = false;
  /** An escape in the base64, as far as it has come. */
  #escape = '';

  /** The payload of a message goes on with `bytes[from..to]`. */
  take(bytes: Uint8Array, from: number, to: number, payload: GatheredText, inner: Base64Text): void {
    /** Where in the payload the base64 of this read begins. */
    let start = payload.length;
    for (let at = from; at < to; at++) {
      const code = bytes[at]!;
      if (this.#inBase64 && this.#takeBase64(code, at, inner)) {
        payload.addHidden(code, at);
        continue;
      }
      if (this.#inBase64) {
        this.#endBase64(inner);
        // What is no base64 is a text as any other.
        if (code !== QUOTE && code !== EQUALS) payload.show(start);
      }
      payload.add(code, at);
      this.#follow(code);
      if (this.#inBase64) start = payload.length;
    }
  }

  /** The message is over. */
  end(inner: Base64Text): void {
    this.#endBase64(inner);
    this.#inString = false;
    this.#escaped = false;
    this.#string = '';
    this.#afterColon = false;
  }

  #endBase64(inner: Base64Text): void {
    inner.end();
    this.#inBase64 = false;
    this.#escape = '';
  }

  /** Whether the character belongs to it. */
  #takeBase64(code: number, at: number, inner: Base64Text): boolean {
    if (this.#escape === '' && code !== BACKSLASH) {
      const sextet = sextetOf(code);
      if (sextet >= 0) inner.add(sextet, at);
      return sextet >= 0;
    }
    this.#escape += String.fromCharCode(code);
    if (ESCAPE_BEGUN.test(this.#escape)) return true;
    const match = ESCAPED.exec(this.#escape);
    const sextet = match ? sextetOf(match.groups?.['hex'] ? parseInt(match.groups['hex'], 16) : code) : -1;
    this.#escape = '';
    // Another character would need as many bytes, so that this one stays.
    if (sextet >= 0) inner.add(sextet, NOWHERE);
    return sextet >= 0;
  }

  #follow(code: number): void {
    if (this.#inString) this.#followString(code);
    else if (code === QUOTE) {
      this.#inString = true;
      this.#inBase64 = this.#afterColon && this.#string === NAME;
      this.#string = '';
    } else if (code === COLON) this.#afterColon = true;
    else if (!SPACES.has(code)) this.#afterColon = false;
  }

  #followString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) {
      this.#inString = false;
      this.#afterColon = false;
    } else if (this.#string.length <= NAME.length) this.#string += String.fromCharCode(code);
  }
}

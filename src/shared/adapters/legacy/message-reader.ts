/** Turns fragments of tool arguments into the text of the key `message` (docs/adapters.md, 6.2 and 6.3). Escapes are not decoded. */
import { pythonStrip, pythonStripEnd } from '../../json/python-text.ts';
import { MESSAGE_KEY } from '../agent-server/names.ts';

/** What ends a value when it stands behind its closing quote. */
const ENDINGS = [',', '}', ']'] as const;

export class MessageReader {
  #key = '';
  /** How much of the key's name the end of the key buffer may hold is found by search; once found it stays. */
  #keySeen = false;
  #inMessage = false;
  #open = false;

  reset(): void {
    this.#key = '';
    this.#keySeen = false;
    this.#inMessage = false;
    this.#open = false;
  }

  feed(fragment: string): string {
    const trimmed = pythonStrip(fragment);
    if (trimmed === '}') this.#clearKey();
    if (!this.#inMessage) return this.#outside(fragment, trimmed);
    if (!this.#open) {
      if (trimmed === '"') this.#open = true;
      return '';
    }
    if (trimmed === '"') {
      this.#leave();
      return '';
    }
    return this.#until(fragment);
  }

  #outside(fragment: string, trimmed: string): string {
    if (trimmed === '{') {
      this.#clearKey();
      return '';
    }
    if (trimmed === '}') return '';
    this.#addKey(trimmed);
    const colon = fragment.indexOf(':');
    if (!this.#keySeen || colon < 0) return '';
    this.#inMessage = true;
    const quote = fragment.indexOf('"', colon);
    if (quote < 0) return '';
    this.#open = true;
    return this.#until(fragment.slice(quote + 1));
  }

  #addKey(trimmed: string): void {
    const from = Math.max(0, this.#key.length - MESSAGE_KEY.length);
    this.#key += trimmed;
    this.#keySeen ||= this.#key.includes(MESSAGE_KEY, from);
    // Only the end can still become part of the name.
    this.#key = this.#key.slice(-MESSAGE_KEY.length);
  }

  /** The text of an open message; leaves where it ends. */
  #until(text: string): string {
    const end = pythonStripEnd(text);
    if (ENDINGS.some((ending) => end.endsWith(`"${ending}`))) {
      this.#leave();
      return end.slice(0, -2);
    }
    if (!end.endsWith('"')) return text;
    this.#leave();
    return end.slice(0, -1);
  }

  #leave(): void {
    this.#inMessage = false;
    this.#open = false;
  }

  #clearKey(): void {
    this.#key = '';
    this.#keySeen = false;
  }
}

/** quirk: trailing-blank-lost */
export function sanitised(text: string): string {
  const end = pythonStripEnd(text);
  if (ENDINGS.some((ending) => end.endsWith(`"${ending}`))) return end.slice(0, -2);
  return end.endsWith('"') ? end.slice(0, -1) : end;
}

/**
 * What a browser keeps for the window. It may refuse to: by its settings, in a private window, when it is full. The window
 * then works as well, and forgets.
 */

type Area = 'localStorage' | 'sessionStorage';

class Kept {
  readonly #area: Area;
  /** What it would not take, for as long as the window is open. */
  readonly #refused = new Map<string, string>();

  constructor(area: Area) {
    this.#area = area;
  }

  /** null: nothing is kept under it. */
  getItem(key: string): string | null {
    try {
      return this.#refused.get(key) ?? window[this.#area].getItem(key);
    } catch {
      return null;
    }
  }

  setItem(key: string, value: string): void {
    try {
      window[this.#area].setItem(key, value);
      this.#refused.delete(key);
    } catch {
      this.#refused.set(key, value);
    }
  }

  removeItem(key: string): void {
    this.#refused.delete(key);
    try {
      window[this.#area].removeItem(key);
    } catch {
      // What could not be kept need not be removed.
    }
  }
}

/** Kept until someone clears it. */
export const kept = new Kept('localStorage');
/** Kept as long as the tab or window is open, over its reloads. */
export const keptInTab = new Kept('sessionStorage');

/** Whether the counts that come several times in an answer are those of the answer so far, or each of its own piece. */
import type { Usage } from '../model/usage.ts';

type Counts = Pick<Usage, 'input' | 'output'>;

/** Counts that each are those of one piece of the answer. */
export interface Increments {
  /** Usages that have an output count. */
  readonly count: number;
  /** Added up. */
  readonly input: number;
  readonly output: number;
  /** The event with which the first of them falls. */
  readonly event: number | null;
}

/** One usage may be wrong without being an increment, as where the last one is another server's. */
const MIN_SIGNS = 2;

/** Takes the usages of one answer in their order. */
export class UsageSteps {
  #count = 0;
  #input = 0;
  #inputs = 0;
  #output = 0;
  #last: { readonly input: number; readonly output: number } | null = null;
  #falls = 0;
  /** Usages that do not count the prompt any more, and whose output has not grown. */
  #withoutPrompt = 0;
  #event: number | null = null;

  take({ input, output }: Counts, event: number | null): void {
    if (typeof output !== 'number') return;
    const now = { input: input ?? 0, output };
    const last = this.#last;
    this.#last = now;
    this.#count++;
    this.#output += output;
    this.#inputs += now.input;
    this.#input = Math.max(this.#input, now.input);
    if (last === null || output === 0) return;
    const falls = output < last.output;
    if (falls) this.#falls++;
    const withoutPrompt = this.#input > 0 && now.input === 0 && output <= last.output;
    if (withoutPrompt) this.#withoutPrompt++;
    if (falls || withoutPrompt) this.#event ??= event;
  }

  /** Null where the counts are those of the answer so far, or nothing shows that they are not. */
  get increments(): Increments | null {
    const promptOnce = this.#withoutPrompt >= MIN_SIGNS;
    if (!promptOnce && this.#falls < MIN_SIGNS) return null;
    return {
      count: this.#count,
      input: promptOnce ? this.#inputs : this.#input,
      output: this.#output,
      event: this.#event,
    };
  }
}

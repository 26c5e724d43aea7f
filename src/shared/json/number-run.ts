/** A run of digits, points and minus signs, which the optimistic parser takes for a number as it comes. */
import { MAX_INT_DIGITS } from './python-int.ts';

export class NumberRun {
  #word = '';
  #units = 0;
  #digits = 0;
  #points = 0;
  #strayMinus = false;

  append(units: string): void {
    for (const unit of units) {
      if (unit === '.') this.#points++;
      else if (unit === '-') this.#strayMinus ||= this.#units > 0;
      else this.#digits++;
      this.#units++;
    }
    this.#word += units;
  }

  /** A sign or a point alone, which stands for itself. */
  get #bare(): boolean {
    return this.#word === '-' || this.#word === '.';
  }

  /** Python converts it: to an integer where there is no point or only one at the end, else to a float. */
  get converts(): boolean {
    if (this.#bare) return true;
    if (this.#strayMinus || this.#points > 1 || this.#digits === 0) return false;
    return !this.#isInteger || this.#digits <= MAX_INT_DIGITS;
  }

  /** Only where it converts. */
  value(): bigint | number | string {
    if (this.#bare) return this.#word;
    return this.#isInteger ? BigInt(this.#word.replace('.', '')) : Number(this.#word);
  }

  get #isInteger(): boolean {
    return this.#points === 0 || this.#word.endsWith('.');
  }
}

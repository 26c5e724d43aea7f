/** Faults of our own, at the terminal and in a file: a desktop app is seldom started from a terminal. */
import { appendFileSync } from 'node:fs';
import { faultText, logFault } from '../log.ts';

export class FaultLog {
  readonly file: string;

  /** The file is made with the first fault, for the user only; its folder is there. */
  constructor(file: string) {
    this.file = file;
  }

  readonly write = (sentence: string, error: unknown): void => {
    logFault(sentence, error);
    try {
      appendFileSync(this.file, `${new Date().toISOString()} ${faultText(sentence, error)}\n`, { mode: 0o600 });
    } catch (fault) {
      logFault(`${this.file} could not be written`, fault);
    }
  };
}

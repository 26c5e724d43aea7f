/** A host's words for the person at the terminal, all on the error output: on the standard one a host may have something to give. */
import { inspect } from 'node:util';

/** Everything but line ends and tabs: text of a provider that gets into an error must not steer a terminal. */
// oxlint-disable-next-line no-control-regex -- these are the ones meant
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const plain = (text: string): string =>
  text.replace(CONTROLS, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);

export function say(sentence: string): void {
  process.stderr.write(`${plain(sentence)}\n`);
}

/** A fault of our own, with where it happened. */
export function logFault(sentence: string, error: unknown): void {
  say(faultText(sentence, error));
}

export const faultText = (sentence: string, error: unknown): string =>
  `${sentence}: ${inspect(error, { breakLength: 120 }).slice(0, 10_000)}`;

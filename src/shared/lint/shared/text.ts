/** Rules of several APIs on the pieces of a text. */
import type { JsonObject } from '../../json/json-object.ts';
import type { Frame } from '../../model/stream.ts';
import { kindOf, type Examples, type LintRule, type Report } from '../rule.ts';

/** Says that a value stands in a place of text, which is called by its field and what has the field. */
export type TellText = (given: unknown, field: string, of: string) => void;

/** `tellTexts`: tells what an event has in the places of text. */
export const textType = (tellTexts: (data: JsonObject, tell: TellText) => void, examples: Examples): LintRule => ({
  id: 'text-type',
  strict: 'error',
  lenient: 'warning',
  help: 'A piece of the text is no text in the JSON: an object, a list of parts, a number, true or false. A gateway passes on the form of another API, or the server writes a token that looks like a number without its quotes.',
  advice:
    'Clients written in JavaScript that join it as text show an object as "[object Object]", a list without its brackets, and a number by its digits; those in Python fail: "can only concatenate str". Read the text out of it, and report it to the server.',
  ...examples,
  check: () => {
    let at: Frame | null = null;
    let told: Report | null = null;
    const tell: TellText = (given, field, of) => {
      if (typeof given === 'string' || given === null || given === undefined) return;
      const kind = kindOf(given);
      told?.(at, `The ${field} of ${of} is ${kind}, not a text.`, `${field}/${kind}`);
    };
    return {
      settled: true,
      event({ frame, data }, report) {
        if (!data) return;
        [at, told] = [frame, report];
        tellTexts(data, tell);
      },
    };
  },
});

/** Rules of several APIs on the parts of an answer: how they are numbered, and the deltas that bring them. */
import type { JsonObject } from '../../json/json-object.ts';
import type { Examples, LintRule } from '../rule.ts';

/** `startOf`: the index of a part of the answer that an event begins. `from`: where the count begins anew, else null. */
export const indexGap = (
  id: string,
  noun: string,
  startOf: (data: JsonObject, type: string) => number | null,
  from: (data: JsonObject, type: string) => number | null,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'warning',
  lenient: 'info',
  help: `Indexes count up by one from 0, in the order in which each ${noun} begins.`,
  advice,
  ...examples,
  check: () => {
    let next = 0;
    const begun = new Set<number>();
    return {
      settled: true,
      event({ frame, type, data }, report) {
        if (!data) return;
        const first = from(data, type);
        if (first !== null) {
          next = first;
          begun.clear();
        }
        const index = startOf(data, type);
        if (index === null) return;
        // That one begins again has a rule of its own.
        if (begun.has(index)) return;
        begun.add(index);
        if (index !== next) report(frame, `The ${noun} ${index} begins where ${next} was expected.`);
        next = index + 1;
      },
    };
  },
});

/** `lacking`: what an event of deltas has in the place of its delta, where that is none. */
export const deltaMissing = (
  lacking: (data: JsonObject, type: string) => string | null,
  examples: Examples,
): LintRule => ({
  id: 'delta-missing',
  strict: 'error',
  lenient: 'warning',
  help: 'An event that brings a delta has none, or null in its place.',
  advice:
    'Clients that read what is new from it fail: "NoneType has no attribute", "cannot read properties of null". Skip such an event, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      const lack = data ? lacking(data, type) : null;
      if (lack !== null) report(frame, lack);
    },
  }),
});

/** What the lint says of faults in the forms of many servers, and that it says so under any cut of the bytes. */
import { describe, expect, test } from 'vitest';
import { lint } from '../../../src/shared/compare/lint.ts';
import { LINT_VARIANTS } from '../../fixtures/lint-variants.ts';
import { runWire } from '../../support/wire.ts';

describe.each(LINT_VARIANTS.map((one) => [one.api, one.name, one] as const))('%s: %s', (api, _name, variant) => {
  const { body, says, silent = [], offered } = variant;
  const remarks = lint(runWire(api, body), 'strict', { offered });

  test('is told', () => {
    for (const [rule, sentence] of Object.entries(says)) {
      const found = remarks.filter((remark) => remark.rule === rule).map((remark) => remark.sentence);
      expect(found, rule).toContainEqual(expect.stringMatching(sentence));
    }
    const rules = remarks.map(({ rule }) => rule);
    for (const rule of silent) expect(rules).not.toContain(rule);
  });

  test('is told alike whatever the cuts', () => {
    const { length } = new TextEncoder().encode(body);
    const cuts = Array.from({ length: Math.ceil(length / 7) }, (_, at) => at * 7);
    expect(lint(runWire(api, body, cuts), 'strict', { offered })).toEqual(remarks);
  });
});

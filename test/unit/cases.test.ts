/** Stream faults that people reported, and others of their kinds: what a reader of the trace learns from each. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Api } from '../../src/shared/model/stream.ts';
import { EXPECTED } from '../fixtures/cases.ts';
import { VARIANTS } from '../fixtures/case-variants.ts';
import { FRAMING_VARIANTS } from '../fixtures/framing-variants.ts';
import { CASES, describeWith } from '../support/corpus.ts';
import { holdTo } from '../support/expected-case.ts';

interface ListedCase {
  readonly slug: string;
  readonly api: Api;
  readonly files: readonly string[];
}

describeWith(CASES, 'the reported stream faults', (path) => {
  const listed = (JSON.parse(readFileSync(join(path, 'cases.json'), 'utf8')) as readonly ListedCase[]).filter(
    ({ files }) => files.every((file) => existsSync(join(path, file))),
  );

  test.each(listed.map((one) => [one.slug, one] as const))('%s', (slug, { api, files }) => {
    expect(EXPECTED[slug], 'what is expected of it').toBeDefined();
    for (const file of files) holdTo(api, new Uint8Array(readFileSync(join(path, file))), EXPECTED[slug]!);
  });
});

describe('others of their kinds', () => {
  test.each(VARIANTS)('%s', (_name, api, body, expected) => holdTo(api, body, expected));
});

describe('faults of the framing, in the forms in which they come', () => {
  test.each(FRAMING_VARIANTS)('%s', (_name, api, body, expected) => holdTo(api, body, expected));
});

/** docs/bundle.md and its schema say what bundles are: the schema is that of the code, and both the code's files and the document's example keep to it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { BUNDLE_VERSION, bundleLineSchema } from '../../../src/shared/bundle/bundle.ts';
import { EXPORT_PARTS } from '../../../src/shared/model/export.ts';
import { exported, traceToExport } from '../../support/exports.ts';
import { readsOf } from '../../support/framing.ts';
import { allStreams } from '../../support/fixtures.ts';

const file = new URL('../../../docs/bundle.schema.json', import.meta.url);
const document = readFileSync(new URL('../../../docs/bundle.md', import.meta.url), 'utf8');

/** Written anew by `UPDATE_DOCS=1 npx vitest run test/unit/exports/bundle-document.test.ts`. */
const current = {
  ...z.toJSONSchema(bundleLineSchema, { io: 'input' }),
  title: `A line of a Tracelane bundle, version ${BUNDLE_VERSION}`,
};
if (process.env['UPDATE_DOCS']) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);

const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
const valid = new Ajv2020({ validateFormats: false }).compile(schema);

it('the schema in the documents is that of the code', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(current)));
});

it('every line of a bundle keeps to the schema', async () => {
  const traces = allStreams()
    .slice(0, 8)
    .map(({ api, bytes }) => traceToExport(api, readsOf(bytes, [7, 4096])));
  for (const parts of [EXPORT_PARTS, [] as const]) {
    const { bytes } = await exported(traces, { format: 'bundle', parts, secrets: 'redact' }, '1');
    for (const line of gunzipSync(bytes).toString().trimEnd().split('\n'))
      expect([line.slice(0, 80), valid(JSON.parse(line)), valid.errors]).toEqual([line.slice(0, 80), true, null]);
  }
});

it('the example in the document has lines of each type, which the schema takes where they are whole', () => {
  const [, example] = /```json\n([^]*?)```/.exec(document)!;
  const lines = example!
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string });
  expect(lines.map(({ type }) => type)).toEqual(['manifest', 'trace', 'read', 'read', 'end']);
  for (const line of lines)
    if (!JSON.stringify(line).includes('"…":') && line.type !== 'end') expect(valid(line)).toBe(true);
  expect(valid({ type: 'read', tNs: 1 })).toBe(false);
});

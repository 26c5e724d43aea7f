import { expect, it } from 'vitest';
import { lint } from '../../../src/shared/compare/lint.ts';
import { isWireEmission, type Emission } from '../../../src/shared/model/messages.ts';
import { runWire } from '../../support/wire.ts';

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

/** How often the lint of an answer of so many blocks, each with a remark on a character in it, looks at messages. */
function looks(blocks: number): number {
  const body = Array.from({ length: blocks }, (_, index) =>
    [
      event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
      event('content_block_delta', { index, delta: { type: 'text_delta', text: `a\u0000 ${index}` } }),
      event('content_block_stop', { index }),
    ].join(''),
  ).join('');
  const run = runWire('messages', body);
  let count = 0;
  const watched = (emission: Emission): Emission =>
    isWireEmission(emission)
      ? new Proxy(emission, { get: (target, key) => (count++, Reflect.get(target, key) as unknown) })
      : emission;
  const remarks = lint({ ...run, emissions: run.emissions.map(watched) });
  expect(remarks.filter(({ rule }) => rule === 'control-character').map(({ count: times }) => times)).toEqual([blocks]);
  return count;
}

it('looks at each message of an answer of many blocks a bounded number of times', () => {
  const [tenth, whole] = [looks(50), looks(500)];
  expect(whole).toBeLessThan(tenth * 10.5);
});

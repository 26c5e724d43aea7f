/** Which recordings are offered as the other side of an exchange. */
import { expect, test } from 'vitest';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { CaptureFacts } from '../../../src/shared/model/capture.ts';
import type { Metrics } from '../../../src/shared/model/trace.ts';
import { partnersOf, type PartnerTrace } from '../../../src/shared/pairing/partners.ts';

const MS = 1e6;
const over = (totalNs: number | null) => ({ totalNs }) as Metrics;

/** Came from `startedAt` on for so many milliseconds. `answer`: its digest. */
function made(
  id: string,
  startedAt: number,
  ms: number,
  { route = 'gateway', title = 'hello', answer = id, requestId = '' } = {},
): PartnerTrace {
  const side = { bytes: 9, reads: 1, sha256: answer };
  const crossing = { in: side, out: side, headUnchanged: true, firstDelayNs: 0, largestDelayNs: 0, heldNs: 0 };
  return {
    id: traceId(id),
    title,
    startedAt,
    metrics: over(ms * MS),
    responseHead: { status: 200, statusText: 'OK', headers: [['x-request-id', requestId]] },
    capture: { route, certificate: { request: crossing, answer: crossing } } as CaptureFacts,
  };
}

const outer = made('outer', 1_000, 500);
const provider = { route: 'openai' };

test.each([
  ['that lies within it and asks the same', made('inner', 1_010, 480, provider), ['time']],
  [
    'whose bytes are the same',
    made('inner', 1_010, 480, { ...provider, title: 'x', answer: 'outer' }),
    ['digest', 'time'],
  ],
])('one %s is offered', (_, inner, signs) => {
  const found = { id: inner.id, title: inner.title, side: 'provider', signs };
  expect(partnersOf(outer, [outer, inner])).toEqual([found]);
  expect(partnersOf(inner, [outer, inner])).toEqual([{ ...found, id: outer.id, title: outer.title, side: 'client' }]);
});

test.each([
  ['asks something else', made('other', 1_010, 480, { ...provider, title: 'x' })],
  ['was over later', made('other', 1_010, 600, provider)],
  ['went to the same place', made('other', 1_010, 480)],
  ['came before', made('other', 100, 100, { ...provider, answer: 'outer' })],
  ['is not over', { ...made('other', 1_010, 0, provider), metrics: over(null) }],
])('one that %s is not', (_, other) => {
  expect(partnersOf(outer, [outer, other])).toEqual([]);
});

test('the likeliest comes first', () => {
  const early = made('early', 1_100, 300, provider);
  const late = made('late', 1_200, 200, provider);
  const same = made('same', 1_300, 100, { ...provider, answer: 'outer' });
  expect(partnersOf(outer, [late, early, same]).map(({ id }) => id)).toEqual(['same', 'early', 'late']);
});

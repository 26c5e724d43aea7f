/** Two recordings of one exchange: which hop held it, and what a gateway made of it. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { Api, Read } from '../../../src/shared/model/stream.ts';
import { aligned } from '../../../src/shared/pairing/aligned.ts';
import type { Content } from '../../../src/shared/pairing/content.ts';
import { holdsOf } from '../../../src/shared/pairing/held.ts';
import { pairTraces, type PairResult, type TraceToPair } from '../../../src/shared/pairing/pair.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { laneSetup } from '../../support/wire.ts';

const MS = 1e6;

/** Pieces of a text with the times at which they come. */
function content(pieces: readonly (readonly [text: string, tNs: number])[]): Content {
  let text = '';
  return {
    key: 'text',
    pieces: pieces.map(([piece, tNs], event) => {
      text += piece;
      return { end: text.length, tNs, event };
    }),
    get text() {
      return text;
    },
  };
}

describe('holds', () => {
  const waits = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 6 }), fc.nat(1_000)), {
    minLength: 1,
    maxLength: 20,
  });

  test('cover the time without a gap, and each is the provider’s and the gateway’s together', () => {
    fc.assert(
      fc.property(
        waits,
        fc.array(fc.nat(500), { minLength: 20, maxLength: 20 }),
        fc.nat(300),
        fc.nat(200),
        (made, held, asked, late) => {
          let at = asked;
          let gave = 0;
          const inner = made.map(([text, wait]) => [text, (at += wait)] as const);
          const outer = inner.map(([text, tNs], i) => [text, (gave = Math.max(gave, tNs + held[i]!))] as const);
          const { passed, delays, lost, invented } = aligned('text', content(outer), content(inner));
          expect([lost, invented]).toEqual(['', '']);
          expect(delays).toEqual(outer.map(([, tNs], i) => tNs - inner[i]![1]));
          const holds = holdsOf({ startNs: 0, askedNs: asked, endNs: gave + late, providerEndNs: at }, passed);
          expect(holds.map(({ fromNs }) => fromNs)).toEqual(
            [0, ...holds.map(({ toNs }) => toNs)].slice(0, holds.length),
          );
          expect(holds.at(-1)?.toNs ?? 0).toBe(gave + late);
          for (const { fromNs, toNs, providerNs, gatewayNs } of holds) {
            expect(providerNs + gatewayNs).toBe(toNs - fromNs);
            expect(Math.min(providerNs, gatewayNs)).toBeGreaterThanOrEqual(0);
          }
          // What a gateway holds back that adds nothing is what it took to ask.
          if (held.slice(0, made.length).every((ns) => ns === 0) && late === 0)
            expect(holds.reduce((sum, { gatewayNs }) => sum + gatewayNs, 0)).toBe(asked);
        },
      ),
    );
  });

  test('are told apart: the provider’s pause from the gateway’s', () => {
    const inner = content([
      ['a', 10],
      ['b', 20],
      ['c', 1_020],
      ['d', 1_030],
    ]);
    const outer = content([
      ['a', 11],
      ['b', 521],
      ['c', 1_021],
      ['d', 1_531],
    ]);
    const holds = holdsOf(
      { startNs: 0, askedNs: 5, endNs: 1_532, providerEndNs: 1_031 },
      aligned('text', outer, inner).passed,
    );
    expect(holds.map(({ providerNs, gatewayNs }) => [providerNs, gatewayNs])).toEqual([
      [5, 6],
      [9, 501],
      [499, 1],
      [9, 501],
      [0, 1],
    ]);
  });

  test('of a text that was joined begin when its first character was there', () => {
    const inner = content([
      ['a', 10],
      ['b', 500],
      ['c', 900],
    ]);
    const outer = content([['abc', 1_000]]);
    const { passed, merged, delays } = aligned('text', outer, inner);
    expect([merged, delays]).toEqual([2, [990, 500, 100]]);
    expect(holdsOf({ startNs: 0, askedNs: 0, endNs: 1_000, providerEndNs: 950 }, passed)).toMatchObject([
      { providerNs: 10, gatewayNs: 990 },
    ]);
  });
});

test('what was changed is told with where it stands', () => {
  const { lost, invented, lostAt, inventedAt } = aligned(
    'text',
    content([
      ['Hello ', 1],
      ['there', 2],
    ]),
    content([
      ['Hello ', 1],
      ['world', 2],
    ]),
  );
  expect([lost.length > 0, invented.length > 0, lostAt, inventedAt]).toEqual([true, true, 1, 1]);
});

/** A sample as one side has it: each event at its time. */
function side(
  api: Api,
  {
    model = 'parallel-tools',
    startedAt = 0,
    everyMs = 10,
    afterMs = 0,
    bytes = sampleBody(api, model).bytes,
    one = false,
  } = {},
): TraceToPair {
  const text = Buffer.from(bytes);
  const reads: Read[] = [];
  for (let from = 0; from < text.length;) {
    const found = text.indexOf('\n\n', from);
    const to = one || found < 0 ? text.length : found + 2;
    reads.push({
      n: reads.length,
      tNs: (afterMs + everyMs * (reads.length + 1)) * MS,
      offset: from,
      bytes: text.subarray(from, to),
    });
    from = to;
  }
  const input = readAll(reads, laneSetup(api), { lanes: ['wire'], timed: true });
  const last = reads.at(-1)!.tNs;
  return {
    input,
    detail: {
      id: traceId(`00000000-0000-4000-8000-0000000000${startedAt.toString().padStart(2, '0')}`),
      title: api,
      api,
      model,
      startedAt,
      timed: true,
      metrics: { totalNs: last } as TraceToPair['detail']['metrics'],
      ...(input.ending && { ending: input.ending }),
    },
  };
}

const said = ({ findings }: PairResult): readonly string[] => findings.map(({ kind, of }) => `${kind} ${of}`);

describe('a pair', () => {
  test('of one protocol loses nothing', () => {
    const inner = side('chat_completions', { startedAt: 5 });
    const result = pairTraces(side('chat_completions', { afterMs: 7 }), inner);
    expect(result.evidence).toEqual({ outer: 'a', signs: ['id', 'time'] });
    expect(said(result)).toEqual([]);
    expect(result.delay).toEqual({ medianNs: 2 * MS, largestNs: 2 * MS });
    expect(result.holds[0]).toMatchObject({ fromNs: 0 });
    expect(result.providerNs + result.gatewayNs).toBe(result.outer.endNs);
  });

  test('is the same in either order', () => {
    const [outer, inner] = [side('chat_completions', { afterMs: 7 }), side('messages', { startedAt: 5 })];
    const { evidence: _one, ...forward } = pairTraces(outer, inner);
    const { evidence, ...backward } = pairTraces(inner, outer);
    expect(backward).toEqual(forward);
    expect(evidence.outer).toBe('b');
  });

  test('of two protocols is aligned by what is meant', () => {
    const result = pairTraces(side('chat_completions', { afterMs: 200 }), side('messages', { startedAt: 5 }));
    // Both say one thing, but for what each protocol has its own of, and the samples' own counts.
    const grave = result.findings.filter(({ severity }) => severity === 'critical' || severity === 'major');
    expect(new Set(grave.map(({ of }) => of))).toEqual(new Set(['usage']));
    expect(result.findings.map(({ sentence }) => sentence)).toContain(
      'The arguments of call 1 were written anew, as another text of the same value.',
    );
    expect(result.delay!.largestNs).toBeGreaterThan(0);
  });

  test('tells what a gateway lost, invented and joined', () => {
    const whole = sampleBody('chat_completions', 'plain-text').bytes;
    const text = Buffer.from(whole).toString();
    const inner = side('chat_completions', {
      model: 'plain-text',
      startedAt: 5,
      bytes: Buffer.from(text.slice(0, text.length * 0.6)),
    });
    const invented = pairTraces(side('chat_completions', { model: 'plain-text', afterMs: 900 }), inner);
    expect(said(invented)).toEqual(
      expect.arrayContaining(['invented ending', 'invented text', 'invented finish', 'delayed text']),
    );
    expect(invented.findings[0]).toMatchObject({ severity: 'critical' });
    const joined = pairTraces(
      side('chat_completions', { model: 'plain-text', afterMs: 2_000, one: true }),
      side('chat_completions', { model: 'plain-text', startedAt: 5 }),
    );
    expect(said(joined)).toEqual(['merged text', 'delayed text']);
    expect(joined.gatewayNs).toBeGreaterThan(joined.providerNs);
  });

  test('of clocks that differ is moved, so that nothing reaches the client before the gateway has it', () => {
    const { clockShiftNs, delay } = pairTraces(side('chat_completions'), side('chat_completions', { startedAt: 50 }));
    expect(clockShiftNs).toBe(-50 * MS);
    expect(delay).toEqual({ medianNs: 0, largestNs: 0 });
  });
});

/** What seeking holds: a model of any moment is the one that reading the stream up to there gives, and goes on like it. */
import { isDeepStrictEqual as same } from 'node:util';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import { DecodePass } from '../../../src/shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import { decodeSetup } from '../../../src/main/core/decoding/decode-setup.ts';
import { corpusFiles, type CorpusFile } from '../../support/corpus.ts';
import { wireFixtures } from '../../support/fixtures.ts';
import { readsOf } from '../../support/framing.ts';
import { liveItems, memoryTrace, type MemoryTrace } from '../../support/trace-source.ts';

const MS = 1e6;
const GAP_NS = 10 * MS;
/** Items between two checkpoints of the model: more than most streams here have, which then begin at one. */
const CHECKPOINT = 4096;
/** Comes before a stream, so often that a checkpoint lies somewhere in it. */
const COMMENT: TraceItem = { k: 'note', start: 0, end: 0, tNs: 0, type: 'comment', text: '' };

const timed = (file: Pick<CorpusFile, 'api' | 'bytes'>, size: number): MemoryTrace =>
  memoryTrace(
    file.api,
    readsOf(file.bytes, [size]).map((read, n) => ({ ...read, tNs: (n + 1) * GAP_NS })),
    { afterNs: GAP_NS },
  );

const modelOf = (items: readonly TraceItem[], seekable = false): TraceModel => {
  const model = new TraceModel({ seekable });
  model.apply(items);
  return model;
};

/** All that a model shows, without what its objects are. */
const stateOf = (model: TraceModel) => ({
  count: model.count,
  head: model.head,
  reads: model.reads,
  events: model.events,
  messages: model.messages,
  notes: model.notes,
  outcomes: [...model.outcomes],
  ending: model.ending,
  metrics: model.metrics,
  lastNs: model.lastNs,
  usage: model.usage,
  of: ['wire', 'legacy', 'simple'].map((lane) => [
    model.messagesOf(lane),
    model.blocks.last(lane)?.key,
    model.blocks.errorEvent(lane),
  ]),
  rows: model.blocks.rows.map(({ cells, ...row }) => ({
    ...row,
    found: model.blocks.row(row.id)?.id,
    cells: Object.entries(cells).map(([lane, blocks]) => [
      lane,
      blocks.map(({ row: own, ...block }) => ({ ...block, own: own.id })),
    ]),
  })),
});

/** Reads so many reads, as if no more had come yet. */
function prefix({ trace, head, reads }: MemoryTrace, count: number): readonly TraceItem[] {
  const pass = new DecodePass({ ...decodeSetup(trace) });
  return [
    ...pass.begin(),
    ...(head ? pass.head(head.head, head.tNs) : []),
    ...reads.slice(0, count).flatMap((read) => pass.feed(read)),
  ];
}

const files = [...wireFixtures(), ...corpusFiles()];

describe('a moment of a stream', () => {
  test('is what reading the bytes up to it gives, in all lanes, for every stream', () => {
    for (const file of files) {
      const trace = timed(file, Math.max(40, Math.ceil(file.bytes.length / 80)));
      const items = liveItems(trace);
      const whole = modelOf(items, true);
      const reads = trace.reads.length;
      for (const count of new Set([0, reads >> 2, reads - 1, reads])) {
        const at = whole.countAt(count * GAP_NS);
        const where = `${file.name} after ${count} of ${reads} reads`;
        expect(same(items.slice(0, at), prefix(trace, count)), where).toBe(true);
        expect(same(stateOf(whole.asOf(at)), stateOf(modelOf(items.slice(0, at)))), where).toBe(true);
        expect(whole.timeOf(at)).toBe(count * GAP_NS);
      }
      expect(whole.countAt(trace.trace.metrics.totalNs!)).toBe(items.length);
    }
  });

  test('is so at any item, forwards and backwards, wherever a checkpoint lies, and leaves the whole as it is', () => {
    const read = new Map<CorpusFile, readonly TraceItem[]>();
    const itemsOf = (file: CorpusFile) => {
      const items = read.get(file) ?? liveItems(timed(file, 97));
      read.set(file, items);
      return items;
    };
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(), fc.nat(), (file, checkpoint, first, second) => {
        const own = itemsOf(file);
        const before = CHECKPOINT - (checkpoint % Math.min(own.length, CHECKPOINT));
        const items = [...Array.from({ length: before }, () => COMMENT), ...own];
        const whole = modelOf(items, true);
        const state = structuredClone(stateOf(whole));
        const from = before + (first % (own.length + 1));
        const to = from + (second % (items.length + 1 - from));
        const model = whole.asOf(from);
        expect(same(stateOf(model), stateOf(modelOf(items.slice(0, from))))).toBe(true);
        model.advance(whole, to);
        expect(same(stateOf(model), stateOf(modelOf(items.slice(0, to))))).toBe(true);
        model.advance(whole, items.length);
        expect(same(stateOf(model), state)).toBe(true);
        expect(same(stateOf(whole), state)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('of an event ends with what the event caused', () => {
    for (const file of wireFixtures()) {
      const items = liveItems(timed(file, 400));
      const whole = modelOf(items, true);
      expect(whole.countWith(-1)).toBe(0);
      for (let event = 0; event < whole.events.length; event++) {
        const count = whole.countWith(event);
        const model = whole.asOf(count);
        expect(model.events.length).toBe(event + 1);
        const next = items[count]!;
        const ending = items.length - 1 - (whole.outcomes.size + 1);
        if (count < ending) expect(next.k === 'message' && next.emission.event === event).toBe(false);
      }
    }
  });
});

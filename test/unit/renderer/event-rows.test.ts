/** The rows of the Events and Messages tabs: what is shown, merged and left out, however the stream arrives. */
import { describe, expect, it } from 'vitest';
import { EventFacts, EventList, type EventListSetup } from '../../../src/renderer/views/events/event-list.ts';
import { nextSort, orderOf, type EventSort } from '../../../src/renderer/views/events/event-order.ts';
import { jsonOfFrames } from '../../../src/renderer/views/events/copy-events.ts';
import { MessageList } from '../../../src/renderer/views/messages/message-list.ts';
import { toolsOf } from '../../../src/renderer/views/replay/tools-of.ts';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import { bytesOf } from '../../support/framing.ts';
import { itemsOf, text, wireArgs, wireStart, wireText, type Step } from '../../support/items.ts';

const PLAIN: EventListSetup = { merge: false, all: false, range: null, hidden: new Set(), text: '' };
const STEPS: readonly Step[] = [
  { ms: 1, kind: 'start', wire: [{ message_type: 'response', id: 'r', model: 'm' }] },
  { ms: 2, block: 'b0', wire: [wireStart('b0', 'text')] },
  { ms: 3, kind: 'ping', wire: [{ message_type: 'event', type: 'ping', known: true }] },
  { ms: 4, block: 'b0', chars: 2, wire: [wireText('b0', 'He')], legacy: [text('He')] },
  { ms: 5, block: 'b0', chars: 3, wire: [wireText('b0', 'llo')], legacy: [text('llo')] },
  { ms: 6, block: 'b0', wire: [wireText('b0', '')] },
  { ms: 7, kind: 'tool', block: 'b1', chars: 4, wire: [wireArgs('b1', '{"a"')] },
  { ms: 8, kind: 'tool', block: 'b1', wire: [wireArgs('b1', '')], legacy: [text('an adapter said something')] },
];
const ITEMS = itemsOf(STEPS);
const comment: TraceItem = { k: 'note', start: 25, end: 26, tNs: 3e6, type: 'comment', text: ' keep-alive' };
const broken: TraceItem = { k: 'note', start: 55, end: 56, tNs: 6e6, type: 'bad-utf8', text: '' };

function listOf(setup: EventListSetup, items: readonly TraceItem[] = ITEMS, step = items.length) {
  const model = new TraceModel();
  const list = new EventList(model, setup);
  for (let at = 0; at < items.length; at += step) {
    model.apply(items.slice(at, at + step));
    list.take();
  }
  return list;
}
const shape = (list: EventList) =>
  list.rows
    .map((row) =>
      row.type === 'note' ? `note ${row.note}` : row.count === 1 ? String(row.first) : `${row.first}-${row.last}`,
    )
    .join(' ');

describe('the rows of the Events tab', () => {
  it('leave out pings and deltas that say nothing to anyone, and count them', () => {
    const list = listOf(PLAIN);
    expect(shape(list)).toBe('0 1 3 4 6 7');
    expect(list.quiet).toBe(2);
    expect([list.rowOf(2), list.rowOf(3)]).toEqual([-1, 2]);
  });

  it('are only those of the wanted kinds that have the text', () => {
    const shown = (setup: Partial<EventListSetup>, items = ITEMS) => shape(listOf({ ...PLAIN, ...setup }, items));
    expect(shown({ hidden: new Set(['tool', 'start']) })).toBe('1 3 4');
    expect(shown({ hidden: new Set(['tool']), all: true })).toBe('0 1 2 3 4 5');
    const named = ITEMS.map((item): TraceItem =>
      item.k === 'event' && item.event.index === 4
        ? { k: 'event', event: { ...item.event, preview: 'Llo', target: 'Choice 0' } }
        : item,
    );
    expect(shown({ text: 'LL' }, named)).toBe('4');
    expect(shown({ text: 'choice' }, named)).toBe('4');
    expect(shown({ text: 'nothing has this' })).toBe('');
  });

  it('are sorted by a column, equal ones as they came, and come back to their order', () => {
    const model = new TraceModel();
    model.apply([...ITEMS.slice(0, 3), comment, ...ITEMS.slice(3)]);
    const list = new EventList(model, { ...PLAIN, all: true });
    list.take();
    const sorted = (sort: EventSort) =>
      [...orderOf(list.rows, model, sort)].map((at) => {
        const row = list.rows[at]!;
        return row.type === 'event' ? row.first : 'note';
      });
    expect(sorted({ by: 'chars', descending: true })).toEqual([6, 4, 3, 0, 1, 2, 5, 7, 'note']);
    expect(sorted({ by: 'chars', descending: false })).toEqual([0, 1, 2, 5, 7, 3, 4, 6, 'note']);
    expect(sorted({ by: 'kind', descending: true })).toEqual([0, 1, 3, 4, 5, 6, 7, 2, 'note']);
    expect(nextSort(nextSort(nextSort(null, 'wait'), 'wait'), 'wait')).toBeNull();
    expect(nextSort({ by: 'wait', descending: true }, 'bytes')).toEqual({ by: 'bytes', descending: true });
  });

  it('show all when asked', () => expect(shape(listOf({ ...PLAIN, all: true }))).toBe('0 1 2 3 4 5 6 7'));

  it('merge consecutive deltas of one target', () => {
    const list = listOf({ ...PLAIN, merge: true });
    expect(shape(list)).toBe('0 1 3-4 6 7');
    expect(list.rows[2]).toMatchObject({ count: 2, chars: 5, bytes: 20, sizes: [2, 3] });
    expect(list.rowOf(4)).toBe(2);
  });

  it('add up the characters of a target, whatever is shown, and share what is known of the events', () => {
    const model = new TraceModel();
    const facts = new EventFacts(model);
    for (const item of ITEMS) {
      model.apply([item]);
      facts.take();
    }
    const list = new EventList(model, PLAIN, facts);
    list.take();
    expect([4, 5, 6].map((event) => facts.running(event))).toEqual([5, 5, 4]);
    expect(facts.kinds.get('tool')).toBe(2);
    expect(list.quiet).toBe(listOf(PLAIN).quiet);
    expect(list.rows).toEqual(listOf(PLAIN).rows);
  });

  it('keep to the range of time', () => {
    const list = listOf({ ...PLAIN, range: [3.5e6, 6e6] });
    expect(shape(list)).toBe('3 4');
    expect(list.inRange).toBe(3);
  });

  it('put notes in their place: comments are quiet, broken bytes are not', () => {
    const items = [...ITEMS.slice(0, 6), comment, ...ITEMS.slice(6), broken];
    expect(shape(listOf(PLAIN, items))).toContain('note 1');
    expect(shape(listOf(PLAIN, items))).not.toContain('note 0');
    expect(listOf(PLAIN, items).quiet).toBe(3);
    expect(shape(listOf({ ...PLAIN, all: true }, items))).toContain('note 0');
  });

  it('are the same however the items arrive in batches of whole events', () => {
    for (const merge of [false, true]) {
      const whole = listOf({ ...PLAIN, merge });
      const model = new TraceModel();
      const list = new EventList(model, { ...PLAIN, merge });
      for (const item of groups(ITEMS)) {
        model.apply(item);
        list.take();
      }
      expect(shape(list)).toBe(shape(whole));
    }
  });
});

/** One batch for each read, as the host sends them. */
function groups(items: readonly TraceItem[]): TraceItem[][] {
  const batches: TraceItem[][] = [];
  for (const item of items) {
    if (item.k === 'read') batches.push([]);
    batches.at(-1)!.push(item);
  }
  return batches;
}

describe('the rows of the Messages tab', () => {
  const model = new TraceModel();
  model.apply(ITEMS);

  it('hold the chosen lanes in the order of emission', () => {
    const list = new MessageList(model, new Set(['legacy']), null);
    list.take();
    expect(list.rows.map((at) => model.messages[at]!.event)).toEqual([3, 4, 7]);
    expect([list.firstOf(4), list.firstOf(5)]).toEqual([1, -1]);
  });
  it('keep to the range of time', () => {
    const list = new MessageList(model, new Set(['wire', 'legacy']), [4e6, 4.5e6]);
    list.take();
    expect(list.rows.length).toBe(2);
  });
});

describe('copying events', () => {
  const SSE = { api: 'chat_completions', framing: 'sse' } as const;

  it('gives the JSON as it came: numbers, duplicate keys, order', () => {
    expect(jsonOfFrames(SSE, bytesOf('data: {"a":1.0,"a":12345678901234567890}\n\n'), 0)).toBe(
      '{"a":1.0,"a":12345678901234567890}',
    );
    expect(jsonOfFrames(SSE, bytesOf('data: 1\n\ndata: [DONE]\n\n'), 0)).toBe('[\n1,\n"[DONE]"\n]');
  });
});

describe('the tools a play can ask approval for', () => {
  it('are those offered and those called, each once', () => {
    const asked = (request: unknown) => ({ api: 'chat_completions', request });
    const model = new TraceModel();
    model.apply(
      itemsOf([{ ms: 1, kind: 'tool', block: 'b', wire: [wireStart('b', 'tool', { name: 'called', id: 'c' })] }]),
    );
    expect(
      toolsOf(asked({ tools: [{ name: 'a' }, { type: 'function', function: { name: 'called' } }, 'odd'] }), model),
    ).toEqual(['a', 'called']);
    expect(toolsOf(asked('odd'), model)).toEqual(['called']);
  });
});

import { expect, it } from 'vitest';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import type { ComparisonInput, Entry } from '../../../src/shared/compare/lane-reading.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

/** How often the comparison looks at a message: what it does with one is bounded. */
function looks(events: number): number {
  const body = chatBody(
    ...Array.from({ length: events }, (_, n) =>
      chunk(n % 2 === 0 ? { content: `word ${n} ` } : { reasoning_content: 'so ' }),
    ),
    '[DONE]',
  );
  const input = readAll(new TextEncoder().encode(body), {
    ...laneSetup('chat_completions'),
    request: { messages: [] },
  });
  let count = 0;
  const watched = (entry: Entry): Entry =>
    new Proxy(entry, { get: (target, key) => (count++, Reflect.get(target, key) as unknown) });
  for (const strands of input.strands.values())
    for (const lane of Object.values(strands))
      for (const strand of Object.values(lane)) (strand as { entries: Entry[] }).entries = strand.entries.map(watched);
  const result = compareLanes({ ...input } satisfies ComparisonInput);
  expect(result.laneMap.notes.length).toBeLessThan(15_000);
  return count;
}

it('looks at each message of a trace of 30,000 events a bounded number of times', () => {
  const [tenth, whole] = [looks(3_000), looks(30_000)];
  expect(whole).toBeLessThan(tenth * 10.5);
});

/** The index of a trace that is too long for it: named as such, found by what was read of it, and nothing to the next one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { tasksOver } from '../../src/main/core/decoding/tasks/registry.ts';
import { TaskContext } from '../../src/main/core/decoding/tasks/task.ts';
import { bytesOf, readsOf } from '../support/framing.ts';
import { memorySource, memoryTrace } from '../support/trace-source.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});

const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

test.each([
  ['pieces of 64 KB', 64 * 1024],
  ['one read', Number.MAX_SAFE_INTEGER],
])(
  'R2 a trace of more events than facts are made of, in %s, says so and is found by its beginning alone',
  async (_cut, pieceBytes) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tracelane-index-'));
    cleanups.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const of = (id: string, text: string) =>
      memoryTrace('chat_completions', readsOf(bytesOf(text), [pieceBytes]), { id });
    // More than are compared at once, too.
    const long = of('long', event('zebra') + 'data: {}\n\n'.repeat(520_000) + event('walrus') + DONE);
    const short = of('short', event('walrus') + DONE);
    const source = memorySource([long, short]);
    let last = 0;
    const context = new TaskContext(
      {
        ...source,
        reads: async (id, from, maxBytes) => {
          const page = await source.reads(id, from, maxBytes);
          if (id === long.trace.id) last = Math.max(last, page.at(-1)?.n ?? 0);
          return page;
        },
      },
      '0',
      dataDir,
    );
    cleanups.push(() => context.close());
    const tasks = tasksOver(context);

    const { facts } = await tasks.index({ nr: 1, id: long.trace.id });
    expect(facts).toMatchObject({
      differs: [],
      problem: expect.stringMatching(/^Facts of this trace are not computed: it has more than 200,000 events\. /),
    });
    expect(last).toBeLessThan(Math.max(1, long.reads.length - 1));
    expect((await tasks.index({ nr: 2, id: short.trace.id })).facts.problem).toBeUndefined();

    const found = async (text: string) => {
      const page = await tasks['search.find']({ text, limit: 9 });
      return page === 'damaged' ? page : page.found.map(({ nr }) => nr);
    };
    expect([await found('zebra'), await found('walrus')]).toEqual([[1], [2]]);
  },
);

/** A lane that is added while the program runs is a lane like the others, wherever lanes are compared, drawn or printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addCompare } from '../../../src/main/hosts/cli/compare.ts';
import { printLanes } from '../../../src/main/hosts/cli/lanes.ts';
import { geometry } from '../../../src/renderer/views/compare/lane-map-layout.ts';
import { comparisonHtml } from '../../../src/shared/compare/html.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { comparisonMarkdown } from '../../../src/shared/compare/markdown.ts';
import { optionsMatrix } from '../../../src/shared/compare/matrix.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { CompareResult } from '../../../src/shared/compare/result.ts';
import { DecodePass } from '../../../src/shared/lanes/decode-pass.ts';
import { chosenLanes, lanesReading, registerLane } from '../../../src/shared/lanes/registry.ts';
import { cellOf } from '../../../src/shared/model/block-row.ts';
import { LaneBlocks } from '../../../src/shared/model/blocks.ts';
import { LOUD } from '../../support/loud/lane.ts';
import { sourcesIn, src } from '../../support/source-imports.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const API = 'chat_completions';
const body = new TextEncoder().encode(
  chatBody(chunk({ content: 'Hello ' }), chunk({ content: 'you' }), chunk({}, {}, { finish_reason: 'stop' }), '[DONE]'),
);
const setup = { ...laneSetup(API), request: { messages: [] } };
const FOUR = ['wire', 'legacy', 'simple', 'loud'];

let remove: () => void;
beforeAll(() => {
  remove = registerLane(LOUD);
});
afterAll(() => {
  remove();
  expect(lanesReading(API)).toEqual(['wire', 'legacy', 'simple']);
});

describe('the registry', () => {
  test('has it behind the others, and refuses a second one of its name', () => {
    expect(lanesReading(API)).toEqual(FOUR);
    expect(() => registerLane(LOUD)).toThrow('Lane loud already exists.');
    expect(() => registerLane({ ...LOUD, id: 'Loud lane' })).toThrow('cannot name a lane');
  });

  test('chooses in its own order, and always the wire', () => {
    expect(chosenLanes(API, ['loud', 'legacy', 'nowhere'])).toEqual(['wire', 'legacy', 'loud']);
    expect(chosenLanes(API, [])).toEqual(['wire']);
  });
});

test('the adapters are named where they are defined, in the sentences of the samples and in what older traces were read by', () => {
  const naming = sourcesIn('.').filter((file) =>
    /['"](?:legacy|simple)['"]/.test(readFileSync(join(src, file), 'utf8')),
  );
  expect(naming.toSorted()).toEqual([
    'main/core/samples/sentences.ts',
    'main/core/store/sql/migrations.ts',
    'shared/adapters/legacy/index.ts',
    'shared/adapters/simple/index.ts',
  ]);
});

describe('a decode pass', () => {
  const items = (lanes: readonly string[]) => {
    const pass = new DecodePass({ ...setup, lanes });
    return [
      ...pass.begin(),
      ...pass.feed({ n: 0, tNs: 0, offset: 0, bytes: body }),
      ...pass.end(0, () => ({ state: 'complete', rule: '' })),
    ];
  };

  test('runs it beside the wire, and its text stands in the row of the block that caused it', () => {
    const blocks = new LaneBlocks();
    for (const item of items(['wire', 'loud'])) {
      if (item.k === 'event') blocks.event(item.event);
      else if (item.k === 'message') blocks.message(item.emission);
    }
    const row = blocks.rows.find(({ kind }) => kind === 'text')!;
    expect(cellOf(row, 'loud').map(({ pieces }) => pieces.join(''))).toEqual(['HELLO YOU']);
    expect(cellOf(row, 'simple')).toEqual([]);
  });

  test('says which lane it left out, and reads on with the others', () => {
    const given = items(['wire', 'quiet', 'loud']);
    expect(given[0]).toMatchObject({ k: 'note', type: 'lane-left-out', text: expect.stringContaining('quiet') });
    expect(given.filter(({ k }) => k === 'outcome')).toHaveLength(2);
  });
});

describe('a comparison', () => {
  const compared = (): CompareResult => compareLanes(readAll(body, setup));

  test('has its verdict, its column, its staff and its findings', () => {
    const { lanes, verdict, rows, laneMap, findings } = compared();
    expect(lanes.map(({ id, label }) => [id, label]).at(-1)).toEqual(['loud', 'Loud']);
    expect(verdict.text['loud']).toMatchObject({ equal: false });
    expect(verdict.text['simple']).toMatchObject({ equal: true });
    const text = rows.find(({ kind }) => kind === 'text')!;
    expect(Object.keys(text.cells)).toEqual(FOUR);
    expect(text.cells['loud']!.marks.map(({ mark }) => mark)).toContain('added');
    expect(laneMap.notes.some(({ lane, chars }) => lane === 'loud' && chars > 0)).toBe(true);
    expect(geometry(laneMap, lanes).staves).toEqual(['legacy', 'wire', 'simple', 'loud']);
    expect(findings.filter(({ lane }) => lane === 'loud').map(({ kind }) => kind)).toContain('text-altered');
  });

  test('takes any lanes, also the wire alone', () => {
    const two = compareLanes(readAll(body, setup, { lanes: ['loud'] }));
    expect(two.lanes.map(({ id }) => id)).toEqual(['wire', 'loud']);
    expect(new Set(two.findings.map(({ lane }) => lane))).toEqual(new Set(['loud']));
    const one = compareLanes(readAll(body, setup, { lanes: ['wire'] }));
    expect([one.lanes.map(({ id }) => id), one.findings, one.rows.every(({ equal }) => equal)]).toEqual([
      ['wire'],
      [],
      true,
    ]);
    expect(Object.keys(one.verdict.text)).toEqual(['wire']);
  });

  test('has one row of it in the table of options: it knows none', () => {
    const rows = optionsMatrix(body, setup, FOUR, null).rows.filter(({ lane }) => lane === 'loud');
    expect(rows).toMatchObject([{ label: 'Loud', known: [], verdict: { text: { equal: false } } }]);
  });

  test('names it in what is exported', () => {
    const about = { title: 'A trace', api: API, model: 'm' };
    expect(comparisonHtml(compared(), { ...about, body })).toContain('<th>Loud</th>');
    expect(comparisonMarkdown(compared(), { ...setup, ...about, bytes: body.length }, null)).toContain(
      '| | Wire | Legacy | Simple | Loud |',
    );
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-loud-'));
  const file = join(folder, 'body.sse');
  writeFileSync(file, body);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function compare(...flags: readonly string[]): Promise<string> {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const program = new Command().exitOverride();
      addCompare(program);
      await program.parseAsync(['compare', file, '--api', API, ...flags], { from: 'user' });
      return write.mock.calls.map(([text]) => String(text)).join('');
    } finally {
      write.mockRestore();
    }
  }

  test('prints it as JSON, and in the heading of the table', async () => {
    const result = JSON.parse(await compare('--json')) as CompareResult;
    expect(result.lanes.map(({ id }) => id)).toEqual(FOUR);
    expect(result.verdict.text['loud']).toMatchObject({ equal: false });
    expect((await compare()).split('\n')[0]!.split(/\s{2,}/)).toEqual(['', ...FOUR]);
  });

  test('reads with the lanes that are named', async () => {
    const result = JSON.parse(await compare('--json', '--lanes', 'loud')) as CompareResult;
    expect(result.lanes.map(({ id }) => id)).toEqual(['wire', 'loud']);
    const lines: object[] = [];
    printLanes(body, { api: API, framing: 'sse', lanes: 'loud' }, (line) => lines.push(line));
    expect(lines[0]).toMatchObject({ message_type: 'assistant_message', content: 'HELLO ', event: 0 });
  });
});

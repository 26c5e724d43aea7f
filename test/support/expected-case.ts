/** Holds a stream to what must be learnt from it. */
import { expect } from 'vitest';
import { lint } from '../../src/shared/compare/lint.ts';
import type { BlockKind } from '../../src/shared/model/messages.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import type { ExpectedCase } from '../fixtures/cases.ts';
import { runWire } from './wire.ts';

const encoder = new TextEncoder();

export function holdTo(api: Api, body: string | Uint8Array, expected: ExpectedCase): void {
  const bytes = typeof body === 'string' ? encoder.encode(body) : body;
  const run = runWire(api, bytes);
  const { ending } = run;
  expect(ending.state).toBe(expected.ending);
  if (expected.says) expect(ending.rule).toMatch(expected.says);
  const remarks = lint(run);
  for (const wanted of expected.rules ?? []) {
    const [id, says] = typeof wanted === 'string' ? [wanted, /./] : wanted;
    const sentences = remarks.filter(({ rule }) => rule === id).map(({ sentence }) => sentence);
    expect(sentences, id).toContainEqual(expect.stringMatching(says));
  }
  for (const rule of expected.silent ?? []) expect(remarks.map((remark) => remark.rule)).not.toContain(rule);
  const { blocks, usage } = run.outcome;
  const textOf = (kind: BlockKind): string =>
    blocks
      .filter((block) => block.kind === kind)
      .map(({ text }) => text)
      .join('');
  if (expected.text !== undefined) expect(textOf('text')).toBe(expected.text);
  if (expected.reasoning !== undefined) expect(textOf('reasoning')).toBe(expected.reasoning);
  if (expected.calls)
    expect(blocks.filter(({ kind }) => kind === 'tool').map(({ name, text }) => [name, text])).toEqual(expected.calls);
  if (expected.usage) expect(usage).toMatchObject(expected.usage);
  const notes = run.summaries.flatMap((summary) => summary.notes ?? []);
  for (const note of expected.notes ?? []) expect(notes).toContainEqual(expect.stringMatching(note));
  const kept = run.messages.flatMap((message) => (message.message_type === 'event' ? [message.type] : []));
  for (const field of expected.kept ?? []) expect(kept).toContain(field);
}

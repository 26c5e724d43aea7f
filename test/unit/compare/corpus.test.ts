import { describe, expect, it } from 'vitest';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { otidOf } from '../../../src/shared/adapters/seed/message-writer.ts';
import { ODDITIES, type OddityId } from '../../../src/shared/adapters/seed/oddities.ts';
import { findAll } from '../../../src/shared/compare/findings/registry.ts';
import { ReadingFold, type ComparisonInput } from '../../../src/shared/compare/lane-reading.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { SeedMessage, SeedOutcome, WireMessage } from '../../../src/shared/model/messages.ts';
import { corpusFiles, SPEC_DIR, CORPUS_DIR } from '../../support/corpus.ts';
import { allStreams } from '../../support/fixtures.ts';
import { laneSetup } from '../../support/wire.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import type { LaneSetup } from '../../../src/shared/adapters/lane.ts';

const setupOf = (api: Api): LaneSetup => ({ ...laneSetup(api), request: api === 'responses' ? { input: 'hi' } : { messages: [] } });

/** The wire's own messages in the words of a seed adapter that loses nothing: the wire read against itself. */
function againstItself(input: ComparisonInput): ComparisonInput {
  const fold = new ReadingFold();
  const id = laneSetup('messages').messageId;
  let ordinal = 0;
  let index = 0;
  const last: { key?: string } = {};
  const emissions = Map.groupBy(input.emissions.wire, ({ event }) => event);
  for (const event of input.events) {
    fold.add([{ k: 'event', event }]);
    for (const emission of emissions.get(event.index) ?? []) {
      fold.add([{ k: 'message', emission }]);
      const message = seedMessage(emission.message as WireMessage, input);
      if (!message) continue;
      const key = `${message.message_type} ${(emission.message as { block: string }).block}`;
      if (last.key !== undefined && last.key !== key && index < 127) index++;
      last.key = key;
      fold.add([{ k: 'message', emission: { lane: 'simple', ordinal: ordinal++, event: event.index, message: { ...message, id, date: '', otid: index < 127 ? otidOf(id.slice(8), index) : null } as SeedMessage } }]);
    }
  }
  const { wire } = input;
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool');
  const [only] = calls;
  const outcome: SeedOutcome = {
    error: wire.errors[0] ? { stage: 'stream', message: wire.errors[0].message, event: wire.errors[0].event } : null, finished: wire.terminated || wire.finish.length > 0,
    tool_call: only && calls.length === 1 ? { id: only.tool_call_id ?? '', name: only.name ?? '', arguments: only.text } : null, reasoning_content: null, content: null,
    usage: { step_count: 1, prompt_tokens: wire.usage?.input ?? 0, completion_tokens: wire.usage?.output ?? 0, total_tokens: 0 }, message_id: null, provider_message_id: null, model: null, provider_trace: null,
  };
  fold.add([{ k: 'outcome', result: { lane: 'wire', outcome: wire } }, { k: 'outcome', result: { lane: 'simple', outcome } }]);
  return fold.result(input.setup, { timed: false });
}

function seedMessage(message: WireMessage, input: ComparisonInput): Pick<SeedMessage, 'message_type'> | null {
  const kind = 'block' in message ? (input.grid.row(message.block)?.kind ?? '') : '';
  const said = (fields: Pick<SeedMessage, 'message_type'> & Record<string, unknown>): typeof fields => fields;
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return ['text', 'refusal'].includes(kind) ? said({ message_type: 'assistant_message', content: message.content }) : null;
    case 'reasoning_message':
      return said({ message_type: 'reasoning_message', reasoning: message.reasoning, source: 'reasoner_model', signature: message.signature });
    case 'hidden_reasoning_message':
      return said({ message_type: 'hidden_reasoning_message', state: 'redacted', hidden_reasoning: message.hidden_reasoning });
    case 'tool_call_message':
      return kind === 'tool' ? said({ message_type: 'tool_call_message', tool_call: message.tool_call }) : null;
    case 'block_start':
      return kind === 'tool' ? said({ message_type: 'tool_call_message', tool_call: { name: message.name ?? null, tool_call_id: message.tool_call_id ?? null, arguments: null } }) : null;
    default:
      return null;
  }
}

/** A seed outcome has no place for a finish reason and one for a call, so that even a perfect lane loses these. */
const BY_NATURE = new Set(['stop-lost', 'tool-call-lost', 'tool-calls-merged', 'otid-split', 'reasoning-tag-leaked']);

describe('a lane that says what the wire says', () => {
  it.each(allStreams().map((file) => [file.name, file] as const))('has no finding: %s', (_, { api, bytes }) => {
    const itself = againstItself(readAll(bytes, setupOf(api)));
    expect(findAll(itself).filter(({ kind }) => !BY_NATURE.has(kind.id)).map(({ finding }) => finding.sentence)).toEqual([]);
  });
});

describe.skipIf(!CORPUS_DIR)('the corpus', () => {
  it('gives the wire no finding, and counts by kind', () => {
    const counts = new Map<string, { legacy: number; simple: number }>();
    for (const { api, bytes } of corpusFiles()) {
      for (const { finding } of findAll(readAll(bytes, setupOf(api)))) {
        expect(finding.lane).not.toBe('wire');
        const row = counts.get(finding.kind) ?? { legacy: 0, simple: 0 };
        counts.set(finding.kind, row);
        row[finding.lane as 'legacy' | 'simple']++;
      }
    }
    console.table(Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    expect(counts.size).toBeGreaterThan(5);
  });
});

/** The kinds by which an oddity shows. */
const SHOWN_BY: Readonly<Record<OddityId, readonly string[]>> = {
  'output-tokens-twice': ['usage-counted-twice'],
  'arguments-run-together': ['tool-calls-merged'],
  'text-lost': ['text-lost'],
  'text-turned-into-reasoning': ['text-as-reasoning'],
  'tag-leaks': ['reasoning-tag-leaked'],
  'arguments-never-released': ['tool-arguments-unreleased'],
  'approval-lost-after-name': ['approval-too-few'],
  'approval-for-all': ['approval-too-many'],
  'escapes-not-decoded': ['text-undecoded', 'reasoning-undecoded'],
  'trailing-blank-lost': ['text-blank-lost'],
  'arguments-emitted-again': ['tool-arguments-invalid'],
  'otid-one-higher': ['otid-split'],
  'otid-not-bumped': ['otid-repeated'],
  'otid-ends-stream': ['otid-out-of-range'],
  'cut-escape-repeats': ['text-added', 'reasoning-altered'],
  'unknown-block-is-text': ['text-added', 'error-only-here'],
  'server-tool-ends-stream': ['error-only-here'],
  'plain-reasoning-ends-after': ['error-only-here'],
  'blank-line-dispatches': ['error-only-here'],
  'bom-loses-first-line': ['text-lost', 'usage-missing', 'usage-differs', 'error-only-here'],
  'done-by-prefix': ['text-lost', 'usage-missing', 'cut-unnoticed'],
  'error-event-passes': ['error-not-reported'],
};

interface VectorLine {
  readonly api: Api;
  readonly wire: { readonly text?: string; readonly base64?: string };
  readonly endpoint: LaneSetup['endpoint'];
  readonly request: unknown;
  readonly outcomes: readonly { readonly options: Record<string, unknown> | readonly Record<string, unknown>[] }[];
}

describe.skipIf(!SPEC_DIR)('the vectors', () => {
  it('show every oddity by a finding', () => {
    const found = new Set<string>();
    const folder = join(SPEC_DIR!, 'vectors');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl') && !file.startsWith('corpus'))) {
      for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
        const vector = JSON.parse(line) as VectorLine;
        const body = new Uint8Array(Buffer.from(vector.wire.base64 ?? vector.wire.text ?? '', vector.wire.base64 === undefined ? 'utf8' : 'base64'));
        for (const given of vector.outcomes.flatMap(({ options }) => options)) {
          const options = { use_assistant_message: given['use_assistant_message'] === true, put_inner_thoughts_in_kwarg: given['put_inner_thoughts_in_kwargs'] === true, requires_approval_tools: (given['requires_approval_tools'] ?? []) as string[] };
          for (const { finding } of findAll(readAll(body, { ...laneSetup(vector.api), endpoint: vector.endpoint, request: vector.request, options }))) found.add(finding.kind);
        }
      }
    }
    const silent = Object.keys(ODDITIES).filter((id) => !SHOWN_BY[id as OddityId].some((kind) => found.has(kind)));
    expect(silent).toEqual([]);
  }, 120_000);
});

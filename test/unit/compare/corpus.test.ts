import { describe, expect, it } from 'vitest';
import { otidOf } from '../../../src/shared/adapters/agent-server/message-writer.ts';
import { findAll } from '../../../src/shared/compare/findings/registry.ts';
import { ReadingFold, type ComparisonInput } from '../../../src/shared/compare/lane-reading.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { AdapterMessage, AdapterOutcome, WireMessage } from '../../../src/shared/model/messages.ts';
import { CORPUS, corpusFiles, describeWith } from '../../support/corpus.ts';
import { allStreams } from '../../support/fixtures.ts';
import { laneSetup } from '../../support/wire.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import type { LaneSetup } from '../../../src/shared/model/lane.ts';

const setupOf = (api: Api): LaneSetup => ({
  ...laneSetup(api),
  request: api === 'responses' ? { input: 'hi' } : { messages: [] },
});

/** The wire's own messages in the words of an adapter that loses nothing: the wire read against itself. */
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
      const message = adapterMessage(emission.message as WireMessage, input);
      if (!message) continue;
      const key = `${message.message_type} ${(emission.message as { block: string }).block}`;
      if (last.key !== undefined && last.key !== key && index < 127) index++;
      last.key = key;
      fold.add([
        {
          k: 'message',
          emission: {
            lane: 'simple',
            ordinal: ordinal++,
            event: event.index,
            message: {
              ...message,
              id,
              date: '',
              otid: index < 127 ? otidOf(id.slice(8), index) : null,
            } as AdapterMessage,
          },
        },
      ]);
    }
  }
  const { wire } = input;
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool');
  const [only] = calls;
  const outcome: AdapterOutcome = {
    error: wire.errors[0] ? { stage: 'stream', message: wire.errors[0].message, event: wire.errors[0].event } : null,
    finished: wire.terminated || wire.finish.length > 0,
    tool_call:
      only && calls.length === 1 ? { id: only.tool_call_id ?? '', name: only.name ?? '', arguments: only.text } : null,
    reasoning_content: null,
    content: null,
    usage: {
      step_count: 1,
      prompt_tokens: wire.usage?.input ?? 0,
      completion_tokens: wire.usage?.output ?? 0,
      total_tokens: 0,
    },
    message_id: null,
    provider_message_id: null,
    model: null,
    provider_trace: null,
  };
  fold.add([
    { k: 'outcome', result: { lane: 'wire', outcome: wire } },
    { k: 'outcome', result: { lane: 'simple', outcome } },
  ]);
  return fold.result(input.setup, { lanes: input.lanes, timed: false });
}

function adapterMessage(message: WireMessage, input: ComparisonInput): Pick<AdapterMessage, 'message_type'> | null {
  const kind = 'block' in message ? (input.grid.row(message.block)?.kind ?? '') : '';
  const said = (fields: Pick<AdapterMessage, 'message_type'> & Record<string, unknown>): typeof fields => fields;
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return ['text', 'refusal'].includes(kind)
        ? said({ message_type: 'assistant_message', content: message.content })
        : null;
    case 'reasoning_message':
      return said({
        message_type: 'reasoning_message',
        reasoning: message.reasoning,
        source: 'reasoner_model',
        signature: message.signature,
      });
    case 'hidden_reasoning_message':
      return said({
        message_type: 'hidden_reasoning_message',
        state: 'redacted',
        hidden_reasoning: message.hidden_reasoning,
      });
    case 'tool_call_message':
      return kind === 'tool' ? said({ message_type: 'tool_call_message', tool_call: message.tool_call }) : null;
    case 'block_start':
      return kind === 'tool'
        ? said({
            message_type: 'tool_call_message',
            tool_call: { name: message.name ?? null, tool_call_id: message.tool_call_id ?? null, arguments: null },
          })
        : null;
    default:
      return null;
  }
}

/** A seed outcome has no place for a finish reason and one for a call, so that even a perfect lane loses these. */
const BY_NATURE = new Set(['stop-lost', 'tool-call-lost', 'tool-calls-merged', 'otid-split', 'reasoning-tag-leaked']);

describe('a lane that says what the wire says', () => {
  it.each(allStreams().map((file) => [file.name, file] as const))('has no finding: %s', (_, { api, bytes }) => {
    const itself = againstItself(readAll(bytes, setupOf(api)));
    expect(
      findAll(itself)
        .filter(({ kind }) => !BY_NATURE.has(kind.id))
        .map(({ finding }) => finding.sentence),
    ).toEqual([]);
  });
});

describeWith(CORPUS, 'the corpus', () => {
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

/**
 * A stream kept as a fixture: its bytes with what its adapters made of them, as a vector file that
 * `tracelane vectors` runs. What a later version of an adapter makes otherwise is then a failure with its place.
 */
import { laneDefinition } from '../../../../shared/lanes/registry.ts';
import { vectorResult } from '../../../../shared/lanes/vector.ts';
import type { LaneId } from '../../../../shared/model/messages.ts';
import { base64Of, exactText } from '../../../../shared/text/base64.ts';
import { fileName } from '../../../../shared/text/file-name.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace, PagedTrace } from '../exported.ts';
import { wholeBody } from '../pages.ts';

export const fixture: ExportFormat = {
  id: 'fixture',
  label: 'Fixture',
  description: 'The bytes and what each adapter makes of them, to test adapters with.',
  loses: 'Without times and heads.',
  mediaType: 'application/jsonl',
  parts: { request: 'needed', bytes: 'needed' },
  several: true,
  extension: () => '.jsonl',
  refusal: (trace) =>
    adaptersOf(trace).length === 0
      ? `No adapter reads “${trace.facts.title}”: a fixture holds what adapters make of a stream. Export it as a bundle.`
      : null,
  make: madeOf,
};

async function* madeOf({ traces }: ExportContent): FilePieces {
  for (const trace of traces) yield* linesOf(trace, await wholeBody(trace));
}

const adaptersOf = ({ setup }: Pick<PagedTrace, 'setup'>): readonly LaneId[] =>
  setup.lanes.filter((id) => {
    const lane = laneDefinition(id);
    return lane?.contentField !== undefined && lane.supports(setup.api);
  });

/** One line of JSON for each adapter. */
function* linesOf(trace: LeavingTrace, body: Uint8Array): Generator<string> {
  const { api, framing, endpoint, request, options } = trace.setup;
  const { put_inner_thoughts_in_kwarg, ...others } = options;
  for (const adapter of adaptersOf(trace)) {
    const outcome = {
      // As the agent server and the vectors spell it.
      options: [{ ...others, put_inner_thoughts_in_kwargs: put_inner_thoughts_in_kwarg }],
      expect: vectorResult({ api, framing, endpoint, request, options, adapter }, body, true),
    };
    const name = `${fileName(trace.facts.title)}/${adapter}`;
    yield `${JSON.stringify({ name, api, adapter, wire: wireOf(body), endpoint, request, outcomes: [outcome] })}\n`;
  }
}

/** Text where the bytes are UTF-8, which people can read and change; else base64. */
function wireOf(body: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const text = exactText(body);
  return text === null ? { base64: base64Of(body) } : { text };
}

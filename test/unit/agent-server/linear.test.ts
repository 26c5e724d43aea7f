import { Session } from 'node:inspector/promises';
import { describe, expect, test } from 'vitest';
import { dumps } from '../../../src/shared/json/python-print.ts';
import { bytesOf } from '../../support/framing.ts';
import { laneSetup, runLane } from '../../support/lanes.ts';

/** A call of send_message whose arguments have escapes, cut in 20 characters a delta. */
function call(api: 'messages' | 'chat_completions', chars: number, filler: string, raw: boolean): Uint8Array {
  const escaped = dumps(
    new Map([
      ['thinking', 'why'.repeat(50)],
      ['message', filler.repeat(chars / filler.length)],
    ]),
  );
  const args = raw ? escaped.replaceAll('\\n', '\n') : escaped;
  const pieces = args.match(/[^]{1,20}/g) ?? [];
  if (api === 'chat_completions') {
    return bytesOf(
      pieces
        .map(
          (piece, i) =>
            `data: ${JSON.stringify({ id: 'c', model: 'gpt-4o', choices: [{ delta: { tool_calls: [{ id: i ? null : 'call_1', function: { name: i ? null : 'send_message', arguments: piece } }] } }] })}\n\n`,
        )
        .join(''),
    );
  }
  const start = {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'send_message' },
  };
  const deltas = pieces.map((partial_json) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'input_json_delta', partial_json },
  }));
  return bytesOf([start, ...deltas].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join(''));
}

/** How often blocks of the program's own code run: work counted, not timed. */
async function blocksRun(work: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  const own = result.filter((script) => script.url.includes('/src/shared/'));
  return own
    .flatMap((script) => script.functions.flatMap((f) => f.ranges))
    .reduce((sum, range) => sum + range.count, 0);
}

// Quadratic work would be 64 times as much; what the engine optimises away moves the count by a part of itself.
describe('B9 tool arguments of eight times the length cost about eight times the work', () => {
  const cases = (['messages', 'chat_completions'] as const).flatMap((api) =>
    (['legacy', 'simple'] as const).flatMap((lane) =>
      [true, false].flatMap((thoughts) => [
        { api, lane, thoughts, what: 'escapes', filler: 'He said "hello"\n', raw: false },
        {
          api,
          lane,
          thoughts,
          what: 'a line break as it is, which the strict parser refuses',
          filler: 'plain text\n',
          raw: true,
        },
      ]),
    ),
  );
  test.each(cases)('$api, $lane, inner thoughts $thoughts, $what', async ({ api, lane, thoughts, filler, raw }) => {
    const setup = laneSetup(api, { put_inner_thoughts_in_kwarg: thoughts });
    const [small, large] = [call(api, 20_000, filler, raw), call(api, 160_000, filler, raw)];
    const once = await blocksRun(() => runLane(lane, setup, small, [16_384]));
    const more = await blocksRun(() => runLane(lane, setup, large, [16_384]));
    expect(once).toBeGreaterThan(1_000);
    expect(more / once).toBeLessThan(12);
  });
});

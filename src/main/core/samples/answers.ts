/** How a scenario is told over an API: streamed or in one piece, whole or with the ending that the scenario asks for. */
import type { Exchange } from './exchange.ts';
import { joined, type Format, type Json, type SampleFrame } from '../providers/sample/format.ts';
import { paced, type PacedWrite } from './pace.ts';
import type { Scenario } from '../providers/sample/scenario.ts';

const ERROR_SENTENCE =
  'The model is overloaded and stopped in the middle of its answer. This sample does so each time.';

/** The frames of a stream as they leave, the last one perhaps cut. Pure. */
export function framesOf(scenario: Scenario, format: Format, request: Json): readonly SampleFrame[] {
  const { frames } = format.answer(scenario, request);
  if (!scenario.ending) return frames;
  const kept = frames.slice(0, Math.floor(frames.length * scenario.ending.after));
  if (scenario.ending.type === 'error')
    return [...kept, ...format.errorFrames(format.error('overloaded', ERROR_SENTENCE), kept)];
  return [...kept, halfOf(frames[kept.length]!)];
}

const halfOf = ({ bytes }: SampleFrame): SampleFrame => ({ bytes: bytes.subarray(0, Math.ceil(bytes.length / 2)) });

/** The body of a stream, byte for byte. Pure. */
export function bodyOf(scenario: Scenario, format: Format, request: Json): Uint8Array {
  return joined(framesOf(scenario, format, request));
}

export function writesOf(
  frames: readonly SampleFrame[],
  scenario: Scenario,
  exchange: Exchange,
): readonly PacedWrite[] {
  return paced(frames, exchange.random('pace'), scenario.eventsPerSecond);
}

export async function answer(scenario: Scenario, exchange: Exchange): Promise<void> {
  const { format, request } = exchange;
  if (!exchange.isStreamed) return answerWhole(scenario, exchange);
  exchange.streamHead();
  await exchange.write(writesOf(framesOf(scenario, format, request), scenario, exchange));
  await exchange.end();
}

/** Without `stream` there is no middle to fail in: an error is the answer, and a cut comes before the end of the body. */
async function answerWhole(scenario: Scenario, exchange: Exchange): Promise<void> {
  const { format, request } = exchange;
  if (scenario.ending?.type === 'error') return exchange.error(format.error('overloaded', ERROR_SENTENCE));
  const { body } = format.answer(scenario, request);
  if (!scenario.ending) return exchange.json(200, body);
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  exchange.head(200, 'application/json', { 'content-length': String(bytes.length) });
  await exchange.write([{ waitMs: 0, bytes: bytes.subarray(0, Math.floor(bytes.length * scenario.ending.after)) }]);
  await exchange.drop();
}

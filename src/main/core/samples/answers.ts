/** How a scenario is told over an API: streamed or in one piece, whole or with the ending that the scenario asks for. */
import type { PacedWrite, Reply } from '../answering/reply.ts';
import { joined, type Format, type Json, type SampleFrame } from '../providers/sample/format.ts';
import { paced } from './pace.ts';
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

export function writesOf(frames: readonly SampleFrame[], scenario: Scenario, reply: Reply): readonly PacedWrite[] {
  return paced(frames, reply.random('pace'), scenario.eventsPerSecond);
}

export async function answer(scenario: Scenario, reply: Reply): Promise<void> {
  const { format, request } = reply;
  if (!reply.isStreamed) return answerWhole(scenario, reply);
  reply.streamHead();
  await reply.write(writesOf(framesOf(scenario, format, request), scenario, reply));
  await reply.end();
}

/** Without `stream` there is no middle to fail in: an error is the answer, and a cut comes before the end of the body. */
async function answerWhole(scenario: Scenario, reply: Reply): Promise<void> {
  const { format, request } = reply;
  if (scenario.ending?.type === 'error') return reply.error(format.error('overloaded', ERROR_SENTENCE));
  const { body } = format.answer(scenario, request);
  if (!scenario.ending) return reply.json(200, body);
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  reply.head(200, 'application/json', { 'content-length': String(bytes.length) });
  await reply.write([{ waitMs: 0, bytes: bytes.subarray(0, Math.floor(bytes.length * scenario.ending.after)) }]);
  await reply.drop();
}

/** What is compared is bounded, by its events and by its bytes; what is beyond says so. */
import { expect, test } from 'vitest';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { WIRE } from '../../../src/shared/model/messages.ts';
import { bytesOf } from '../../support/framing.ts';
import { laneSetup } from '../../support/lanes.ts';

const setup = laneSetup('chat_completions');

test('R25 a stream of more events is not compared', () => {
  const body = (events: number): Uint8Array => bytesOf(': \n'.repeat(events));
  expect(() => readAll(body(500_001), setup, { lanes: [WIRE] })).toThrow(
    'This stream has more than 500,000 events, the most that is compared at once. ',
  );
  expect(readAll(body(500_000), setup, { lanes: [WIRE] }).notes).toHaveLength(500_000);
});

test('R25 a stream of more bytes is not compared', () => {
  expect(() => readAll(new Uint8Array(256 * 1024 ** 2 + 1), setup, { lanes: [WIRE] })).toThrow(
    'This stream has more than 256 MB, the most that is compared at once. ',
  );
});

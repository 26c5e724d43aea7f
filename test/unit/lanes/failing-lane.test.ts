/** A lane whose code throws ends alone, wherever it does: the wire and the other lanes go on. */
import { afterEach, describe, expect, it } from 'vitest';
import { failsOn } from '../../../src/shared/compare/gravity.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { optionsMatrix } from '../../../src/shared/compare/matrix.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { lanesReading, registerLane } from '../../../src/shared/lanes/registry.ts';
import type { Lane, LaneDefinition } from '../../../src/shared/model/lane.ts';
import { LOUD } from '../../support/loud/lane.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const body = new TextEncoder().encode(
  chatBody(chunk({ content: 'Hi' }), chunk({}, {}, { finish_reason: 'stop' }), '[DONE]'),
);
const setup = { ...laneSetup('chat_completions'), request: { messages: [] } };

let remove: () => void = () => {};
afterEach(() => remove());

const fails = (): never => {
  throw new Error('It broke.');
};

/** The fourth lane, of which one method throws. */
const failing = (method: 'create' | keyof Lane): LaneDefinition => ({
  ...LOUD,
  create(setup) {
    if (method === 'create') return fails();
    const lane = LOUD.create(setup);
    return new Proxy(lane, {
      get: (target, name) => {
        if (name === method) return fails;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  },
});

describe.each(['create', 'begin', 'take', 'end', 'outcome'] as const)('a lane that throws in %s', (method) => {
  it('is said to have failed, once, and takes no other lane with it', () => {
    const before = readAll(body, setup);
    remove = registerLane(failing(method));
    const input = readAll(body, setup);
    expect(input.notes.map(({ type, text }) => [type, text])).toEqual([
      ['lane-failed', 'The loud lane failed and is omitted from here on: It broke.'],
    ]);
    expect(input.wire).toEqual(before.wire);
    expect(input.ending).toEqual(before.ending);
    for (const lane of ['legacy', 'simple'])
      expect(input.adapters[lane]).toMatchObject({ finished: true, error: null });
  });

  it('leaves a comparison of the others, which fails for CI', () => {
    remove = registerLane(failing(method));
    const result = compareLanes(readAll(body, setup, { lanes: ['wire', 'loud'] }));
    expect(failsOn(result, 'critical', ['lanes'])).toBe(true);
    expect(failsOn(result, 'critical', ['wire'])).toBe(false);
    const { rows } = optionsMatrix(body, setup, lanesReading(setup.api), null);
    expect(rows.filter(({ lane }) => lane !== 'loud')).toHaveLength(5);
  });
});

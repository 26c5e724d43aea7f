/** The list of samples: what it says of each is what a run of it shows. */
import { describe, expect, test } from 'vitest';
import { listSamples } from '../../../src/main/core/samples/list.ts';
import { sampleFormats } from '../../../src/main/core/providers/registry.ts';
import { createFramer } from '../../../src/shared/framing/registry.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { providerOf } from '../../../src/shared/providers/registry.ts';
import { useProvider } from '../../support/samples.ts';

const samples = listSamples();
const six = samples.filter(({ number }) => number !== undefined);
const provider = useProvider();

test('the six of the first screen come first, 1 to 6', () => {
  expect(samples.slice(0, 6).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(six).toHaveLength(6);
});

test('all others are there over every API that tells them', () => {
  const others = new Set(samples.filter(({ number }) => number === undefined).map(({ model }) => model));
  expect(others).toEqual(
    new Set([
      'plain-text',
      'reasoning',
      'send-message',
      'parallel-tools',
      'long-answer',
      'error-in-stream',
      'cut-stream',
    ]),
  );
  for (const model of others)
    expect(samples.filter((sample) => sample.model === model).map(({ api }) => api)).toEqual(
      sampleFormats()
        .filter(({ scenarios }) => scenarios?.includes(model) ?? true)
        .map(({ api }) => api),
    );
});

describe.each(samples)('$model over $api', (sample) => {
  test('counts the bytes and events that its request gets', async () => {
    const body = Buffer.from(await (await provider.post(sample.api, sample.request)).arrayBuffer());
    expect(body.length).toBe(sample.bytes);
    const framer = createFramer(providerOf(sample.api).framing);
    const framed = [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body }), ...framer.end()];
    expect(framed.filter(({ type }) => type === 'frame')).toHaveLength(sample.events);
  });

  test('is drawn along the stream, and bent where a lane differs', () => {
    const { wire } = sample.drawing;
    expect(Object.keys(sample.drawing)).toEqual(lanesReading(sample.api));
    for (const lane of Object.values(sample.drawing))
      expect(lane.every(({ at }, i) => at > (lane[i - 1]?.at ?? 0) && at < 1)).toBe(true);
    expect(wire.length).toBeGreaterThan(sample.events > 10 ? 3 : 1);
    expect(wire.some(({ mark }) => mark === 'lost' || mark === 'altered')).toBe(false);
  });
});

const bent = (lane: (typeof samples)[number]['drawing']['wire'] = []): readonly string[] =>
  [
    ...new Set(
      lane.map(({ mark }) => mark).filter((mark) => mark === 'lost' || mark === 'altered' || mark === 'error'),
    ),
  ].toSorted();

test.each([
  ['text-lost', ['legacy'], ['lost'], [], /^\d+ characters dropped, the call survives$/],
  ['calls-merged', ['legacy', 'simple'], ['altered'], ['altered'], /^2 calls became one, named get_weatherget_time$/],
  ['name-repeated', ['legacy', 'simple'], ['lost'], ['altered'], /^The call is named (search){2,}$/],
  [
    'usage-repeated',
    ['legacy', 'simple'],
    ['altered', 'lost'],
    ['altered'],
    /^\d+ tokens in; the wire says \d+, \d+ times$/,
  ],
  ['web-search', ['legacy', 'simple'], ['error'], ['error'], /^Error at event \d of 1\d\d; the rest is never read$/],
  ['reasoning-lost', ['legacy', 'simple'], ['lost'], ['lost'], /^\d+ characters of reasoning_content dropped$/],
])('%s differs in %j and shows it', (model, differing, legacy, simple, sentence) => {
  const sample = six.find((one) => one.model === model)!;
  expect(sample.differing).toEqual(differing);
  expect(bent(sample.drawing['legacy'])).toEqual(legacy);
  expect(bent(sample.drawing['simple'])).toEqual(simple);
  expect(sample.sentence).toMatch(sentence);
});

test('the options of a sample are whole', () => {
  expect(samples.find(({ model }) => model === 'send-message')!.options).toEqual({
    use_assistant_message: true,
    put_inner_thoughts_in_kwarg: true,
    requires_approval_tools: [],
  });
  expect(samples.find(({ model }) => model === 'plain-text')!.options.put_inner_thoughts_in_kwarg).toBe(false);
});

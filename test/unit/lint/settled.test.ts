/** Rules that are shown only what is new in the structure of events say what they say when they are shown all of them. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { Random } from '../../../src/main/core/providers/sample/random.ts';
import { exampleApi, lint, rulesOf } from '../../../src/shared/compare/lint.ts';
import type { LintRule } from '../../../src/shared/lint/rule.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { PROVIDERS, providerOf } from '../../../src/shared/providers/registry.ts';
import { LINT_VARIANTS } from '../../fixtures/lint-variants.ts';
import { APIS } from '../../support/apis.ts';
import { corpusFiles } from '../../support/corpus.ts';
import { EventGenerator } from '../../support/event-generator.ts';
import { runWire } from '../../support/wire.ts';

const shownAll = (api: Api): readonly LintRule[] =>
  rulesOf(api).map((rule) => ({
    ...rule,
    check: (context) => {
      const { settled: _, ...check } = rule.check(context);
      return check;
    },
  }));

function expectEqual(api: Api, body: Uint8Array | string): void {
  const run = runWire(api, body);
  expect(lint(run)).toEqual(lint(run, 'strict', {}, shownAll(api)));
}

const bodies: readonly { readonly api: Api; readonly body: string }[] = [
  ...LINT_VARIANTS,
  ...[...PROVIDERS.keys()]
    .filter((api) => providerOf(api).framing !== 'aws-eventstream')
    .flatMap((api) =>
      rulesOf(api).flatMap(({ example, counterexample }) =>
        [example, counterexample]
          .filter((one) => exampleApi(one) === api && one.bytes === undefined)
          .map(({ body }) => ({ api, body })),
      ),
    ),
];

const TEXT =
  /"(content|created_at|delta|partial_json|reasoning|reasoning_content|text|thinking|obfuscation)":\s*"[^"\\]*"/g;
const WORDS = ['', ' ', 'Hi', '0', 'null', '{}', 'tool_calls', 'assistant', 'stop'];

/** Events come several times in a row, with other words in them, and out of order. */
function shaken(api: Api, body: string, random: Random): string {
  const events = body.split(providerOf(api).framing === 'sse' ? /(?<=\n\n)/ : /(?<=\n)/);
  const reworded = (event: string): string =>
    event.replaceAll(TEXT, (all, name: string) => (random.chance(0.6) ? `"${name}":"${random.pick(WORDS)}"` : all));
  return events
    .flatMap((event) => {
      const given = random.chance(0.1) ? random.pick(events) : event;
      const times = random.chance(0.5) ? 1 + random.below(5) : 1;
      return Array.from({ length: times }, () => (random.chance(0.7) ? reworded(given) : given));
    })
    .join('');
}

test('over the corpus', () => {
  for (const { api, bytes } of corpusFiles()) expectEqual(api, bytes);
});

test('over every example and variant of a fault, with events that repeat in other words', () => {
  for (const [at, { api, body }] of bodies.entries()) {
    expectEqual(api, body);
    expectEqual(api, shaken(api, body, new Random(at)));
  }
});

test('over random events, each of them several times', () => {
  fc.assert(
    fc.property(fc.constantFrom(...APIS), fc.integer(), fc.integer({ min: 1, max: 20 }), (api, seed, count) => {
      const random = new Random(seed);
      const generator = new EventGenerator(api, random);
      const events = Array.from({ length: count }, () => new TextDecoder().decode(generator.next()));
      expectEqual(api, shaken(api, events.join(''), random));
    }),
  );
});

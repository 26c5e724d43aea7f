/** The samples as the screen lists them. All that is said and drawn of them is read off their own bytes. */
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { differingLanes } from '../../../shared/compare/cell-standing.ts';
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { capitalised, unstopped } from '../../../shared/compare/say.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { providerOf, usualEndpoint } from '../../../shared/providers/registry.ts';
import { DEFAULT_OPTIONS } from '../../../shared/model/trace.ts';
import type { SampleInfo } from '../../../shared/rpc/contract.ts';
import { bodyOf } from './answers.ts';
import { drawSample } from './drawing.ts';
import { sampleFormatOf } from '../providers/registry.ts';
import type { Scenario } from '../providers/sample/scenario.ts';
import { apisOf, SCENARIOS } from './scenarios.ts';
import { SENTENCES } from './sentences.ts';

let listed: readonly SampleInfo[] | undefined;

/** One for each scenario and API, those of the first screen first. Worked out on the first call, some 400 ms. */
export function listSamples(): readonly SampleInfo[] {
  listed ??= SCENARIOS.flatMap((scenario) => apisOf(scenario).map((api) => sampleInfo(scenario, api))).toSorted(
    (a, b) => (a.number ?? Infinity) - (b.number ?? Infinity),
  );
  return listed;
}

function sampleInfo(scenario: Scenario, api: Api): SampleInfo {
  const format = sampleFormatOf(api);
  const request = format.request(scenario);
  const options = { ...DEFAULT_OPTIONS, ...given(scenario.options) };
  const input = readAll(bodyOf(scenario, format, request), {
    api,
    framing: providerOf(api).framing,
    request,
    options,
    endpoint: usualEndpoint(api, scenario.model),
    messageId: 'message-00000000-0000-4000-8000-000000000000',
    now: () => '2026-01-15T09:00:00+00:00',
  });
  const comparison = compareLanes(input);
  return {
    model: scenario.model,
    api,
    title: scenario.title,
    sentence: sentenceOf(scenario, input, comparison),
    request,
    options,
    ...(scenario.number !== undefined && { number: scenario.number }),
    events: input.events.length,
    bytes: input.bytes,
    drawing: drawSample(input, comparison),
    differing: differingLanes(comparison),
  };
}

/** Leaves out fields that are there without a value: they must not hide the default. */
const given = (options: Scenario['options']): Partial<SampleInfo['options']> =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));

/** The sample's own sentence, else the gravest finding's. Only what is equal in every value is said to be. */
function sentenceOf(scenario: Scenario, input: ComparisonInput, comparison: CompareResult): string {
  const own = SENTENCES[scenario.model]?.(input);
  if (own) return own;
  if (comparison.nothing !== null) return unstopped(comparison.nothing);
  const [gravest] = comparison.findings;
  if (gravest) return capitalised(gravest.sentence);
  return comparison.lanes.length > 1 ? 'All lanes are equal to the wire' : 'Only the wire reads this API';
}

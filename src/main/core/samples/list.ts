/** The samples as the screen lists them. All that is said and drawn of them is read off their own bytes. */
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { comparedLanes, type ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { capitalised } from '../../../shared/compare/say.ts';
import { SEVERITIES, type Severity } from '../../../shared/model/findings.ts';
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
  const fails = comparedLanes(input).filter((lane) =>
    comparison.findings.some((finding) => finding.lane === lane && isGrave(finding.severity)),
  );
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
    fails,
  };
}

const isGrave = (severity: Severity): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf('major');

/** Leaves out fields that are there without a value: they must not hide the default. */
const given = (options: Scenario['options']): Partial<SampleInfo['options']> =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));

/** The sample's own sentence, else the gravest finding's. */
function sentenceOf(scenario: Scenario, input: ComparisonInput, { findings }: CompareResult): string {
  const own = SENTENCES[scenario.model]?.(input);
  if (own) return own;
  const gravest = findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))[0];
  return gravest ? capitalised(gravest.sentence) : 'All lanes read it alike';
}

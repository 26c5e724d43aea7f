/** All samples by the model name that asks for them. A sample is its file in `resources/samples` and one line here. */
import type { Api } from '../../../shared/model/stream.ts';
import callsMerged from '../../../../resources/samples/calls-merged.json' with { type: 'json' };
import cutStream from '../../../../resources/samples/cut-stream.json' with { type: 'json' };
import errorInStream from '../../../../resources/samples/error-in-stream.json' with { type: 'json' };
import longAnswer from '../../../../resources/samples/long-answer.json' with { type: 'json' };
import nameRepeated from '../../../../resources/samples/name-repeated.json' with { type: 'json' };
import parallelTools from '../../../../resources/samples/parallel-tools.json' with { type: 'json' };
import plainText from '../../../../resources/samples/plain-text.json' with { type: 'json' };
import reasoning from '../../../../resources/samples/reasoning.json' with { type: 'json' };
import reasoningLost from '../../../../resources/samples/reasoning-lost.json' with { type: 'json' };
import sendMessage from '../../../../resources/samples/send-message.json' with { type: 'json' };
import textLost from '../../../../resources/samples/text-lost.json' with { type: 'json' };
import usageRepeated from '../../../../resources/samples/usage-repeated.json' with { type: 'json' };
import webSearch from '../../../../resources/samples/web-search.json' with { type: 'json' };
import { sampleFormats } from '../providers/registry.ts';
import { scenarioSchema, type Scenario } from '../providers/sample/scenario.ts';

const WRITTEN: Readonly<Record<string, unknown>> = {
  'text-lost': textLost,
  'calls-merged': callsMerged,
  'name-repeated': nameRepeated,
  'usage-repeated': usageRepeated,
  'web-search': webSearch,
  'reasoning-lost': reasoningLost,
  'plain-text': plainText,
  reasoning,
  'send-message': sendMessage,
  'parallel-tools': parallelTools,
  'long-answer': longAnswer,
  'error-in-stream': errorInStream,
  'cut-stream': cutStream,
};

export const SCENARIOS: readonly Scenario[] = Object.entries(WRITTEN).map(([model, written]) => ({
  model,
  ...scenarioSchema.parse(written),
}));

const BY_MODEL: ReadonlyMap<string, Scenario> = new Map(SCENARIOS.map((scenario) => [scenario.model, scenario]));

/** The scenario that a model name asks for on an API; undefined where there is none. */
export function scenarioFor(model: string, api: Api): Scenario | undefined {
  const scenario = BY_MODEL.get(model);
  return scenario && apisOf(scenario).includes(api) ? scenario : undefined;
}

/** The APIs over which the sample provider tells a scenario. */
export const apisOf = ({ model, apis }: Scenario): readonly Api[] =>
  sampleFormats()
    .filter(({ api, scenarios }) => (apis?.includes(api) ?? true) && (scenarios?.includes(model) ?? true))
    .map(({ api }) => api);

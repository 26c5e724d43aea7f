/** A sample's answer as one body, as a file of it would be. */
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { joined, type SampleAnswer } from '../../src/main/core/providers/sample/format.ts';
import { scenarioFor } from '../../src/main/core/samples/scenarios.ts';
import type { Scenario } from '../../src/main/core/providers/sample/scenario.ts';
import type { Api } from '../../src/shared/model/stream.ts';

export interface SampleBody {
  readonly bytes: Uint8Array;
  readonly base64: string;
  readonly scenario: Scenario;
  /** The same answer as one JSON object. */
  readonly whole: SampleAnswer['body'];
}

/** Throws where the API does not tell the scenario. */
export function sampleBody(api: Api, model: string): SampleBody {
  const scenario = scenarioFor(model, api);
  if (!scenario) throw new Error(`${api} has no sample ${model}.`);
  const format = sampleFormatOf(api);
  const { frames, body: whole } = format.answer(scenario, format.request(scenario));
  const bytes = joined(frames);
  return { bytes, base64: Buffer.from(bytes).toString('base64'), scenario, whole };
}

/** The sample provider for a test file, as fast as it can write, and the SDKs that talk to it. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll } from 'vitest';
import { startSampleProvider, type SampleProvider } from '../../src/main/core/samples/provider.ts';
import type { Format } from '../../src/main/core/providers/sample/format.ts';
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import type { Scenario } from '../../src/main/core/providers/sample/scenario.ts';
import type { Api } from '../../src/shared/model/stream.ts';

export interface Provider {
  readonly url: string;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** Sends a body as it is. */
  post(api: Api, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

export function useProvider(): Provider {
  let provider: SampleProvider | undefined;
  beforeAll(async () => {
    provider = await startSampleProvider({ pace: 0 });
  });
  afterAll(() => provider?.close());
  const url = (): string => provider!.url;
  return {
    get url() {
      return url();
    },
    get openai() {
      return new OpenAI({ apiKey: 'none', baseURL: `${url()}/v1`, maxRetries: 0, logLevel: 'off' });
    },
    get anthropic() {
      return new Anthropic({ apiKey: 'none', baseURL: url(), maxRetries: 0, logLevel: 'off' });
    },
    post: (api, body, headers = {}) =>
      fetch(url() + sampleFormatOf(api).path(modelIn(body)), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(api === 'messages' && { 'anthropic-version': '2023-06-01' }),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

/** Some APIs name the model in the path. */
function modelIn(body: unknown): string {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof model === 'string' ? model : 'plain-text';
}

export const scenario = (model: string): Scenario => SCENARIOS.find((one) => one.model === model)!;

/** The request that asks for a sample, and the format it is asked in. */
export function asking(
  model: string,
  api: Api,
): { readonly format: Format; readonly request: Record<string, unknown> } {
  return { format: sampleFormatOf(api), request: { ...sampleFormatOf(api).request(scenario(model)) } };
}

/** What `tracelane capture` puts into a program's environment. */
import { describe, expect, test } from 'vitest';
import {
  capturedEnvironment,
  plannedVariables,
  upstreamOf,
  type Environment,
} from '../../src/main/hosts/cli/capture-environment.ts';

const URL = 'http://127.0.0.1:4141/~s';

/** The variables with what they say and where that leads. */
function planned(environment: Environment, to?: string): Readonly<Record<string, readonly [string, string]>> {
  const plan = plannedVariables(environment, to);
  const values = capturedEnvironment(environment, plan, URL);
  return Object.fromEntries(
    plan.map(({ variable, route }) => [variable.name, [values[variable.name]!, route.baseUrl]] as const),
  );
}

test('each SDK’s variable leads to its own provider', () => {
  expect(planned({})).toEqual({
    OPENAI_BASE_URL: [`${URL}/openai/v1`, 'https://api.openai.com/v1'],
    OPENAI_API_BASE: [`${URL}/openai/v1`, 'https://api.openai.com/v1'],
    ANTHROPIC_BASE_URL: [`${URL}/anthropic`, 'https://api.anthropic.com'],
    ANTHROPIC_API_BASE: [`${URL}/anthropic`, 'https://api.anthropic.com'],
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: [`${URL}/bedrock`, 'https://bedrock-runtime.us-east-1.amazonaws.com'],
    ANTHROPIC_BEDROCK_BASE_URL: [`${URL}/bedrock`, 'https://bedrock-runtime.us-east-1.amazonaws.com'],
    OLLAMA_HOST: [`${URL}/ollama`, 'http://127.0.0.1:11434'],
    GOOGLE_GEMINI_BASE_URL: [`${URL}/google`, 'https://generativelanguage.googleapis.com/v1beta'],
  });
});

test('what was set before is where it leads, under a route of its own', () => {
  const { OPENAI_BASE_URL, OPENAI_API_BASE, GROQ_BASE_URL } = planned({
    OPENAI_BASE_URL: 'https://openrouter.ai/api/v1/',
    GROQ_BASE_URL: 'https://api.groq.com',
  });
  expect(OPENAI_BASE_URL).toEqual([`${URL}/openai/v1`, 'https://openrouter.ai/api/v1']);
  expect(OPENAI_API_BASE).toEqual([`${URL}/openai-2/v1`, 'https://api.openai.com/v1']);
  expect(GROQ_BASE_URL).toEqual([`${URL}/openai-3`, 'https://api.groq.com']);
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  [':8080', 'http://127.0.0.1:8080'],
  ['gpu-box', 'http://gpu-box:11434'],
  ['gpu-box:9999', 'http://gpu-box:9999'],
  ['https://ollama.example', 'https://ollama.example'],
  ['http://ollama.example:1/x/', 'http://ollama.example:1/x'],
])('OLLAMA_HOST=%s', (said, expected) => {
  expect(planned({ OLLAMA_HOST: said })['OLLAMA_HOST']).toEqual([`${URL}/ollama`, expected]);
});

describe('Bedrock', () => {
  test('is in the region of the environment', () => {
    const [, upstream] = planned({ AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'x' })[
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'
    ]!;
    expect(upstream).toBe('https://bedrock-runtime.eu-west-1.amazonaws.com');
  });

  test('is left alone where its requests are signed, since they are good for its own host only', () => {
    expect(planned({ AWS_ACCESS_KEY_ID: 'x' })).not.toHaveProperty('AWS_ENDPOINT_URL_BEDROCK_RUNTIME');
    expect(planned({ AWS_ACCESS_KEY_ID: 'x' }, 'http://localhost:1')).toHaveProperty(
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
    );
  });
});

test.each([
  ['http://localhost:8000', `${URL}/openai/v1`],
  ['http://localhost:8000/v1', `${URL}/openai/v1`],
  ['https://x.openai.azure.com/openai/deployments/d', `${URL}/openai`],
])('--to %s', (to, expected) => {
  const upstream = upstreamOf(to);
  expect(planned({ OPENAI_BASE_URL: 'http://elsewhere' }, upstream)['OPENAI_BASE_URL']).toEqual([expected, upstream]);
});

test.each(['localhost:8000', 'ftp://x', 'nothing', 'http://x/?a'])('--to %s is refused', (to) => {
  expect(() => upstreamOf(to)).toThrow('--to takes the address of a server');
});

test('the loopback interface needs no proxy of the network, and all else stays', () => {
  expect(capturedEnvironment({ PATH: '/bin', no_proxy: 'a, b' }, [], URL)).toEqual({
    PATH: '/bin',
    NO_PROXY: 'a,b,127.0.0.1,localhost',
    no_proxy: 'a,b,127.0.0.1,localhost',
  });
});

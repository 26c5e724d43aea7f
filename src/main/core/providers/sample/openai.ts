/** What OpenAI's two APIs share: errors, checks, heads. */
import type { Random } from './random.ts';
import { hex, letters } from './ids.ts';
import { isObject, type ErrorKind, type Format, type Json, type ProviderError } from './format.ts';

const INVALID = 'invalid_request_error';

const ERRORS: Readonly<Record<ErrorKind, Omit<ProviderError, 'message'>>> = {
  request: { status: 400, type: INVALID },
  key: { status: 401, type: INVALID, code: 'invalid_api_key' },
  permission: { status: 403, type: INVALID, code: 'unsupported_country_region_territory' },
  model: { status: 404, type: INVALID, code: 'model_not_found', param: 'model' },
  path: { status: 404, type: INVALID, code: 'unknown_url' },
  size: { status: 413, type: INVALID, code: 'request_too_large' },
  rate: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  server: { status: 500, type: 'server_error', code: 'server_error' },
  overloaded: { status: 503, type: 'server_error', code: 'server_is_overloaded' },
};

export const openAiError: Format['error'] = (kind, message) => ({ ...ERRORS[kind], message });

export const openAiErrorBody = ({ message, type, param, code }: ProviderError): Json => ({
  error: { message, type, param: param ?? null, code: code ?? null },
});

export const openAiHeaders: Format['headers'] = (random) => ({
  'openai-organization': 'tracelane-samples',
  'openai-processing-ms': String(150 + random.below(250)),
  'openai-version': '2020-10-01',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
  'x-request-id': `req_${hex(random, 32)}`,
});

const invalid = (code: string, param: string, message: string): ProviderError => ({
  status: 400,
  type: INVALID,
  code,
  param,
  message,
});

/** What both APIs ask of a request: a model, the field that holds the conversation, and sound options. */
export function checkOpenAi(
  body: Json,
  content: string,
  wanted: string,
  sound: (value: unknown) => boolean,
): ProviderError | null {
  for (const field of ['model', content])
    if (body[field] === undefined)
      return invalid('missing_required_parameter', field, `Missing required parameter: '${field}'.`);
  const rules: readonly (readonly [field: string, wanted: string, sound: (value: unknown) => boolean])[] = [
    ['model', 'a string', (value) => typeof value === 'string'],
    [content, wanted, sound],
    ['stream', 'a boolean', (value) => value === undefined || value === null || typeof value === 'boolean'],
    ['tools', 'an array of objects', (value) => value === undefined || value === null || isArrayOfObjects(value)],
  ];
  for (const [field, expected, isSound] of rules) {
    if (!isSound(body[field]))
      return invalid(
        'invalid_type',
        field,
        `Invalid type for '${field}': expected ${expected}, but got ${kindOf(body[field])} instead.`,
      );
  }
  return null;
}

export const isArrayOfObjects = (value: unknown): boolean => Array.isArray(value) && value.every(isObject);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array of something else';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Padding against guessing a token by the length of its packet; OpenAI sends it unless the request says no. */
export function obfuscation(request: Json, random: Random): { readonly obfuscation?: string } {
  const options = request['stream_options'];
  return isObject(options) && options['include_obfuscation'] === false
    ? {}
    : { obfuscation: letters(random, 1 + random.below(15)) };
}

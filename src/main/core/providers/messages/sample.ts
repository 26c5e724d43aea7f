/** Anthropic Messages. */
import { Random } from '../sample/random.ts';
import { letters, opaque, seedOf } from '../sample/ids.ts';
import { inputTokens, piecesOf, tokensIn, type Piece } from '../sample/pieces.ts';
import { textOf, type Part, type PartOf, type Scenario } from '../sample/scenario.ts';
import {
  isObject,
  onPath,
  namedFrame,
  type ErrorKind,
  type Format,
  type Json,
  type ProviderError,
  type SampleAnswer,
  type SampleFrame,
} from '../sample/format.ts';

const ERRORS: Readonly<Record<ErrorKind, Pick<ProviderError, 'status' | 'type'>>> = {
  request: { status: 400, type: 'invalid_request_error' },
  key: { status: 401, type: 'authentication_error' },
  permission: { status: 403, type: 'permission_error' },
  model: { status: 404, type: 'not_found_error' },
  path: { status: 404, type: 'not_found_error' },
  size: { status: 413, type: 'request_too_large' },
  rate: { status: 429, type: 'rate_limit_error' },
  server: { status: 500, type: 'api_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
};

const errorBody = ({ type, message }: ProviderError): { readonly type: 'error' } & Json => ({
  type: 'error',
  error: { type, message },
  request_id: `req_011C${letters(new Random(seedOf(message)), 20)}`,
});

export const sample: Format = {
  api: 'messages',
  ...onPath('/v1/messages'),
  check,
  answer: (scenario, request) => new MessageAnswer(scenario, request).whole(),
  error: (kind, message) => ({ ...ERRORS[kind], message }),
  errorBody,
  errorFrames: (error) => [namedFrame(errorBody(error))],
  headers: (random) => ({
    'anthropic-organization-id': 'tracelane-samples',
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'cache-control': 'no-cache',
    'request-id': `req_011C${letters(random, 20)}`,
  }),
  request: ({ model, system, prompt, tools, output, messages: { serverTools } }) => {
    const asked = [
      ...tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
      ...serverTools,
    ];
    return {
      model,
      max_tokens: 4096,
      ...(system !== undefined && { system }),
      messages: [{ role: 'user', content: prompt }],
      ...(asked.length > 0 && { tools: asked }),
      ...(output.some(({ type }) => type === 'reasoning') && { thinking: { type: 'enabled', budget_tokens: 2048 } }),
      stream: true,
    };
  },
};

function check(body: Json, header: (name: string) => string | undefined): ProviderError | null {
  const wrong = (message: string): ProviderError => sample.error('request', message);
  if (header('anthropic-version') === undefined) return wrong('anthropic-version: header is required');
  for (const field of ['model', 'max_tokens', 'messages'])
    if (body[field] === undefined) return wrong(`${field}: Field required`);
  if (typeof body['model'] !== 'string') return wrong('model: Input should be a valid string');
  const limit = body['max_tokens'];
  if (!Number.isInteger(limit)) return wrong('max_tokens: Input should be a valid integer');
  if ((limit as number) < 1) return wrong('max_tokens: Input should be greater than or equal to 1');
  const said = body['messages'];
  if (!Array.isArray(said)) return wrong('messages: Input should be a valid list');
  if (said.length === 0) return wrong('messages: at least one message is required');
  const odd = said.findIndex((message) => !isObject(message));
  if (odd >= 0) return wrong(`messages.${odd}: Input should be an object`);
  if (body['stream'] !== undefined && typeof body['stream'] !== 'boolean')
    return wrong('stream: Input should be a valid boolean');
  return null;
}

/** JSON with a blank after commas and colons, as Anthropic's models write it. Strings hold no raw line breaks, so that these are all ours. */
const spaced = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replace(/([{[])\n\s*/g, '$1')
    .replace(/\n\s*([}\]])/g, '$1')
    .replace(/,\n\s*/g, ', ');

/** What the first event counts, before most of the answer is there. */
const FIRST_OUTPUT_TOKENS = 3;

class MessageAnswer {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #message: Json;
  readonly #input: number;
  readonly #frames: SampleFrame[] = [];
  readonly #content: Json[] = [];
  #results: readonly Json[] = [];
  #tokens = FIRST_OUTPUT_TOKENS;
  #searches = 0;
  #calls = 0;

  constructor(scenario: Scenario, request: Json) {
    this.#scenario = scenario;
    this.#random = new Random(seedOf(`messages ${scenario.model}`));
    this.#input = inputTokens(request['system'], request['messages'], request['tools']);
    this.#message = {
      model: scenario.model,
      id: `msg_01${letters(this.#random, 22)}`,
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: null,
      stop_sequence: null,
    };
  }

  whole(): SampleAnswer {
    const cache = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const begin = {
      input_tokens: this.#input,
      ...cache,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: FIRST_OUTPUT_TOKENS,
      service_tier: 'standard',
    };
    this.#event('message_start', { message: { ...this.#message, usage: begin } });
    for (const part of this.#scenario.output) this.#part(part);
    const stop = { stop_reason: this.#calls > 0 ? 'tool_use' : 'end_turn', stop_sequence: null };
    const searched =
      this.#searches > 0 ? { server_tool_use: { web_search_requests: this.#searches, web_fetch_requests: 0 } } : {};
    const usage = {
      input_tokens: this.#input + this.#searchedTokens(),
      ...cache,
      output_tokens: this.#tokens,
      ...searched,
    };
    this.#event('message_delta', { delta: stop, usage });
    this.#event('message_stop', {});
    return {
      frames: this.#frames,
      body: { ...this.#message, content: this.#content, ...stop, usage: { ...begin, ...usage } },
    };
  }

  #part(part: Part): void {
    switch (part.type) {
      case 'reasoning':
        return this.#think(textOf(part));
      case 'text':
        return this.#say(part);
      case 'tool':
        return this.#call(part);
      case 'search':
        return this.#search(part);
    }
  }

  #think(thinking: string): void {
    this.#start({ type: 'thinking', thinking: '', signature: '' });
    this.#deltas(this.#pieces(thinking), (text) => ({ type: 'thinking_delta', thinking: text }));
    const signature = `Er${opaque(this.#random, 340)}==`;
    this.#delta({ type: 'signature_delta', signature });
    this.#stop({ type: 'thinking', thinking, signature });
  }

  #say(part: PartOf<'text'>): void {
    const text = textOf(part);
    const found = part.cites && this.#results[part.cites.result];
    const citations =
      part.cites && found
        ? [
            {
              type: 'web_search_result_location',
              cited_text: part.cites.text,
              url: found['url'],
              title: found['title'],
              encrypted_index: `Eo${opaque(this.#random, 180)}`,
            },
          ]
        : undefined;
    this.#start({ ...(citations && { citations: [] }), type: 'text', text: '' });
    for (const citation of citations ?? []) this.#delta({ type: 'citations_delta', citation });
    this.#deltas(this.#pieces(text), (piece) => ({ type: 'text_delta', text: piece }));
    this.#stop({ ...(citations && { citations }), type: 'text', text });
  }

  #call({ name, arguments: input }: PartOf<'tool'>): void {
    this.#calls++;
    this.#use({ type: 'tool_use', id: `toolu_01${letters(this.#random, 22)}`, name, input: {} }, input);
  }

  #search({ query, results }: PartOf<'search'>): void {
    this.#searches++;
    const id = `srvtoolu_01${letters(this.#random, 22)}`;
    this.#use({ type: 'server_tool_use', id, name: 'web_search', input: {} }, { query });
    this.#results = results.map((result) => ({
      type: 'web_search_result',
      ...result,
      encrypted_content: `E${opaque(this.#random, 1_400 + this.#random.below(1_600))}`,
    }));
    const block = { type: 'web_search_tool_result', tool_use_id: id, content: this.#results };
    this.#start(block);
    this.#stop(block);
  }

  #use(block: Json, input: Json): void {
    this.#start(block);
    this.#delta({ type: 'input_json_delta', partial_json: '' });
    this.#deltas(this.#pieces(spaced(input)), (piece) => ({ type: 'input_json_delta', partial_json: piece }));
    this.#stop({ ...block, input });
  }

  #pieces(text: string): readonly Piece[] {
    const pieces = piecesOf(text, this.#random, this.#scenario.messages.deltaTokens);
    this.#tokens += tokensIn(pieces);
    return pieces;
  }

  #start(block: Json): void {
    this.#event('content_block_start', { index: this.#content.length, content_block: block }, true);
    if (this.#content.length === 0) this.#event('ping', {});
  }

  #deltas(pieces: readonly Piece[], deltaOf: (text: string) => Json): void {
    for (const { text } of pieces) this.#delta(deltaOf(text));
  }

  #delta(delta: Json): void {
    this.#event('content_block_delta', { index: this.#content.length, delta });
  }

  #stop(block: Json): void {
    this.#event('content_block_stop', { index: this.#content.length });
    this.#content.push(block);
  }

  #event(type: string, fields: Json, pause = false): void {
    this.#frames.push({ ...namedFrame({ type, ...fields }), pause });
  }

  /** What the model read of the results is counted as input. */
  #searchedTokens(): number {
    return this.#results.length === 0 ? 0 : inputTokens(this.#results);
  }
}

/** OpenAI Responses. */
import { Random } from '../sample/random.ts';
import { CREATED, hex, letters, opaque, seedOf } from '../sample/ids.ts';
import { inputTokens, piecesOf, tokensIn, type Piece } from '../sample/pieces.ts';
import { textOf, type Part, type PartOf, type Scenario } from '../sample/scenario.ts';
import {
  onPath,
  namedFrame,
  type Format,
  type Json,
  type ProviderError,
  type SampleAnswer,
  type SampleFrame,
} from '../sample/format.ts';
import {
  checkOpenAi,
  isArrayOfObjects,
  obfuscation,
  openAiError,
  openAiErrorBody,
  openAiHeaders,
} from '../sample/openai.ts';

const ENCRYPTED = 'reasoning.encrypted_content';

export const sample: Format = {
  api: 'responses',
  ...onPath('/v1/responses'),
  check: (body) =>
    checkOpenAi(
      body,
      'input',
      'a string or an array of objects',
      (value) => typeof value === 'string' || (isArrayOfObjects(value) && (value as readonly unknown[]).length > 0),
    ),
  answer: (scenario, request) => new ResponseAnswer(scenario, request).whole(),
  error: openAiError,
  errorBody: openAiErrorBody,
  errorFrames,
  headers: openAiHeaders,
  request: ({ model, system, prompt, tools, output }) => ({
    model,
    ...(system !== undefined && { instructions: system }),
    input: prompt,
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', ...tool, strict: false })) }),
    ...(output.some(({ type }) => type === 'reasoning') && {
      reasoning: { effort: 'medium', summary: 'auto' },
      include: [ENCRYPTED],
    }),
    store: false,
    stream: true,
  }),
};

/** The error event, and the response that failed by it: the one that was begun before, where there is one. */
function errorFrames({ message, code, param }: ProviderError, before: readonly SampleFrame[]): readonly SampleFrame[] {
  const next = before.length;
  const error = namedFrame({ type: 'error', sequence_number: next, code: code ?? null, message, param: param ?? null });
  const begun = before[0] && new TextDecoder().decode(before[0].bytes).split('\ndata: ')[1];
  if (begun === undefined) return [error];
  const { response } = JSON.parse(begun) as { readonly response: Json };
  const failed = { ...response, status: 'failed', error: { code: code ?? 'server_error', message } };
  return [error, namedFrame({ type: 'response.failed', sequence_number: next + 1, response: failed })];
}

class ResponseAnswer {
  readonly #scenario: Scenario;
  readonly #request: Json;
  readonly #random: Random;
  readonly #response: Json;
  readonly #frames: SampleFrame[] = [];
  readonly #output: Json[] = [];
  /** The hexadecimal tail that the ids of one response share in their first half. */
  readonly #stem: string;
  #tokens = 0;
  #reasoningTokens = 0;

  constructor(scenario: Scenario, request: Json) {
    this.#scenario = scenario;
    this.#request = request;
    this.#random = new Random(seedOf(`responses ${scenario.model}`));
    this.#stem = hex(this.#random, 16);
    this.#response = responseOf(this.#id('resp'), scenario, request);
  }

  whole(): SampleAnswer {
    this.#event('response.created', { response: this.#response });
    this.#event('response.in_progress', { response: this.#response });
    for (const part of this.#scenario.output) this.#part(part);
    const body = {
      ...this.#response,
      status: 'completed',
      completed_at: CREATED + 4,
      service_tier: 'default',
      output: this.#output,
      usage: this.#usage(),
    };
    this.#event('response.completed', { response: body });
    return { frames: this.#frames, body };
  }

  #id(kind: string): string {
    return `${kind}_${this.#stem}${hex(this.#random, 34)}`;
  }

  #pieces(text: string): readonly Piece[] {
    const pieces = piecesOf(text, this.#random, [1, 1]);
    this.#tokens += tokensIn(pieces);
    return pieces;
  }

  #part(part: Part): void {
    switch (part.type) {
      case 'reasoning':
        return this.#reason(part);
      case 'text':
        return this.#say(textOf(part));
      case 'tool':
        return this.#call(part.name, JSON.stringify(part.arguments));
      // No sample searches over this API.
      case 'search':
        return;
    }
  }

  #reason(part: PartOf<'reasoning'>): void {
    const include = this.#request['include'];
    const encrypted =
      Array.isArray(include) && include.includes(ENCRYPTED)
        ? { encrypted_content: `gAAAAAB${opaque(this.#random, 480)}==` }
        : {};
    const item = { id: this.#id('rs'), type: 'reasoning', ...encrypted, summary: [] as Json[] };
    const at = { item_id: item.id, output_index: this.#added(item) };
    part.text.forEach((text, index) => {
      const place = { ...at, summary_index: index };
      this.#event('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } });
      const pieces = this.#pieces(text);
      this.#reasoningTokens += tokensIn(pieces);
      for (const piece of pieces) this.#delta('response.reasoning_summary_text.delta', place, piece.text);
      this.#event('response.reasoning_summary_text.done', { ...place, text });
      this.#event('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } });
    });
    this.#done({ ...item, summary: part.text.map((text) => ({ type: 'summary_text', text })) });
  }

  #say(text: string): void {
    const item = {
      id: this.#id('msg'),
      type: 'message',
      status: 'in_progress',
      content: [] as Json[],
      role: 'assistant',
    };
    const place = { item_id: item.id, output_index: this.#added(item), content_index: 0 };
    const content = { type: 'output_text', annotations: [], logprobs: [], text };
    this.#event('response.content_part.added', { ...place, part: { ...content, text: '' } });
    for (const piece of this.#pieces(text))
      this.#delta('response.output_text.delta', { ...place, logprobs: [] }, piece.text);
    this.#event('response.output_text.done', { ...place, logprobs: [], text });
    this.#event('response.content_part.done', { ...place, part: content });
    this.#done({ ...item, status: 'completed', content: [content] });
  }

  #call(name: string, args: string): void {
    const item = {
      id: this.#id('fc'),
      type: 'function_call',
      status: 'in_progress',
      arguments: '',
      call_id: `call_${letters(this.#random, 24)}`,
      name,
    };
    const place = { item_id: item.id, output_index: this.#added(item) };
    for (const piece of this.#pieces(args)) this.#delta('response.function_call_arguments.delta', place, piece.text);
    this.#event('response.function_call_arguments.done', { ...place, arguments: args });
    this.#done({ ...item, status: 'completed', arguments: args });
  }

  /** Adds the item and returns its place. */
  #added(item: Json): number {
    this.#event('response.output_item.added', { output_index: this.#output.length, item }, true);
    return this.#output.length;
  }

  #done(item: Json): void {
    this.#event('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
  }

  #delta(type: string, place: Json, delta: string): void {
    this.#event(type, { ...place, delta, ...obfuscation(this.#request, this.#random) });
  }

  #event(type: string, fields: Json, pause = false): void {
    this.#frames.push({ ...namedFrame({ type, sequence_number: this.#frames.length, ...fields }), pause });
  }

  #usage(): Json {
    const input = inputTokens(this.#request['instructions'], this.#request['input'], this.#request['tools']);
    return {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: this.#tokens,
      output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
      total_tokens: input + this.#tokens,
    };
  }
}

/** The response object as it begins; most of it repeats the request. */
function responseOf(id: string, { model }: Scenario, request: Json): Json {
  const said = (field: string, otherwise: unknown): unknown => request[field] ?? otherwise;
  return {
    id,
    object: 'response',
    created_at: CREATED,
    status: 'in_progress',
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: said('instructions', null),
    max_output_tokens: said('max_output_tokens', null),
    max_tool_calls: null,
    model,
    output: [],
    parallel_tool_calls: said('parallel_tool_calls', true),
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: said('reasoning', { effort: null, summary: null }),
    safety_identifier: null,
    service_tier: 'auto',
    store: said('store', true),
    temperature: said('temperature', 1),
    text: said('text', { format: { type: 'text' }, verbosity: 'medium' }),
    tool_choice: said('tool_choice', 'auto'),
    tools: said('tools', []),
    top_logprobs: 0,
    top_p: said('top_p', 1),
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: said('metadata', {}),
  };
}

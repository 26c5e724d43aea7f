/** OpenAI Chat Completions, and the servers that speak it. */
import { Random } from '../sample/random.ts';
import { CREATED, hex, letters, seedOf } from '../sample/ids.ts';
import { inputTokens, piecesOf, tokensIn, type Piece } from '../sample/pieces.ts';
import { textOf, type Part, type Scenario } from '../sample/scenario.ts';
import {
  dataFrame,
  isObject,
  onPath,
  textFrame,
  type Format,
  type Json,
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

export const sample: Format = {
  api: 'chat_completions',
  ...onPath('/v1/chat/completions'),
  check: (body) =>
    checkOpenAi(
      body,
      'messages',
      'an array of objects',
      (value) => isArrayOfObjects(value) && (value as readonly unknown[]).length > 0,
    ),
  answer: (scenario, request) => new ChatAnswer(scenario, request).whole(),
  error: openAiError,
  errorBody: openAiErrorBody,
  errorFrames: (error) => [dataFrame(openAiErrorBody(error))],
  headers: openAiHeaders,
  request: ({ model, system, prompt, tools }) => ({
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    stream: true,
    stream_options: { include_usage: true },
  }),
};

interface Call {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

class ChatAnswer {
  readonly #scenario: Scenario;
  readonly #request: Json;
  readonly #random: Random;
  readonly #base: Json;
  readonly #input: number;
  readonly #frames: SampleFrame[] = [];
  readonly #calls: Call[] = [];
  #content = '';
  #reasoning = '';
  #tokens = 0;
  #reasoningTokens = 0;
  /** The role goes out with the first delta, whatever it carries. */
  #begun = false;

  constructor(scenario: Scenario, request: Json) {
    this.#scenario = scenario;
    this.#request = request;
    this.#random = new Random(seedOf(`chat_completions ${scenario.model}`));
    this.#input = inputTokens(request['messages'], request['tools']);
    const id = `chatcmpl-${letters(this.#random, 29)}`;
    const fingerprint = `fp_${hex(this.#random, 10)}`;
    const ours = this.#openAi
      ? { service_tier: 'default', system_fingerprint: fingerprint }
      : { system_fingerprint: null };
    this.#base = { id, object: 'chat.completion.chunk', created: CREATED, model: scenario.model, ...ours };
  }

  whole(): SampleAnswer {
    for (const part of this.#scenario.output) this.#part(part);
    const finish = this.#calls.length > 0 ? 'tool_calls' : 'stop';
    this.#delta({}, { finish });
    if (this.#wantsUsage) this.#chunk([], this.#usage());
    this.#frames.push(textFrame('data: [DONE]\n\n'));
    return { frames: this.#frames, body: this.#body(finish) };
  }

  get #openAi(): boolean {
    return this.#scenario.chat.server === 'openai';
  }

  get #wantsUsage(): boolean {
    const options = this.#request['stream_options'];
    return isObject(options) && options['include_usage'] === true;
  }

  #part(part: Part): void {
    switch (part.type) {
      case 'reasoning':
        return this.#reason(this.#pieces(textOf(part)));
      case 'text':
        return this.#say(this.#pieces(textOf(part)));
      case 'tool':
        return this.#call(part.name, this.#pieces(JSON.stringify(part.arguments)));
      // Chat Completions has no searches of the provider's own.
      case 'search':
        return;
    }
  }

  #pieces(text: string): readonly Piece[] {
    return piecesOf(text, this.#random, this.#scenario.chat.deltaTokens);
  }

  #reason(pieces: readonly Piece[]): void {
    if (!this.#begun) this.#delta({ content: null, reasoning_content: '' });
    pieces.forEach((piece, i) => {
      this.#tokens += piece.tokens;
      this.#reasoning += piece.text;
      this.#delta({ content: null, reasoning_content: piece.text }, { pause: i === 0 });
    });
    this.#reasoningTokens += tokensIn(pieces);
  }

  #say(pieces: readonly Piece[]): void {
    if (!this.#begun) this.#delta({ content: '', ...(this.#openAi && { refusal: null }) });
    pieces.forEach((piece, i) => {
      this.#tokens += piece.tokens;
      this.#content += piece.text;
      this.#delta({ content: piece.text }, { pause: i === 0 });
    });
  }

  #call(name: string, pieces: readonly Piece[]): void {
    const index = this.#calls.length;
    const id = `call_${letters(this.#random, 24)}`;
    const first = { index, id, type: 'function', function: { name, arguments: '' } };
    this.#delta({ ...(this.#begun ? {} : { content: null }), tool_calls: [first] }, { pause: true });
    for (const piece of pieces) {
      this.#tokens += piece.tokens;
      const said = this.#scenario.chat.repeatsToolNames ? { name, arguments: piece.text } : { arguments: piece.text };
      this.#delta({ tool_calls: [{ index, function: said }] });
    }
    this.#calls.push({ id, type: 'function', function: { name, arguments: pieces.map(({ text }) => text).join('') } });
  }

  #delta(
    delta: Json,
    { pause = false, finish = null }: { readonly pause?: boolean; readonly finish?: string | null } = {},
  ): void {
    const role = this.#begun ? {} : { role: 'assistant' };
    this.#begun = true;
    const usage = this.#wantsUsage ? (this.#scenario.chat.usageInEveryChunk ? this.#usage() : null) : undefined;
    this.#chunk([{ index: 0, delta: { ...role, ...delta }, logprobs: null, finish_reason: finish }], usage, pause);
  }

  #chunk(choices: readonly unknown[], usage: Json | null | undefined, pause = false): void {
    const padding = this.#openAi ? obfuscation(this.#request, this.#random) : {};
    this.#frames.push({
      ...dataFrame({ ...this.#base, choices, ...(usage !== undefined && { usage }), ...padding }),
      pause,
    });
  }

  #usage(): Json {
    const counts = {
      prompt_tokens: this.#input,
      completion_tokens: this.#tokens,
      total_tokens: this.#input + this.#tokens,
    };
    if (!this.#openAi && this.#reasoningTokens === 0) return counts;
    return {
      ...counts,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: this.#reasoningTokens,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    };
  }

  #body(finish: string): Json {
    const message = {
      role: 'assistant',
      content: this.#content === '' ? null : this.#content,
      ...(this.#reasoning !== '' && { reasoning_content: this.#reasoning }),
      ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      ...(this.#openAi && { refusal: null, annotations: [] }),
    };
    return {
      ...this.#base,
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
      usage: this.#usage(),
    };
  }
}

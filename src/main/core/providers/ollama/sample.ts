/** Ollama, as the sample provider speaks it. */
import { Random } from '../sample/random.ts';
import {
  isObject,
  textFrame,
  type ErrorKind,
  type Format,
  type Json,
  type SampleAnswer,
  type SampleFrame,
} from '../sample/format.ts';
import { CREATED, seedOf } from '../sample/ids.ts';
import { inputTokens, piecesOf, tokensIn } from '../sample/pieces.ts';
import { textOf, type Part, type Scenario } from '../sample/scenario.ts';

const PATH = '/api/chat';
const STATUS: Readonly<Record<ErrorKind, number>> = {
  request: 400,
  key: 401,
  permission: 403,
  model: 404,
  path: 404,
  size: 413,
  rate: 429,
  server: 500,
  overloaded: 503,
};
/** Nanoseconds that the made-up machine takes for a token. */
const READ_NS = 1_900_000;
const WRITE_NS = 16_500_000;
const LOAD_NS = 41_250_000;

const line = (value: Json): SampleFrame => textFrame(`${JSON.stringify(value)}\n`);

export const sample: Format = {
  api: 'ollama_chat',
  contentType: 'application/x-ndjson',
  path: () => PATH,
  isPath: (asked) => asked === PATH,
  modelOf: (request) => String(request['model']),
  // Ollama streams unless it is told not to.
  isStreamed: (request) => request['stream'] !== false,
  scenarios: ['plain-text', 'reasoning', 'parallel-tools', 'error-in-stream', 'cut-stream'],
  keepAlive: null,
  malformed: textFrame('{"model": oops}\n'),
  check(body) {
    if (typeof body['model'] !== 'string' || body['model'] === '') return sample.error('request', 'model is required');
    const messages = body['messages'];
    if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isObject))
      return sample.error('request', 'messages must be an array of objects');
    return null;
  },
  answer: (scenario, request) => new OllamaAnswer(scenario, request).whole(),
  error: (kind, message) => ({ status: STATUS[kind], type: kind, message }),
  errorBody: ({ message }) => ({ error: message }),
  errorFrames: (error) => [line(sample.errorBody(error))],
  headers: () => ({}),
  request: ({ model, system, prompt, tools }) => ({
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    stream: true,
  }),
};

class OllamaAnswer {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #input: number;
  readonly #frames: SampleFrame[] = [];
  readonly #calls: Json[] = [];
  #content = '';
  #thinking = '';
  #tokens = 0;

  constructor(scenario: Scenario, request: Json) {
    this.#scenario = scenario;
    this.#random = new Random(seedOf(`ollama_chat ${scenario.model}`));
    this.#input = inputTokens(request['messages'], request['tools']);
  }

  whole(): SampleAnswer {
    for (const part of this.#scenario.output) this.#part(part);
    const end = { done: true, done_reason: 'stop', ...this.#counts() };
    this.#message({ content: '' }, { end });
    const body = {
      ...this.#base(),
      message: {
        role: 'assistant',
        content: this.#content,
        ...(this.#thinking !== '' && { thinking: this.#thinking }),
        ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      },
      ...end,
    };
    return { frames: this.#frames, body };
  }

  #part(part: Part): void {
    switch (part.type) {
      case 'reasoning':
        return this.#pieces(textOf(part), (text, pause) => {
          this.#thinking += text;
          this.#message({ content: '', thinking: text }, { pause });
        });
      case 'text':
        return this.#pieces(textOf(part), (text, pause) => {
          this.#content += text;
          this.#message({ content: text }, { pause });
        });
      case 'tool': {
        const call = { function: { index: this.#calls.length, name: part.name, arguments: part.arguments } };
        this.#calls.push(call);
        this.#tokens += tokensIn(piecesOf(JSON.stringify(part.arguments), this.#random, [1, 1]));
        // The server reads the whole call before it passes it on.
        return this.#message({ content: '', tool_calls: [call] }, { pause: true });
      }
      // Ollama runs no searches of its own.
      case 'search':
        return;
    }
  }

  #pieces(text: string, say: (text: string, pause: boolean) => void): void {
    piecesOf(text, this.#random, [1, 1]).forEach((piece, i) => {
      this.#tokens += piece.tokens;
      say(piece.text, i === 0);
    });
  }

  #message(message: Json, { pause = false, end }: { readonly pause?: boolean; readonly end?: Json } = {}): void {
    const rest = end ?? { done: false };
    this.#frames.push({ ...line({ ...this.#base(), message: { role: 'assistant', ...message }, ...rest }), pause });
  }

  #base(): Json {
    const at = new Date(CREATED * 1000 + this.#frames.length * 16).toISOString();
    return { model: this.#scenario.model, created_at: at };
  }

  #counts(): Json {
    const prompt = this.#input * READ_NS;
    const wrote = this.#tokens * WRITE_NS;
    return {
      total_duration: LOAD_NS + prompt + wrote,
      load_duration: LOAD_NS,
      prompt_eval_count: this.#input,
      prompt_eval_duration: prompt,
      eval_count: this.#tokens,
      eval_duration: wrote,
    };
  }
}

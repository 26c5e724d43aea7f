/** Gemini, as the sample provider speaks it. */
import { Random } from '../sample/random.ts';
import {
  isObject,
  onPath,
  textFrame,
  type ErrorKind,
  type Format,
  type Json,
  type ProviderError,
  type SampleAnswer,
  type SampleFrame,
} from '../sample/format.ts';
import { letters, opaque, seedOf } from '../sample/ids.ts';
import { inputTokens, piecesOf, tokensIn } from '../sample/pieces.ts';
import { textOf, type Part, type Scenario } from '../sample/scenario.ts';

const PATH = /^\/v1beta\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

const ERRORS: Readonly<Record<ErrorKind, Omit<ProviderError, 'message'>>> = {
  request: { status: 400, type: 'INVALID_ARGUMENT' },
  key: { status: 401, type: 'UNAUTHENTICATED' },
  permission: { status: 403, type: 'PERMISSION_DENIED' },
  model: { status: 404, type: 'NOT_FOUND' },
  path: { status: 404, type: 'NOT_FOUND' },
  size: { status: 413, type: 'INVALID_ARGUMENT' },
  rate: { status: 429, type: 'RESOURCE_EXHAUSTED' },
  server: { status: 500, type: 'INTERNAL' },
  overloaded: { status: 503, type: 'UNAVAILABLE' },
};

/** Google ends lines with CRLF. */
const dataFrame = (value: Json): SampleFrame => textFrame(`data: ${JSON.stringify(value)}\r\n\r\n`);

export const sample: Format = {
  ...onPath(''),
  api: 'gemini',
  path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
  isPath: (asked) => PATH.test(asked),
  modelOf: (_request, path) => decodeURIComponent(PATH.exec(path)?.[1] ?? ''),
  isStreamed: (_request, path) => PATH.exec(path)?.[2] === 'streamGenerateContent',
  scenarios: ['plain-text', 'reasoning', 'parallel-tools', 'error-in-stream', 'cut-stream'],
  check(body) {
    const contents = body['contents'];
    if (Array.isArray(contents) && contents.length > 0 && contents.every(isObject)) return null;
    return sample.error('request', 'contents must be a list of turns with at least one in it.');
  },
  answer: (scenario, request) => new GeminiAnswer(scenario, request).whole(),
  error: (kind, message) => ({ ...ERRORS[kind], message }),
  errorBody: ({ status, type, message }) => ({ error: { code: status, message, status: type } }),
  errorFrames: (error) => [dataFrame(sample.errorBody(error))],
  headers: () => ({ 'x-gemini-service-tier': 'standard' }),
  request: ({ model, system, prompt, tools }) => ({
    model,
    contents: [{ role: 'user', parts: [{ text: prompt }] }],
    ...(system !== undefined && { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools.length > 0 && { tools: [{ functionDeclarations: tools }] }),
  }),
};

class GeminiAnswer {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #input: number;
  readonly #id: string;
  readonly #frames: SampleFrame[] = [];
  readonly #parts: Json[] = [];
  #tokens = 0;
  #thoughts = 0;

  constructor(scenario: Scenario, request: Json) {
    this.#scenario = scenario;
    this.#random = new Random(seedOf(`gemini ${scenario.model}`));
    this.#input = inputTokens(request['contents'], request['systemInstruction'], request['tools']);
    this.#id = letters(this.#random, 22);
  }

  whole(): SampleAnswer {
    for (const part of this.#scenario.output) this.#part(part);
    this.#send([{ text: '' }], { finish: 'STOP' });
    const body = this.#response({ content: { parts: this.#parts, role: 'model' }, finishReason: 'STOP', index: 0 });
    return { frames: this.#frames, body };
  }

  #part(part: Part): void {
    switch (part.type) {
      case 'reasoning':
        return this.#pieces(textOf(part), (text, tokens, pause) => {
          this.#thoughts += tokens;
          this.#send([{ text, thought: true }], { pause });
        });
      case 'text':
        return this.#pieces(textOf(part), (text, tokens, pause) => {
          this.#tokens += tokens;
          this.#send([{ text }], { pause });
        });
      case 'tool': {
        this.#tokens += tokensIn(piecesOf(JSON.stringify(part.arguments), this.#random, [1, 1]));
        const call = { name: part.name, args: part.arguments, id: letters(this.#random, 8) };
        return this.#send([{ functionCall: call, thoughtSignature: opaque(this.#random, 96) }], { pause: true });
      }
      // A search of Google's own leaves nothing but metadata, which no sample needs.
      case 'search':
        return;
    }
  }

  /** Gemini sends some dozen tokens at once. */
  #pieces(text: string, say: (text: string, tokens: number, pause: boolean) => void): void {
    piecesOf(text, this.#random, [4, 16]).forEach((piece, i) => say(piece.text, piece.tokens, i === 0));
  }

  #send(
    parts: readonly Json[],
    { pause = false, finish }: { readonly pause?: boolean; readonly finish?: string },
  ): void {
    this.#parts.push(...parts);
    const candidate = {
      content: { parts, role: 'model' },
      ...(finish !== undefined && { finishReason: finish }),
      index: 0,
    };
    this.#frames.push({ ...dataFrame(this.#response(candidate)), pause });
  }

  #response(candidate: Json): Json {
    return {
      candidates: [candidate],
      usageMetadata: {
        promptTokenCount: this.#input,
        candidatesTokenCount: this.#tokens,
        totalTokenCount: this.#input + this.#tokens + this.#thoughts,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: this.#input }],
        ...(this.#thoughts > 0 && { thoughtsTokenCount: this.#thoughts }),
      },
      modelVersion: this.#scenario.model,
      responseId: this.#id,
    };
  }
}

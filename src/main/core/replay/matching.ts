/** Which recorded answer a request gets. */
import { isDeepStrictEqual } from 'node:util';
import { objectOf } from '../../../shared/json/json-object.ts';
import { apiOfUrl } from '../../../shared/providers/detect.ts';
import { providerOf } from '../../../shared/providers/registry.ts';
import { asksForStream, requestOf } from '../../../shared/providers/request-of.ts';
import type { RecordedAnswer } from './recorded-answer.ts';

export interface Asked {
  /** Path and query. */
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Why no answer fits: `kind` as the providers' own errors have it. */
export interface NoAnswer {
  readonly kind: 'path' | 'model' | 'request';
  readonly sentence: string;
}

/** How much of a request is as it was recorded; 0: it is another. */
const [OTHER, ANY, SAME_TEXT, SAME_TURNS, EQUAL] = [0, 1, 2, 3, 4];

/**
 * The answers that fit a request best, in the order in which they were given; several where they were answers to one
 * request. A request fits by its API, its model, whether it asks for a stream, and the text of its last user turn.
 */
export function answersTo(asked: Asked, answers: readonly RecordedAnswer[]): readonly RecordedAnswer[] | NoAnswer {
  const api = apiOfUrl(asked.url);
  const ofApi = answers.filter((answer) => answer.api === api);
  if (api === null || ofApi.length === 0)
    return { kind: 'path', sentence: `No recorded stream is of the API that ${pathOf(asked.url)} belongs to.` };
  const request = requestOf(api, asked.url, asked.body);
  const model = modelOf(request);
  const ofModel = ofApi.filter((answer) => answer.request === undefined || modelOf(answer.request) === model);
  if (ofModel.length === 0) {
    const models = [...new Set(ofApi.map((answer) => modelOf(answer.request)))].map((one) => JSON.stringify(one));
    return {
      kind: 'model',
      sentence: `No recorded stream is of the model ${JSON.stringify(model)}. Recorded are ${models.join(', ')}.`,
    };
  }
  const fits = ofModel.map((answer) => fitOf(answer, asked.url, request));
  const best = Math.max(...fits);
  if (best === OTHER)
    return {
      kind: 'request',
      sentence:
        'No recorded stream answers this request: its last user message differs from all that were recorded, or it asks for a stream where the recorded request did not, or the other way round.',
    };
  return ofModel.filter((_answer, at) => fits[at] === best);
}

function fitOf(answer: RecordedAnswer, url: string, request: unknown): number {
  if (answer.request === undefined) return ANY;
  const { lastUserText, fields } = providerOf(answer.api).request;
  if (asksForStream(answer.api, url, request) !== asksForStream(answer.api, answer.url ?? url, answer.request))
    return OTHER;
  if (isDeepStrictEqual(request, answer.request)) return EQUAL;
  if (lastUserText(request) !== lastUserText(answer.request)) return OTHER;
  const turns = (one: unknown): number =>
    fields.turns.reduce((sum, field) => {
      const value = objectOf(one)?.[field];
      return sum + (Array.isArray(value) ? value.length : 1);
    }, 0);
  return turns(request) === turns(answer.request) ? SAME_TURNS : SAME_TEXT;
}

const modelOf = (request: unknown): unknown => objectOf(request)?.['model'] ?? null;

const pathOf = (url: string): string => url.split('?', 1)[0]!;

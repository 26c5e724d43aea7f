/**
 * What is being written in the run editor. A draft outlives the dialog, so that closing it loses nothing; each API has a
 * text of its own, so that looking at another one does not either.
 */
import { create } from 'zustand';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions, type EndpointType } from '../../../shared/model/trace.ts';
import type { EndpointInfo, SampleInfo } from '../../../shared/rpc/contract.ts';
import { useApp, type AppState, type RunInput } from '../../stores/app.ts';

export interface Draft {
  /** null: none chosen yet, or the one it was recorded with is gone. */
  readonly endpoint: EndpointId | null;
  readonly api: Api;
  readonly texts: Readonly<Partial<Record<Api, string>>>;
  readonly options: AdapterOptions;
}

const APIS_OF_TYPE: Readonly<Record<EndpointType, readonly Api[]>> = {
  openai: ['chat_completions', 'responses'],
  anthropic: ['messages'],
  bedrock: ['messages'],
};

/** The APIs that an endpoint speaks; without one, any. */
export const apisOf = (endpoint: Pick<EndpointInfo, 'type'> | undefined): readonly Api[] =>
  endpoint ? APIS_OF_TYPE[endpoint.type] : ['chat_completions', 'responses', 'messages'];

/** The change that moves a draft to another endpoint: the API stays where the endpoint speaks it. */
export function onEndpoint({ api }: Pick<Draft, 'api'>, endpoint: EndpointInfo): Pick<Draft, 'endpoint' | 'api'> {
  const apis = apisOf(endpoint);
  return { endpoint: endpoint.id, api: apis.includes(api) ? api : apis[0]! };
}

export const jsonText = (value: unknown): string => JSON.stringify(value, null, 2);

/** The built-in endpoint that speaks an API. */
const builtInFor = (endpoints: readonly EndpointInfo[], api: Api): EndpointInfo | undefined =>
  endpoints.find((endpoint) => endpoint.builtIn && apisOf(endpoint).includes(api));

const QUESTION = 'What is the difference between a river and a canal? Two sentences.';

/** A request to start from, whole but for the model, which only the user knows. */
function templateFor(api: Api, model: string): string {
  if (api === 'responses') return jsonText({ model, input: QUESTION });
  const messages = [{ role: 'user', content: QUESTION }];
  if (api === 'messages') return jsonText({ model, max_tokens: 1024, messages });
  return jsonText({ model, messages, stream_options: { include_usage: true } });
}

/** The text that an API starts with on an endpoint: the first sample's request where samples answer. */
export function startText(api: Api, endpoint: EndpointInfo | undefined, samples: readonly SampleInfo[]): string {
  const sample = endpoint?.builtIn === true ? samples.find((one) => one.api === api) : undefined;
  return sample ? jsonText(sample.request) : templateFor(api, '');
}

const sampleDraft = (sample: SampleInfo, endpoint: EndpointInfo | undefined): Draft => ({
  endpoint: endpoint?.id ?? null,
  api: sample.api,
  texts: { [sample.api]: jsonText(sample.request) },
  options: sample.options,
});

export function draftOf(
  input: RunInput,
  { endpoints, samples, settings }: Pick<AppState, 'endpoints' | 'samples' | 'settings'>,
): Draft {
  const { again, sample } = input;
  if (again) {
    const known = endpoints.some(({ id }) => id === again.endpointId);
    return {
      endpoint: known ? again.endpointId! : null,
      api: again.api,
      texts: { [again.api]: jsonText(again.request) },
      options: again.options,
    };
  }
  if (sample) return sampleDraft(sample, builtInFor(endpoints, sample.api));
  const endpoint = firstEndpoint(input, endpoints);
  const api = apisOf(endpoint)[0]!;
  const first = endpoint?.builtIn === true ? samples.find((one) => one.api === api) : undefined;
  return first
    ? sampleDraft(first, endpoint)
    : {
        endpoint: endpoint?.id ?? null,
        api,
        texts: { [api]: startText(api, endpoint, samples) },
        options: settings?.options ?? DEFAULT_OPTIONS,
      };
}

/** The endpoint asked for, else the user's own, else a built-in one. */
function firstEndpoint({ endpoint }: RunInput, endpoints: readonly EndpointInfo[]): EndpointInfo | undefined {
  return endpoints.find(({ id }) => id === endpoint) ?? endpoints.find(({ builtIn }) => !builtIn) ?? endpoints[0];
}

/** A draft that was begun before the endpoints were known gets one that speaks its API; that of a trace waits for the user's choice. */
function withEndpoint(draft: Draft, input: RunInput, { endpoints }: Pick<AppState, 'endpoints'>): Draft {
  if (draft.endpoint !== null || input.again) return draft;
  const fitting = endpoints.filter((endpoint) => apisOf(endpoint).includes(draft.api));
  return { ...draft, endpoint: firstEndpoint(input, fitting)?.id ?? null };
}

/** Another trace, endpoint or sample is another draft. */
const draftKey = ({ again, endpoint, sample }: RunInput): string =>
  again
    ? `again ${again.id}`
    : sample
      ? `sample ${sample.model} ${sample.api}`
      : endpoint
        ? `endpoint ${endpoint}`
        : 'new';

interface Drafts {
  readonly drafts: ReadonlyMap<string, Draft>;
}
const useDrafts = create<Drafts>()(() => ({ drafts: new Map() }));

function keep(key: string, draft: Draft): void {
  useDrafts.setState(({ drafts }) => ({ drafts: new Map(drafts).set(key, draft) }));
}

/** The draft for what the editor was opened for, begun when there is none, and what changes it. */
export function useDraft(input: RunInput): readonly [Draft, (change: Partial<Draft>) => void] {
  const key = draftKey(input);
  const kept = useDrafts(({ drafts }) => drafts.get(key));
  const app = useApp();
  const draft = kept ? withEndpoint(kept, input, app) : draftOf(input, app);
  const change = (part: Partial<Draft>) =>
    keep(key, { ...withEndpoint(useDrafts.getState().drafts.get(key) ?? draft, input, useApp.getState()), ...part });
  return [draft, change];
}

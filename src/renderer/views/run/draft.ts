/**
 * What is being written in the run editor. A draft outlives the dialog, so that closing it loses nothing; each API has a
 * text of its own, so that looking at another one does not either.
 */
import { create } from 'zustand';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../../shared/model/trace.ts';
import type { EndpointInfo, ProvidersInfo, SampleInfo } from '../../../shared/rpc/contract.ts';
import { useApp, type AppState, type RunInput } from '../../stores/app.ts';
import { apisOf, builtInFor } from '../../stores/providers.ts';

export interface Draft {
  /** null: none chosen yet, or the one it was recorded with is gone. */
  readonly endpoint: EndpointId | null;
  readonly api: Api;
  readonly texts: Readonly<Partial<Record<Api, string>>>;
  readonly options: AdapterOptions;
  /** Ids of what the program would add and is not to. */
  readonly without: readonly string[];
}

/** The change that moves a draft to another endpoint: the API stays where the endpoint speaks it. */
export function onEndpoint(
  { api }: Pick<Draft, 'api'>,
  endpoint: EndpointInfo,
  known: ProvidersInfo,
): Pick<Draft, 'endpoint' | 'api'> {
  const apis = apisOf(known, endpoint);
  return { endpoint: endpoint.id, api: apis.includes(api) ? api : (apis[0] ?? api) };
}

export const jsonText = (value: unknown): string => JSON.stringify(value, null, 2);

/** The text that an API starts with on an endpoint: the first sample's request where samples answer. */
export function startText(
  api: Api,
  endpoint: EndpointInfo | undefined,
  { samples, providers: { providers } }: Pick<AppState, 'samples' | 'providers'>,
): string {
  const sample = endpoint?.builtIn === true ? samples.find((one) => one.api === api) : undefined;
  return jsonText(sample ? sample.request : (providers.find(({ id }) => id === api)?.template ?? {}));
}

const sampleDraft = (sample: SampleInfo, endpoint: EndpointInfo | undefined): Draft => ({
  endpoint: endpoint?.id ?? null,
  api: sample.api,
  texts: { [sample.api]: jsonText(sample.request) },
  options: sample.options,
  without: [],
});

export function draftOf(
  input: RunInput,
  app: Pick<AppState, 'endpoints' | 'samples' | 'settings' | 'providers'>,
): Draft {
  const { endpoints, samples, settings, providers } = app;
  const { again, sample } = input;
  if (again) {
    const known = endpoints.some(({ id }) => id === again.endpointId);
    return {
      endpoint: known ? again.endpointId! : null,
      api: again.api,
      texts: { [again.api]: again.requestHead?.written ?? jsonText(again.request) },
      options: again.options,
      without: (again.requestHead?.changes ?? []).flatMap(({ id, off }) => (off === true ? [id] : [])),
    };
  }
  if (sample) return sampleDraft(sample, builtInFor(providers, endpoints, sample.api));
  const endpoint = firstEndpoint(input, endpoints);
  const api = apisOf(providers, endpoint)[0] ?? '';
  const first = endpoint?.builtIn === true ? samples.find((one) => one.api === api) : undefined;
  return first
    ? sampleDraft(first, endpoint)
    : {
        endpoint: endpoint?.id ?? null,
        api,
        texts: { [api]: startText(api, endpoint, app) },
        options: settings?.options ?? DEFAULT_OPTIONS,
        without: [],
      };
}

/** The endpoint asked for, else the user's own, else a built-in one. */
function firstEndpoint({ endpoint }: RunInput, endpoints: readonly EndpointInfo[]): EndpointInfo | undefined {
  return endpoints.find(({ id }) => id === endpoint) ?? endpoints.find(({ builtIn }) => !builtIn) ?? endpoints[0];
}

/** A draft that was begun before the endpoints were known gets one that speaks its API; that of a trace waits for the user's choice. */
function withEndpoint(
  draft: Draft,
  input: RunInput,
  { endpoints, providers }: Pick<AppState, 'endpoints' | 'providers'>,
): Draft {
  if (draft.endpoint !== null || input.again) return draft;
  const fitting = endpoints.filter((endpoint) => apisOf(providers, endpoint).includes(draft.api));
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

/** What forms and dialogs decide without a screen: drafts, endpoints as typed, the palette's order, the first screen. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { endpointId, traceId } from '../../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS, type TraceDetail, type TraceSource } from '../../../src/shared/model/trace.ts';
import type { EndpointInfo, SampleInfo } from '../../../src/shared/rpc/contract.ts';
import { listSamples } from '../../../src/main/core/samples/list.ts';
import { checkRequest } from '../../../src/renderer/views/run/check-request.ts';
import { draftOf, onEndpoint, startText } from '../../../src/renderer/views/run/draft.ts';
import {
  EMPTY_FORM,
  formOf,
  readForm,
  withPreset,
  withType,
  presetsOf,
} from '../../../src/renderer/views/settings/endpoint-form.ts';
import { apisOf as apisKnown } from '../../../src/renderer/stores/providers.ts';
import { providersInfo } from '../../../src/main/core/providers/info.ts';
import { search, type Entry } from '../../../src/renderer/views/palette/search.ts';

const endpoint = (id: string, more: Partial<EndpointInfo> = {}): EndpointInfo => ({
  id: endpointId(id),
  name: id,
  baseUrl: 'http://127.0.0.1:1/v1',
  type: 'openai',
  provider_name: 'openai',
  limits: { answer: 600, silence: null },
  builtIn: false,
  key: { configured: false },
  ...more,
});
const builtIn = [
  endpoint('samples-openai', { builtIn: true }),
  endpoint('samples-anthropic', { builtIn: true, type: 'anthropic' }),
];

const known = providersInfo();
const kinds = known.endpointKinds;

describe('drafts', () => {
  let samples: readonly SampleInfo[];
  beforeAll(() => {
    samples = listSamples();
  });
  const app = (endpoints: readonly EndpointInfo[]) => ({ endpoints, samples, settings: null, providers: known });

  it('begin with the first sample where there is no endpoint of one’s own, and can be sent as they are', () => {
    const draft = draftOf({}, app(builtIn));
    expect(draft).toMatchObject({ endpoint: 'samples-openai', api: 'chat_completions', options: samples[0]!.options });
    expect(checkRequest(draft.texts.chat_completions!, 'chat_completions')).toMatchObject({
      value: { model: samples[0]!.model },
      problems: [],
    });
  });

  it('begin on one’s own endpoint when there is one, with all but the model', () => {
    const draft = draftOf({}, app([...builtIn, endpoint('mine', { type: 'anthropic' })]));
    expect(draft).toMatchObject({ endpoint: 'mine', api: 'messages' });
    expect(checkRequest(draft.texts.messages!, 'messages').problems.map(({ sentence }) => sentence)).toEqual([
      '`model` must not be empty.',
    ]);
  });

  it('of another run have its request, endpoint and options', () => {
    const again = {
      id: traceId('t'),
      api: 'responses',
      request: { model: 'm', input: 'x' },
      options: { ...DEFAULT_OPTIONS, requires_approval_tools: ['a'] },
      endpointId: endpointId('mine'),
    } as unknown as TraceDetail;
    expect(draftOf({ again }, app([...builtIn, endpoint('mine')]))).toEqual({
      endpoint: 'mine',
      api: 'responses',
      texts: { responses: '{\n  "model": "m",\n  "input": "x"\n}' },
      options: again.options,
      without: [],
    });
    expect(draftOf({ again }, app(builtIn)).endpoint).toBeNull();
  });

  it('keep their API on another endpoint where it is spoken', () => {
    expect(onEndpoint({ api: 'responses' }, endpoint('a'), known).api).toBe('responses');
    expect(onEndpoint({ api: 'responses' }, endpoint('a', { type: 'anthropic' }), known).api).toBe('messages');
  });

  it('lack nothing but the model in any API, and nothing where samples answer', () => {
    for (const api of apisKnown(known)) {
      expect(
        checkRequest(startText(api, endpoint('a'), app([])), api).problems.map(({ sentence }) => sentence),
      ).toEqual(['`model` must not be empty.']);
      expect(checkRequest(startText(api, builtIn[0], app([])), api).problems).toEqual([]);
    }
  });
});

describe('endpoints as typed', () => {
  it.each(presetsOf(kinds))('the preset $name can be saved as it is', (preset) => {
    expect(readForm(withPreset(EMPTY_FORM, preset))).toMatchObject({
      input: { baseUrl: preset.baseUrl, limits: { answer: null, silence: null } },
    });
  });

  it('go out and come back the same', () => {
    const kept = endpoint('a', { limits: { answer: 30, silence: 12.5 }, provider_name: 'lmstudio_openai' });
    const { builtIn: _builtIn, key: _key, ...input } = kept;
    expect(readForm(formOf(kept), kept.id)).toEqual({ input });
  });

  it('say what is wrong under the field that it is wrong in', () => {
    const read = readForm({ ...EMPTY_FORM, baseUrl: 'ftp://x', answer: 'soon', silence: '0' });
    expect(read).toEqual({
      errors: {
        name: 'Enter a name of 1 to 200 characters.',
        baseUrl: 'Enter a full URL that starts with http:// or https://.',
        answer: 'Enter 1 to 3,600 seconds. If left empty, a run waits until it is stopped.',
        silence: 'Enter 1 to 3,600 seconds. If left empty, a run has no idle timeout.',
      },
    });
  });

  it('keep a provider name that was written', () => {
    expect(withType(EMPTY_FORM, 'anthropic', kinds).provider_name).toBe('anthropic');
    expect(withType({ ...EMPTY_FORM, provider_name: 'lmstudio_openai' }, 'anthropic', kinds).provider_name).toBe(
      'lmstudio_openai',
    );
  });
});

describe('the palette', () => {
  const entry = (group: string, title: string, more: Partial<Entry> = {}): Entry => ({
    id: `${group} ${title}`,
    group,
    title,
    run: () => {},
    ...more,
  });
  const entries = [
    entry('Commands', 'New run'),
    entry('Commands', 'Switch theme'),
    entry('Runs', 'Trains to Porto', { note: 'gpt-4o' }),
    ...Array.from({ length: 20 }, (_, n) => entry('Runs', `Ships ${n}`)),
  ];

  it('shows a few of each kind while nothing is typed', () => {
    expect(search(entries, ' ').map(({ group, items: shown, more }) => [group, shown.length, more])).toEqual([
      ['Commands', 2, 0],
      ['Runs', 6, 15],
    ]);
  });

  it('finds by letters in order, in title or note, the best group first', () => {
    const titles = (query: string) =>
      search(entries, query).flatMap(({ items: shown }) => shown.map(({ title }) => title));
    expect(titles('swth')).toEqual(['Switch theme']);
    expect(titles('gpt')).toEqual(['Trains to Porto']);
    expect(search(entries, 'porto')[0]!.group).toBe('Runs');
    expect(titles('zzz')).toEqual([]);
  });
});

describe('the first screen', () => {
  const list = (sources: readonly TraceSource[], more: object = {}) => ({
    loaded: true,
    problem: null,
    all: sources.map((source) => ({ source })),
    ...more,
  });
  const nobody = { left: false, starting: 0 };

  it('stands while the store has only samples, and nobody asked for the workspace', async () => {
    vi.stubGlobal('document', { addEventListener() {} });
    const { standsFor } = await import('../../../src/renderer/stores/first-run.ts');
    expect(standsFor(list([]), nobody)).toBe(true);
    expect(standsFor(list(['sample', 'sample']), nobody)).toBe(true);
    expect(standsFor(list(['sample', 'run']), nobody)).toBe(false);
    expect(standsFor(list(['sample']), { ...nobody, left: true })).toBe(false);
    expect(standsFor(list([]), { ...nobody, left: true })).toBe(true);
    expect(standsFor(list(['import']), { ...nobody, starting: 1 })).toBe(true);
    expect(standsFor(list([], { loaded: false }), nobody)).toBe(false);
    expect(standsFor(list([], { problem: 'gone' }), nobody)).toBe(false);
    expect(standsFor(list([], { all: null }), nobody)).toBe(false);
  });
});

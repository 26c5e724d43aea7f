/** Endpoints: the built-in ones, the user's, which key goes where, and settings beside them. */
import { describe, expect, test } from 'vitest';
import { EndpointsService, type EndpointInput } from '../../src/main/core/endpoints/endpoints-service.ts';
import { DEFAULT_SETTINGS, SettingsService } from '../../src/main/core/settings.ts';
import { endpointId } from '../../src/shared/model/ids.ts';
import { endpointInputSchema, type Settings } from '../../src/shared/rpc/contract.ts';
import { MemoryVault } from '../support/memory-vault.ts';
import { storeForFile } from '../support/store.ts';

const KEY = 'sk-test-0123456789abcdef';
const input = (fields: Partial<EndpointInput>): EndpointInput =>
  endpointInputSchema.parse({
    name: 'Mine',
    baseUrl: 'https://api.test/v1',
    type: 'openai',
    provider_name: '',
    ...fields,
  });

const stored = storeForFile();

function service(environment: Readonly<Record<string, string>> = {}) {
  const { store } = stored;
  const vault = new MemoryVault();
  return {
    store,
    vault,
    endpoints: new EndpointsService({ store, vault, sampleUrl: 'http://127.0.0.1:4000', environment }),
  };
}

describe('the built-in endpoints', () => {
  test('come first, one of each type, on the sample provider', async () => {
    const { endpoints } = service();
    const { id } = await endpoints.save(input({}));
    const listed = await endpoints.list();
    expect(listed.at(-1)).toMatchObject({ id, name: 'Mine', builtIn: false });
    expect(listed.slice(0, 2)).toMatchObject([
      {
        id: 'sample-openai',
        type: 'openai',
        baseUrl: 'http://127.0.0.1:4000/v1',
        builtIn: true,
        key: { configured: false },
      },
      { id: 'sample-anthropic', type: 'anthropic', baseUrl: 'http://127.0.0.1:4000', builtIn: true },
    ]);
  });
  test('cannot be changed, removed or given a key', async () => {
    const { endpoints, vault } = service();
    const id = endpointId('sample-openai');
    for (const attempt of [endpoints.save(input({ id })), endpoints.remove(id), endpoints.setKey(id, KEY)])
      await expect(attempt).rejects.toMatchObject({ code: 'built-in' });
    expect(vault.keys.size).toBe(0);
  });
});

describe('an endpoint of the user’s', () => {
  test('is saved, changed and removed, its key with it', async () => {
    const { endpoints, store, vault } = service();
    const { id } = await endpoints.save(input({ name: ' Mine ', baseUrl: 'https://api.test/v1//' }));
    await endpoints.setKey(id, KEY);
    expect(await endpoints.save(input({ id, name: 'Yours', limits: { answer: 5, silence: 6 } }))).toEqual({
      id,
      name: 'Yours',
      baseUrl: 'https://api.test/v1',
      type: 'openai',
      provider_name: 'openai',
      limits: { answer: 5, silence: 6 },
      builtIn: false,
      key: { configured: true, last4: 'cdef' },
    });
    await endpoints.remove(id);
    expect([(await store.endpoints()).filter((endpoint) => endpoint.id === id), vault.keys.size]).toEqual([[], 0]);
    await expect(endpoints.forRun(id)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/Choose another/),
    });
    await expect(endpoints.save(input({ id }))).rejects.toMatchObject({ code: 'not-found' });
  });
  test.each([
    ['openai', 'http://localhost:1234/v1', '', 'lmstudio_openai'],
    ['openai', 'http://192.0.2.1:1234/v1', '', 'openai'],
    ['openai', 'http://localhost:1234/v1', 'mine', 'mine'],
    ['anthropic', 'http://localhost:1234', '', 'anthropic'],
    ['bedrock', 'https://bedrock.test', ' ', 'bedrock'],
  ] as const)('%s at %s named "%s" has the provider name %s', async (type, baseUrl, said, name) => {
    expect(await service().endpoints.save(input({ type, baseUrl, provider_name: said }))).toMatchObject({
      provider_name: name,
    });
  });
  test.each([
    'https://user@api.test/v1',
    'https://user:word@api.test/v1',
    'https://api.test/v1?key=abc',
    'https://api.test/v1#x',
  ])('the address %s is refused', async (baseUrl) => {
    await expect(service().endpoints.save(input({ baseUrl }))).rejects.toMatchObject({ code: 'base-url' });
  });
});

describe('a key', () => {
  const keyed = async (baseUrl: string) => {
    const made = service();
    const { id } = await made.endpoints.save(input({ baseUrl }));
    await made.endpoints.setKey(id, KEY);
    return { ...made, id };
  };

  test.each(['https://api.test/v2', 'https://API.test:443/other'])(
    'stays when the endpoint moves to %s, on the same origin',
    async (to) => {
      const { endpoints, id } = await keyed('https://api.test/v1');
      expect(await endpoints.save(input({ id, baseUrl: to }))).toMatchObject({ key: { configured: true } });
      expect(await endpoints.forRun(id)).toMatchObject({ key: KEY });
    },
  );
  test.each(['http://api.test/v1', 'https://api.test:8443/v1', 'https://api.test.evil/v1', 'https://other/v1'])(
    'L7 is dropped when the endpoint moves to %s',
    async (to) => {
      const { endpoints, vault, id } = await keyed('https://api.test/v1');
      expect(await endpoints.save(input({ id, baseUrl: to }))).toMatchObject({ key: { configured: false } });
      expect(vault.keys.size).toBe(0);
      expect(await endpoints.forRun(id)).not.toHaveProperty('key');
    },
  );
  test('L7 is dropped before the new address is stored', async () => {
    const { endpoints, store, vault, id } = await keyed('https://api.test/v1');
    vault.remove = async () => {
      throw new Error('locked');
    };
    await expect(endpoints.save(input({ id, baseUrl: 'https://other/v1' }))).rejects.toThrow('locked');
    expect((await store.endpoints()).find((endpoint) => endpoint.id === id)).toMatchObject({
      baseUrl: 'https://api.test/v1',
    });
  });
  test('L6 is told by its last four characters and never comes back, and of a short one not even the end', async () => {
    const { endpoints, id } = await keyed('https://api.test/v1');
    const listed = await endpoints.list();
    expect(JSON.stringify(listed)).not.toContain(KEY.slice(0, -4));
    expect(listed.find((endpoint) => endpoint.id === id)?.key).toEqual({ configured: true, last4: KEY.slice(-4) });
    expect((await endpoints.setKey(id, ' short\n')).key).toEqual({ configured: true });
    expect((await endpoints.setKey(id, '')).key).toEqual({ configured: false });
  });
  test.each(['two words', 'line\nbreak', 'ключ', 'sk-\u200b1'])('that is none (%j) is refused', async (key) => {
    const { endpoints, id } = await keyed('https://api.test/v1');
    await expect(endpoints.setKey(id, key)).rejects.toMatchObject({ code: 'key' });
  });
  test('in a key store that is locked hides no endpoint, and fails the run that needs it', async () => {
    const { endpoints, vault, id } = await keyed('https://api.test/v1');
    vault.get = async () => {
      throw new Error('locked');
    };
    expect((await endpoints.list()).map((endpoint) => endpoint.id)).toContain(id);
    await expect(endpoints.forRun(id)).rejects.toThrow('locked');
  });
});

describe('a key from the environment', () => {
  const environment = { OPENAI_API_KEY: 'sk-openai-0123456789', ANTHROPIC_API_KEY: 'sk-ant-0123456789' };

  test.each([
    ['https://api.openai.com/v1', 'sk-openai-0123456789'],
    ['https://api.anthropic.com', 'sk-ant-0123456789'],
    ['http://api.openai.com/v1', undefined],
    ['https://api.openai.com.evil.test/v1', undefined],
    ['https://api.openai.com:8443/v1', undefined],
    ['http://localhost:8080/v1', undefined],
  ])('for %s is %s', async (baseUrl, key) => {
    const { endpoints } = service(environment);
    const { id } = await endpoints.save(input({ baseUrl }));
    expect((await endpoints.forRun(id)).key).toBe(key);
    expect((await endpoints.list()).at(-1)!.key.configured).toBe(key !== undefined);
  });
  test('gives way to the endpoint’s own', async () => {
    const { endpoints } = service(environment);
    const { id } = await endpoints.save(input({ baseUrl: 'https://api.openai.com/v1' }));
    await endpoints.setKey(id, KEY);
    expect((await endpoints.forRun(id)).key).toBe(KEY);
  });
});

test('settings are the usual ones but for what was changed', async () => {
  let saved: Partial<Settings> = {};
  const settings = new SettingsService({
    settings: async () => saved,
    saveSettings: async (change) => {
      saved = { ...saved, ...change };
    },
  });
  expect(await settings.get()).toEqual(DEFAULT_SETTINGS);
  expect(await settings.set({ theme: 'dark', announce: undefined })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
  expect(saved).toEqual({ theme: 'dark' });
});

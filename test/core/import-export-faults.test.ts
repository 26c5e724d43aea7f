/**
 * Group H of the reliability list, import and export: a test for each row that applies, over the contract and a real store. H9 is in
 * test/unit/exports/cli.test.ts, H12 in test/unit/exports/formats.test.ts.
 */
import { brotliCompressSync, constants, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { EXPORT_FORMATS } from '../../src/main/core/exports/formats/registry.ts';
import { contract } from '../../src/shared/rpc/contract.ts';
import { ServiceError, type Services } from '../../src/shared/rpc/services.ts';
import { cores } from '../support/core.ts';
import { importOne } from '../support/imports.ts';
import { sampleBody } from '../support/sample-bytes.ts';

const { open, dataDir } = cores({ shared: true });

const plain = sampleBody('messages', 'plain-text');
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const count = async (services: Services): Promise<number> => (await services['traces.list']({ limit: 1 })).total;

/** What an import of these bytes is refused with; nothing may have become a trace. */
async function refusal(services: Services, bytes: Uint8Array | string, name = 'x'): Promise<string> {
  const before = await count(services);
  const error = await Promise.resolve(services['traces.import']({ name, base64: base64(bytes), again: false })).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServiceError);
  expect(await count(services)).toBe(before);
  return (error as ServiceError).message;
}

async function bundleOf(
  services: Services,
  id: TraceId,
  parts = ['request', 'heads', 'bytes'] as const,
): Promise<string> {
  const made = await services['exports.make']({ ids: [id], format: 'bundle', parts: [...parts], secrets: 'redact' });
  return gunzipSync(Buffer.from(made.base64, 'base64')).toString();
}
const body = async (services: Services, id: TraceId): Promise<string> =>
  Buffer.from((await services['traces.bytes']({ id, start: 0, end: 1e9 })).bytes, 'base64').toString();

describe('H1: names in a file lead nowhere', () => {
  test.each(['../../x.sse', '/etc/x', String.raw`C:\x`, String.raw`\\host\x`, 'nul\0byte', 'n'.repeat(255)])(
    'a file called %j is a trace, and writes nothing',
    async (name) => {
      const { services } = await open(join(dataDir, 'inner', 'folder'));
      const before = [readdirSync(dataDir), readdirSync(join(dataDir, 'inner'))];
      const { id } = await importOne(services, { name, base64: plain.base64 });
      expect(await body(services, id)).toBe(Buffer.from(plain.bytes).toString());
      expect([readdirSync(dataDir), readdirSync(join(dataDir, 'inner'))]).toEqual(before);
      expect(existsSync('/etc/x')).toBe(false);
    },
  );

  test.each([
    ['zip', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(100)])],
    ['tar', Buffer.concat([Buffer.from('../x'.padEnd(257, '\0')), Buffer.from('ustar\0'), Buffer.alloc(300)])],
  ])('archives are no import format: %s', async (_what, bytes) => {
    const { services } = await open();
    expect(await refusal(services, bytes)).not.toBe('');
  });
});

describe('H2: what unpacks to too much', () => {
  test.each([
    ['gzip', 'x', (bytes: Uint8Array) => gzipSync(bytes)],
    ['zstd', 'x', (bytes: Uint8Array) => zstdCompressSync(bytes)],
    // A file of it is known by its name alone.
    [
      'brotli',
      'x.br',
      (bytes: Uint8Array) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    ],
  ])('stops at the limit: %s', async (_what, name, pack) => {
    const { services } = await open();
    expect(await refusal(services, pack(Buffer.alloc(300 * 1024 * 1024)), name)).toContain('256 MB');
  });

  const million = (entry: string): string => `${entry},`.repeat(999_999) + entry;
  test.each([
    ['a HAR', `{"log":{"version":"1.2","entries":[${million('{}')}]}}`],
    ['a cassette in JSON', `{"version":1,"interactions":[${million('{}')}]}`],
    ['a cassette in YAML', `version: 1\ninteractions:\n${'- request:\n'.repeat(1_000_000)}`],
  ])('%s of a million entries is refused by their number', async (_what, text) => {
    const { services } = await open();
    expect(await refusal(services, text)).toContain('It has 1,000,000 exchanges; up to 100,000 are read.');
  });

  test('stops at the limit of layers', async () => {
    const { services } = await open();
    let bytes: Uint8Array = plain.bytes;
    for (let layer = 0; layer < 6; layer++) bytes = gzipSync(bytes);
    expect(await refusal(services, bytes)).toContain('compressed more than 4 times');
  });

  test('a body within an archive that says it is packed has the same limit', async () => {
    const { services } = await open();
    const text = gzipSync(Buffer.alloc(300 * 1024 * 1024)).toString('base64');
    const entry = {
      request: { method: 'POST', url: 'https://a.example/v1/messages', headers: [] },
      response: {
        status: 200,
        headers: [{ name: 'content-encoding', value: 'gzip' }],
        content: { text, encoding: 'base64' },
      },
    };
    await refusal(services, JSON.stringify({ log: { entries: [entry] } }));
  });
});

describe('H3: documents that are not what they say', () => {
  const har = (entry: unknown): string => `{"log":{"entries":[${JSON.stringify(entry)}]}}`;
  const request = { method: 'POST', url: 'https://a.example/v1/messages', headers: [] };

  test.each([
    ['cut', '{"log":{"entries":[{"request":', 'Its end is missing'],
    ['broken in the middle', '{"log":{"entries":[{} {}]}}', 'breaks off at position 22'],
    [
      'nested 200,000 deep',
      `{"log":{"entries":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}}`,
      'It nests 200,003 levels deep',
    ],
    ['without a list', '{"log":{"entries":{"0":{}}}}', 'log.entries is no list'],
    ['of a wrong request', har({ request: 'GET', response: [] }), 'log.entries[0].request is no object'],
    ['of a wrong answer', har({ request, response: 'x' }), 'log.entries[0].response is no object'],
    ['without fields', har({}), 'log.entries[0].request is no object'],
    ['without an answer', har({ request, response: { status: 200, headers: [] } }), 'HTTP archive'],
  ])('a HAR %s is refused, and it is said where', async (_what, text, place) => {
    const { services } = await open();
    expect(await refusal(services, text)).toContain(place);
  });

  test('with a string of 200 MB is over the limit of a file, which is said before it is read', () => {
    const { params } = contract['traces.import'];
    const fileOf = (megabytes: number) => ({
      name: 'x.har',
      base64: 'A'.repeat((megabytes * 2 ** 20 * 4) / 3),
      again: false,
    });
    expect(params.safeParse(fileOf(63)).success).toBe(true);
    expect(params.safeParse(fileOf(210)).error?.issues).toMatchObject([{ code: 'too_big', path: ['base64'] }]);
  });

  test('fields of wrong types beside the stream do not keep it out', async () => {
    const { services } = await open();
    const content = { text: Buffer.from(plain.bytes).toString() };
    const response = { status: '200', statusText: 7, headers: 'none', content };
    const entry = {
      startedDateTime: 7,
      request: { method: [], url: {}, headers: 7, postData: 7 },
      response,
      timings: 'long',
    };
    const { id } = await importOne(services, { name: 'x.har', base64: base64(har(entry)) });
    expect((await services['traces.get']({ id })).ending!.state).toBe('complete');
  });

  test('names of the prototype and dates of the year 9999 are values like others', async () => {
    const { services } = await open();
    const entry = har({
      startedDateTime: '9999-12-31T23:59:59.999Z',
      request,
      response: {
        status: 200,
        headers: [{ name: '__proto__', value: 'x' }],
        content: { text: Buffer.from(plain.bytes).toString() },
      },
    }).replace('"log":', '"__proto__":{"polluted":true},"log":');
    // A file is known by its start.
    const { id } = await importOne(services, {
      name: 'x.har',
      base64: base64(har(JSON.parse(entry.slice(entry.indexOf('[') + 1, entry.lastIndexOf(']'))))),
    });
    expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
    const { responseHead, startedAt } = await services['traces.get']({ id });
    expect([responseHead?.headers, startedAt]).toEqual([[['__proto__', 'x']], Date.parse('9999-12-31T23:59:59.999Z')]);
  });

  test('a bundle with two traces of one id makes two traces', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
    const [manifest, ...lines] = (await bundleOf(services, id)).trimEnd().split('\n');
    const said = JSON.parse(manifest!) as { traces: unknown[] };
    said.traces.push(said.traces[0]);
    const text = [JSON.stringify(said), ...lines, ...lines, ''].join('\n');
    const { traces } = await services['traces.import']({ name: 'x', base64: base64(text), again: true });
    expect(new Set(traces.map((trace) => trace.id)).size).toBe(2);
  });
});

test('H4: an SQLite file is no import format', async () => {
  const { services } = await open();
  const db = new Database(':memory:');
  db.exec('CREATE TABLE traces (id TEXT)');
  expect(await refusal(services, db.serialize(), 'tracelane.db')).toMatch(/SQLite|not a stream|no stream/);
  db.close();
});

test('H5: an import with the id of a trace that is there gets another, and changes nothing of it', async () => {
  const { services } = await open();
  const { id } = await importOne(services, { name: 'first', base64: plain.base64 });
  // What is indexed in the background comes when it comes.
  const detail = async () => ({ ...(await services['traces.get']({ id })), facts: undefined });
  const before = await detail();
  const again = await importOne(services, { name: 'x', base64: base64(gzipSync(await bundleOf(services, id))) });
  expect(again.id).not.toBe(id);
  expect(await detail()).toEqual(before);
});

describe('H6: what a file claims of its bytes', () => {
  test('numbers are reckoned from the bytes', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
    const { metrics } = await services['traces.get']({ id });
    const text = (await bundleOf(services, id))
      .replace(/"events":\d+/, '"events":99999')
      .replace(/"textChars":\d+/, '"textChars":5');
    const forged = await importOne(services, { name: 'x', base64: base64(text) });
    const got = await services['traces.get']({ id: forged.id });
    expect([got.metrics.events, got.metrics.textChars]).toEqual([metrics.events, metrics.textChars]);
  });

  test('more gaps than a trace has are refused: a filter looks at no others', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
    const text = await bundleOf(services, id);
    const withGaps = (gaps: number): string =>
      text.replace(/"gaps":\[.*?\]/, `"gaps":${JSON.stringify(Array.from({ length: gaps }, () => 1))}`);
    await importOne(services, { name: 'x', base64: base64(withGaps(32)) });
    expect(await refusal(services, withGaps(33))).toContain('is not what a bundle has there');
  });

  test('bytes that are not those of the digest are refused', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
    const text = (await bundleOf(services, id)).replace('Boil', 'Cool');
    expect(await refusal(services, text)).toMatch(/changed|damaged|digest|SHA-256/i);
  });

  test('“complete” of bytes that are cut is not believed', async () => {
    const { services } = await open();
    const half = plain.bytes.subarray(0, plain.bytes.length / 2);
    const { id } = await importOne(services, { name: 'a', base64: base64(half) });
    expect((await services['traces.get']({ id })).ending!.state).toBe('truncated');
    const text = (await bundleOf(services, id)).replace('"state":"truncated"', '"state":"complete"');
    const forged = await importOne(services, { name: 'x', base64: base64(text) });
    expect((await services['traces.get']({ id: forged.id })).ending!.state).toBe('truncated');
  });
});

describe('H7: all or nothing, and once', () => {
  test('the same bytes are known again', async () => {
    const { services } = await open();
    const text = `event: ping\ndata: {"type": "ping"}\n\n${Buffer.from(plain.bytes).toString()}`;
    const first = await services['traces.import']({ name: 'a', text, again: false });
    const second = await services['traces.import']({ name: 'b', text, again: false });
    expect([second.traces[0]!.existing, second.traces[0]!.id]).toEqual([true, first.traces[0]!.id]);
  });

  test('also when they are imported many times at once', async () => {
    const { services } = await open();
    const text = `event: ping\ndata: {"type": "ping", "at": "once"}\n\n${Buffer.from(plain.bytes).toString()}`;
    const before = await count(services);
    const all = await Promise.all(
      ['a', 'b', 'c'].map((name) => services['traces.import']({ name, text, again: false })),
    );
    expect(await count(services)).toBe(before + 1);
    expect(new Set(all.map(({ traces }) => traces[0]!.id)).size).toBe(1);
    expect(all.filter(({ traces }) => !traces[0]!.existing)).toHaveLength(1);
  });

  test('a bundle that is cut anywhere makes no trace', async () => {
    const { services } = await open();
    const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
    const text = await bundleOf(services, id);
    for (let part = 1; part < 20; part++) await refusal(services, text.slice(0, Math.floor((text.length * part) / 20)));
  });
});

test('H8: a trace that leaves and comes back is equal in bytes, reads, times and ending', async () => {
  const { services } = await open();
  const { id } = await importOne(services, { name: 'a', base64: plain.base64 });
  const back = await importOne(services, { name: 'x', base64: base64(await bundleOf(services, id)) });
  const digest = async (one: TraceId): Promise<string> =>
    createHash('sha256')
      .update(await body(services, one))
      .digest('hex');
  expect(await digest(back.id)).toBe(await digest(id));
  const [a, b] = [await services['traces.get']({ id }), await services['traces.get']({ id: back.id })];
  expect([b.ending, b.metrics, b.timed, b.usage]).toEqual([a.ending, a.metrics, a.timed, a.usage]);
});

test('H10: keys leave only by an explicit choice, which the file names', async () => {
  const { services } = await open();
  const key = 'sk-proj-0123456789abcdefghijABCD';
  const text = Buffer.from(plain.bytes).toString().replace('Boil', key);
  const { id } = await importOne(services, { name: 'a', text });
  for (const format of ['bundle', 'har', 'body'] as const) {
    const made = async (secrets: 'redact' | 'keep'): Promise<string> => {
      const file = await services['exports.make']({ ids: [id], format, parts: ['request', 'heads', 'bytes'], secrets });
      const bytes = Buffer.from(file.base64, 'base64');
      return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
    };
    expect([format, (await made('redact')).includes(key), (await made('keep')).includes(key)]).toEqual([
      format,
      false,
      true,
    ]);
    if (format !== 'body') expect(await made('keep')).toMatch(/"secrets": ?"keep"/);
  }
});

test('H2: a file that takes long to read can be given up, and delays neither what is asked meanwhile nor the next file', async () => {
  const { services } = await open();
  const before = await count(services);
  const slow = Buffer.from(`{"log":{"entries":[${'{"a":[1]},'.repeat(1_500_000)}{}]}}`);
  const asked = Promise.resolve(
    services['imports.recognize']({ name: 'slow.har', base64: base64(slow), ticket: 't1' }),
  );
  const waiting = Promise.resolve(services['imports.recognize']({ name: 'x', base64: base64(slow), ticket: 't2' }));
  const next = Promise.resolve(services['imports.recognize']({ name: 'next', base64: base64(gzipSync(plain.bytes)) }));
  const refused = Promise.all([
    expect(asked).rejects.toMatchObject({ code: 'cancelled' }),
    expect(waiting).rejects.toMatchObject({ code: 'cancelled' }),
  ]);
  expect(await count(services)).toBe(before);
  await services['imports.cancel']({ ticket: 't2' });
  await services['imports.cancel']({ ticket: 't1' });
  await refused;
  expect((await next).streams).toHaveLength(1);
  await services['imports.cancel']({ ticket: 't1' });
});

test('H11: no format is a table that a spreadsheet would calculate', () => {
  const media = EXPORT_FORMATS.map(({ mediaType }) => mediaType);
  expect(media.filter((type) => /csv|tab-separated|spreadsheet|excel/.test(type))).toEqual([]);
});

test('what was recognized is imported without being sent again, once, and only by its name', async () => {
  const { services } = await open();
  const { held, streams } = await services['imports.recognize']({ name: 'a', base64: plain.base64 });
  const { traces } = await services['traces.import']({ name: 'held', held, again: true });
  expect([traces.length, streams.length]).toEqual([1, 1]);
  expect(await body(services, traces[0]!.id)).toBe(Buffer.from(plain.bytes).toString());
  for (const name of [held, 'another'])
    await expect(services['traces.import']({ name: 'x', held: name, again: true })).rejects.toMatchObject({
      code: 'not-held',
    });
});

/** A trace that is exported and opened again is the same, to the byte and the nanosecond, in each format that promises it. */
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../../../src/main/core/capture/secrets.ts';
import { ImportError } from '../../../src/main/core/imports/imported.ts';
import { recognize } from '../../../src/main/core/imports/recognize.ts';
import type { RecordedTrace } from '../../../src/shared/bundle/recorded-trace.ts';
import { DecodePass } from '../../../src/shared/lanes/decode-pass.ts';
import { EXPORT_PARTS } from '../../../src/shared/model/export.ts';
import type { Read } from '../../../src/shared/model/stream.ts';
import { PROVIDERS } from '../../../src/shared/providers/registry.ts';
import { decodeSetup } from '../../../src/main/core/decoding/decode-setup.ts';
import { exported, importedAll, traceToExport } from '../../support/exports.ts';
import { allStreams } from '../../support/fixtures.ts';
import { anyText } from '../../support/texts.ts';

const ALL = { parts: EXPORT_PARTS, secrets: 'redact' } as const;
const FORMATS = ['bundle', 'har'] as const;

/** Reads of any bytes at any times, some of them without a byte. */
const readsArbitrary = fc
  .array(
    fc.record({
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 30 }),
        anyText().map((text) => new TextEncoder().encode(text)),
      ),
      tNs: fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ min: 0, max: 1e15, noNaN: true, noDefaultInfinity: true })),
    }),
    { maxLength: 12 },
  )
  .map((parts): readonly Read[] => {
    let offset = 0;
    return parts.map(({ bytes, tNs }, n) => {
      const read = { n, tNs: tNs + 0, offset, bytes };
      offset += bytes.length;
      return read;
    });
  });

/** As a trace has it: without secrets. */
const recorded = new Redaction();
const url = fc
  .tuple(fc.webUrl({ withQueryParameters: true }), fc.constantFrom('', 'key=abc', 'a=1&api_key=x%20y&b=<c>'))
  .map(([base, query]) => recorded.url(query === '' ? base : `${base.split('?')[0]}?${query}`));
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const headers = fc.array(fc.tuple(fc.constantFrom('content-type', 'Date', 'x-a', 'X-A'), text), { maxLength: 5 });
const factsArbitrary: fc.Arbitrary<Partial<RecordedTrace>> = fc.record(
  {
    title: text,
    renamed: fc.boolean(),
    timed: fc.boolean(),
    startedAt: fc.nat({ max: 8e12 }),
    source: fc.constantFrom('run', 'import', 'sample', 'capture'),
    request: fc.jsonValue().filter((value) => value !== null),
    requestHead: fc.oneof(
      fc.record({ method: fc.constantFrom('GET', 'POST'), url, headers }),
      fc.record({
        method: fc.constant('POST'),
        url,
        headers,
        written: fc.constantFrom('{ "a": 1.0 }', '{"messages": []\n}'),
        changes: fc.constant([
          { id: 'body.stream', where: 'body', name: 'stream', value: 'true', why: 'It streams.' } as const,
        ]),
      }),
    ),
    responseHead: fc.record({ status: fc.integer({ min: 100, max: 599 }), statusText: text, headers, tNs: fc.nat() }),
    ending: fc.record({ state: fc.constantFrom('reset', 'cancelled', 'limit', 'complete'), rule: text, advice: text }),
  },
  { requiredKeys: [] },
);

const plain = (reads: readonly Read[]): unknown =>
  reads.map(({ n, tNs, offset, bytes }) => ({ n, tNs, offset, bytes: Buffer.from(bytes).toString('base64') }));

/** Both as texts and bytes are everywhere: -0 is 0, and so are fields that are not there. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe.each(FORMATS)('a %s', (format) => {
  it('H8 A16 keeps every byte, also of what is no UTF-8, every time and every fact', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PROVIDERS.keys()),
        fc.array(fc.tuple(readsArbitrary, factsArbitrary), { minLength: 1, maxLength: 3 }),
        async (api, given) => {
          const traces = given.map(([reads, facts], at) =>
            traceToExport(api, reads, { ...facts, id: `trace-${at}`, messageId: `message-${at}` }),
          );
          const { name, bytes } = await exported(traces, { format, ...ALL }, '1.2.3');
          const again = await importedAll(name, bytes);
          expect(again).toHaveLength(traces.length);
          for (const [at, { trace, reads, head, result }] of again.entries()) {
            const { facts, reads: before } = traces[at]!;
            expect(plain(reads)).toEqual(plain(before));
            expect(trace.source).toBe('import');
            const { ending, metrics: _metrics, id: _id, source: _source, responseHead, request, ...same } = facts;
            expect(trace).toMatchObject(asJson(same) as object);
            expect(head).toEqual(responseHead ?? null);
            expect(asJson(trace.request)).toEqual(asJson(request ?? PROVIDERS.get(api)!.request.empty));
            // That bytes made up here are complete is not believed.
            if (ending && (ending.state !== 'complete' || before.length === 0)) expect(result.ending).toEqual(ending);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read by the lanes as the trace was', async () => {
    for (const { api, bytes } of allStreams().slice(0, 12)) {
      const cut = Math.floor(bytes.length / 3);
      const reads = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part, n) => ({
        n,
        tNs: 1_000_001 + n * 7,
        offset: n * cut,
        bytes: part,
      }));
      const trace = traceToExport(api, reads);
      const { name, bytes: file } = await exported([trace], { format, ...ALL }, '1');
      const [again] = await importedAll(name, file);
      const items = (of: typeof trace.facts | NonNullable<typeof again>['trace'], own: readonly Read[]): unknown => {
        const pass = new DecodePass(decodeSetup(of as Parameters<typeof decodeSetup>[0]));
        return [pass.begin(), own.map((read) => pass.feed(read)), pass.end(9, () => trace.facts.ending!)];
      };
      expect(items(again!.trace, again!.reads)).toEqual(items(trace.facts, reads));
    }
  });

  it('has the numbers of the recording where the bytes were left out', async () => {
    const bytes = new TextEncoder().encode('data: {}\n\n');
    const base = traceToExport('messages', [{ n: 0, tNs: 5, offset: 0, bytes }]);
    const trace = { ...base, facts: { ...base.facts, metrics: { ...base.facts.metrics, events: 7, firstTextNs: 3 } } };
    const { name, bytes: file } = await exported([trace], { format, parts: ['request'], secrets: 'redact' }, '1');
    const [again] = await importedAll(name, file);
    expect(again!.reads).toEqual([]);
    expect(again!.result.metrics).toEqual(trace.facts.metrics);
    expect(again!.trace.imported!.repaired.join()).toContain('left out');
  });
});

describe('a bundle that is not as it was made', async () => {
  const reads = ['data: {"a":1}\n\n', 'data: {"b":2}\n\n'].map((part, n) => ({
    n,
    tNs: n,
    offset: n * part.length,
    bytes: new TextEncoder().encode(part),
  }));
  const { bytes: file } = await exported([traceToExport('messages', reads)], { format: 'bundle', ...ALL }, '1');
  const lines = gunzipSync(file).toString().trimEnd().split('\n');
  const told = (changed: readonly string[]): string => {
    try {
      recognize('x', gzipSync(`${changed.join('\n')}\n`));
      return 'opened';
    } catch (error) {
      expect(error).toBeInstanceOf(ImportError);
      return (error as ImportError).message;
    }
  };

  it('is refused as a whole, wherever it was cut', () => {
    expect(told(lines)).toBe('opened');
    for (let end = 1; end < lines.length; end++) expect(told(lines.slice(0, end))).toMatch(/cut or damaged/);
    expect(told([...lines, lines[1]!])).toMatch(/cut or damaged/);
  });

  it('is refused where a byte is another, a read is missing, or a line is none', () => {
    expect(told(lines.map((line) => line.replace('{\\"b\\":2}', '{\\"b\\":3}')))).toMatch(/not those/);
    expect(told(lines.filter((_line, at) => at !== 2))).toMatch(/should have 2 reads, and has 1/);
    expect(told(lines.with(2, '{"type":"read","tNs":-1,"text":"x"}'))).toMatch(/Line 3/);
    expect(told(lines.with(1, '{"type":"trace"}'))).toMatch(/Line 2/);
  });

  it('is refused by name where a newer version made it', () => {
    expect(told(lines.with(0, lines[0]!.replace('"version":1', '"version":2')))).toMatch(/version 2.*Update/);
  });

  it('is refused where it is of an API that is not known here', () => {
    expect(told(lines.map((line) => line.replaceAll('"messages"', '"other_vendor"')))).toMatch(/does not know the API/);
  });

  it('never does more than be refused, whatever its lines are', () => {
    fc.assert(
      fc.property(fc.nat({ max: lines.length - 1 }), fc.json(), (at, line) => {
        told(lines.with(at, line));
      }),
      { numRuns: 100 },
    );
  });
});

it('an HTTP archive that was edited is read as any other, and says so', async () => {
  const bytes = new TextEncoder().encode('event: ping\ndata: {"type":"ping"}\n\n');
  const trace = traceToExport('messages', [{ n: 0, tNs: 5, offset: 0, bytes }]);
  const { bytes: file } = await exported([trace], { format: 'har', ...ALL }, '1');
  const edited = Buffer.from(file).toString().replace('"text": "event: ping\\n', '"text": "event: ping\\nid: 1\\n');
  const [stream] = recognize('x.har', Buffer.from(edited)).streams;
  expect(stream).toMatchObject({ timed: false, repaired: [expect.stringContaining('was changed')] });
});

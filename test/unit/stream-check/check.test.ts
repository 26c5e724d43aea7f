/** `tracelane check`, as a CI job runs it: files and folders, a baseline, and its reports read by other readers. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { ANY_API_RULES } from '../../../src/shared/lint/any-api.ts';
import { PROVIDERS } from '../../../src/shared/providers/registry.ts';
import { FINDING_KINDS } from '../../../src/shared/compare/findings/registry.ts';
import { junitOf } from '../../../src/main/core/stream-check/junit.ts';
import { CHECK_RULES } from '../../../src/main/core/stream-check/rules.ts';
import { sampleBody } from '../../support/sample-bytes.ts';

const CLI = fileURLToPath(new URL('../../../src/main/cli.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'tracelane-check-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
let runs = 0;
beforeEach(() => {
  folder = join(root, String(runs++));
  mkdirSync(join(folder, 'streams'), { recursive: true });
});
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

function check(...args: readonly string[]) {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'check', ...args], options);
  return { status, out: stdout, err: stderr };
}

const good = sampleBody('messages', 'plain-text').bytes;
const other = Buffer.from(Buffer.from(good).toString().replace('Boil', 'Cool'));
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })}\n\n`;
const bare = (message: string): string => `${JSON.stringify({ error: { message } })}\n\n`;
/** Cut before its finish and [DONE], with a letter of two bytes, so that bytes and columns differ. */
const cut = event('Zürich ') + bare('out of memory');

describe('exit codes', () => {
  it('is 0 for streams that keep to their protocol', () => {
    put('streams/good.sse', good);
    put('streams/readme.md', '# These are streams');
    const { status, out } = check('streams', '--lanes', 'wire');
    expect([status, out]).toEqual([0, expect.stringContaining('1 stream checked: 0 errors')]);
    expect(out).toContain('1 file without a stream passed over');
  });

  it('is 1 for a stream in a folder that is too long to be checked', () => {
    put('streams/long.sse', `${event('Hi')}${': \n'.repeat(500_000)}`);
    const { status, out } = check('streams');
    expect(out).toMatch(/^streams\/long\.sse: error file\/unreadable: This stream has more than 500,000 events/);
    expect([status, out]).toEqual([1, expect.stringContaining('0 streams checked, 1 not')]);
  });

  it('is 1 for a file in a folder that cannot be read: it may be a stream', () => {
    put('streams/good.sse', good);
    put('streams/endless.log', '');
    truncateSync(join(folder, 'streams/endless.log'), 257 * 1024 ** 2);
    const { status, out } = check('streams', '--lanes', 'wire');
    expect(out).toMatch(/^streams\/endless\.log: error file\/unreadable: streams\/endless\.log is longer than 256 MB/);
    expect([status, out]).toEqual([1, expect.stringContaining('1 stream checked, 1 not')]);
    expect(out).not.toContain('without a stream');
  });

  it('says first what had to be mended, which no other reader does', () => {
    put('pasted.sse', Buffer.from(good).toString().replaceAll('\n\n', '\n'));
    put('packed.sse.gz', gzipSync(good));
    const { status, out } = check(
      'pasted.sse',
      'packed.sse.gz',
      '--lanes',
      'wire',
      '--fail-on',
      'warning',
      '--junit',
      'report.xml',
    );
    expect(status).toBe(1);
    expect(out).toMatch(/^pasted\.sse: warning file\/repaired: \d+ blank lines between events were missing/);
    expect(out).toContain('packed.sse.gz: note file/repaired: The file was compressed with gzip.');
    expect(text('report.xml')).toContain('name="file"');
  });

  it('is 1 for what is as bad as --fail-on says, and 0 where nothing may fail it', () => {
    put('cut.sse', cut);
    const { status, out } = check('cut.sse');
    expect(status).toBe(1);
    expect(out).toMatch(/cut\.sse: error ending\/\S+: /);
    expect(check('cut.sse', '--fail-on', 'none').status).toBe(0);
  });

  it('says bytes of the file only where the file is the body', () => {
    put('cut.sse', cut);
    const text = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${cut}`;
    put('inside.txt', text);
    const { out } = check('cut.sse', 'inside.txt', '--lanes', 'wire');
    const [, range] = /^cut\.sse:(\d+-\d+): /m.exec(out)!;
    expect(out).toContain(`inside.txt: bytes ${range} of its body: `);
    expect(out).not.toMatch(/inside\.txt:\d/);
  });

  it.each([
    [['nowhere'], /There is no file nowhere/],
    [['.', '--baseline', 'no.json'], /no baseline no\.json.*--update/],
    [['.', '--lanes', 'none'], /there is no lane "none"/],
    [['.', '--fail-on', 'never'], /Allowed choices are/],
    [['.', '--junit', 'no/such/folder.xml'], /Cannot write/],
  ] as const)('is 2 for %j', (args, sentence) => {
    put('good.sse', good);
    const { status, err } = check(...args);
    expect([status, err]).toEqual([2, expect.stringMatching(sentence)]);
  });

  it('is 1 for a file that was named and holds no stream', () => {
    put('notes.txt', 'nothing of the kind');
    const { status, out } = check('notes.txt');
    expect([status, out]).toEqual([1, expect.stringContaining('notes.txt: error file/unreadable: ')]);
  });
});

describe('a baseline', () => {
  test('what it has fails no more, and what is new does', () => {
    put('streams/cut.sse', cut);
    expect(check('streams', '--update').status).toBe(0);
    const same = check('streams');
    expect([same.status, same.out]).toEqual([0, expect.stringMatching(/0 errors.*more as in the baseline/)]);
    // One more of what is known.
    put('streams/cut.sse', cut + bare('again'));
    expect(check('streams').status).toBe(1);
  });

  test('another output of a lane fails, and says from which message on', () => {
    put('streams/good.sse', good);
    check('streams', '--update');
    put('streams/good.sse', other);
    const { status, out } = check('streams');
    expect(status).toBe(1);
    expect(out).toMatch(
      /error baseline\/lane: The lane wire emits \d+ messages, and differs from the baseline from message \d+ on/,
    );
  });

  test('a stream that is gone fails, unless it was not asked for; another ending fails', () => {
    put('streams/good.sse', good);
    put('other.sse', good);
    check('.', '--update');
    expect(check('streams').status).toBe(0);
    rmSync(join(folder, 'streams/good.sse'));
    const gone = check('streams');
    expect([gone.status, gone.out]).toEqual([1, expect.stringContaining('streams/good.sse: error baseline/missing: ')]);
    put('other.sse', good.subarray(0, good.length / 2));
    expect(check('other.sse').out).toMatch(
      /error baseline\/ending: It ended as truncated; in the baseline it is complete/,
    );
    // What is not below the paths stays in the baseline.
    check('other.sse', '--update');
    expect(text('tracelane-baseline.json')).toContain('"streams/good.sse"');
    check('.', '--update');
    expect(text('tracelane-baseline.json')).not.toContain('"streams/good.sse"');
  });

  test('it is the same file wherever the check runs from, and one of another kind is refused', () => {
    put('streams/good.sse', good);
    check('streams', '--update', '--baseline', 'kept.json');
    const inside = { cwd: join(folder, 'streams') };
    expect(spawnSync(process.execPath, [CLI, 'check', '.', '--baseline', '../kept.json'], inside).status).toBe(0);
    put('kept.json', '{"format":"tracelane-baseline","version":99,"streams":{}}');
    const { status, err } = check('streams', '--baseline', 'kept.json');
    expect([status, err]).toEqual([2, expect.stringContaining('version')]);
  });
});

/** Of the SARIF 2.1.0 schema, the objects that are written here: no other member is allowed, by name and type. */
const message = z.strictObject({ text: z.string().min(1) });
const region = z.strictObject({
  byteOffset: z.int().min(0),
  byteLength: z.int().min(0),
  startLine: z.int().min(1).optional(),
  startColumn: z.int().min(1).optional(),
  endLine: z.int().min(1).optional(),
  endColumn: z.int().min(1).optional(),
});
const rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: message,
  fullDescription: message,
  help: message,
  defaultConfiguration: z.strictObject({ level: z.enum(['note', 'warning', 'error']) }).optional(),
});
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level: z.enum(['note', 'warning', 'error']),
  message,
  locations: z.tuple([
    z.strictObject({
      physicalLocation: z.strictObject({
        artifactLocation: z.strictObject({ uri: z.string(), uriBaseId: z.string().optional() }),
        region: region.optional(),
      }),
    }),
  ]),
  partialFingerprints: z.record(z.string(), z.string()),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
  occurrenceCount: z.int().min(1).optional(),
  properties: z.record(z.string(), z.unknown()),
});
const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string().min(1), version: z.string(), rules: z.array(rule) }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      originalUriBaseIds: z.record(z.string(), z.strictObject({ uri: z.url().endsWith('/') })),
      results: z.array(result),
    }),
  ]),
});
const sarifRun = (name: string) => sarifSchema.parse(JSON.parse(text(name))).runs[0];

describe('SARIF', () => {
  test('follows its schema; rules have their help, and results the bytes and lines of the file', () => {
    put('streams/a stream.sse', cut);
    put('streams/packed.gz', gzipSync(cut));
    put('streams/binary.bin', sampleBody('bedrock', 'plain-text').bytes.subarray(0, 900));
    check('streams', '--sarif', 'out.sarif');
    const { results, tool } = sarifRun('out.sarif');
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    const at = (uri: string) =>
      results.filter(({ locations: [{ physicalLocation }] }) => physicalLocation.artifactLocation.uri === uri);

    const found = at('streams/a%20stream.sse').find(({ ruleId }) => ruleId === 'lint/bare-json')!;
    const place = found.locations[0].physicalLocation.region!;
    const slice = Buffer.from(cut)
      .subarray(place.byteOffset, place.byteOffset + place.byteLength)
      .toString();
    expect(slice).toContain('out of memory');
    const line = cut.split('\n')[place.startLine! - 1]!;
    expect(line.slice(place.startColumn! - 1)).toBe(slice.split('\n')[0]);
    // Offsets in what was packed are none in the file; what is no text has no lines.
    for (const { locations } of at('streams/packed.gz')) expect(locations[0].physicalLocation.region).toBeUndefined();
    expect(at('streams/binary.bin').some(({ level }) => level === 'error')).toBe(true);
    for (const { locations } of at('streams/binary.bin'))
      expect(locations[0].physicalLocation.region?.startLine).toBeUndefined();
  });

  test('with a baseline, results say whether they are new', () => {
    put('cut.sse', cut);
    check('cut.sse', '--update');
    check('cut.sse', '--sarif', 'out.sarif');
    const states = sarifRun('out.sarif').results.map(({ baselineState }) => baselineState);
    expect(new Set(states)).toEqual(new Set(['unchanged']));
  });

  test('every rule of the lint and every kind of finding is one of its rules, once', () => {
    const byId = new Map(CHECK_RULES.map((one) => [one.id, one]));
    expect(byId.size).toBe(CHECK_RULES.length);
    const lint = [...ANY_API_RULES, ...[...PROVIDERS.values()].flatMap(({ rules }) => rules)];
    for (const { id, help } of lint) expect(byId.get(`lint/${id}`)?.help).toContain(help);
    for (const { id, help } of FINDING_KINDS) expect(byId.get(`finding/${id}`)?.help).toBe(help);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!python)('JUnit, as a parser of XML reads it', () => {
  const READ = `import sys, json, xml.etree.ElementTree as E
def element(e):
  return {"tag": e.tag, "attributes": dict(e.attrib), "text": e.text or "", "children": [element(c) for c in e]}
print(json.dumps(element(E.parse(sys.argv[1]).getroot())))`;
  interface Element {
    readonly tag: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly text: string;
    readonly children: readonly Element[];
  }
  const named = (element: Element, tag: string): readonly Element[] =>
    element.children.filter((child) => child.tag === tag);

  /** What Jenkins takes in each element (junit-10.xsd of https://github.com/jenkinsci/xunit-plugin), as far as reports need it: `!` marks what must be there, `#` a whole number. */
  const SCHEMA: Readonly<Record<string, { readonly attributes: string; readonly children: string }>> = {
    testsuites: { attributes: 'name tests# failures# errors# time', children: 'testsuite' },
    testsuite: {
      attributes: 'name! tests#! failures#! errors#! skipped# time timestamp hostname id package',
      children: 'properties testcase system-out system-err',
    },
    testcase: { attributes: 'name! classname time', children: 'skipped error failure system-out system-err' },
    failure: { attributes: 'message type', children: '' },
    'system-out': { attributes: '', children: '' },
  };

  /** Where a report breaks the schema, as sentences. */
  function faultsIn(element: Element): readonly string[] {
    const { tag, attributes, children, text } = element;
    const rule = SCHEMA[tag];
    if (rule === undefined) return [`${tag} is not an element.`];
    const known = new Map(rule.attributes.split(' ').map((one) => [one.replace(/[!#]+$/, ''), one]));
    const tests = named(element, 'testcase');
    const failed = tests.filter((one) => named(one, 'failure').length > 0);
    return [
      ...Object.entries(attributes).flatMap(([name, value]) => {
        const kind = known.get(name);
        if (kind === undefined) return [`${tag} has no attribute ${name}.`];
        return kind.includes('#') && !/^\d+$/.test(value) ? [`${tag}/@${name} is no number: ${value}`] : [];
      }),
      ...[...known].flatMap(([name, kind]) =>
        kind.endsWith('!') && attributes[name] === undefined ? [`${tag} lacks ${name}.`] : [],
      ),
      ...children.flatMap((child) =>
        rule.children.split(' ').includes(child.tag) ? faultsIn(child) : [`${tag} holds ${child.tag}.`],
      ),
      // Only these have text.
      ...(text.trim() !== '' && rule.children !== '' ? [`${tag} has text.`] : []),
      ...(tag === 'testsuite' && attributes['tests'] !== String(tests.length) ? ['tests is another number.'] : []),
      ...(tag === 'testsuite' && attributes['failures'] !== String(failed.length)
        ? ['failures is another number.']
        : []),
    ];
  }

  /** What a report says; it keeps to the schema. */
  function read(name: string): object {
    const root = JSON.parse(execFileSync('python3', ['-c', READ, join(folder, name)], { encoding: 'utf8' })) as Element;
    expect(faultsIn(root)).toEqual([]);
    return {
      tag: root.tag,
      attributes: root.attributes,
      suites: named(root, 'testsuite').map((suite) => ({
        name: suite.attributes['name'],
        tests: suite.attributes['tests'],
        failures: suite.attributes['failures'],
        cases: Object.fromEntries(
          named(suite, 'testcase').map((one) => [
            one.attributes['name'],
            named(one, 'failure').map(({ attributes }) => attributes['message']),
          ]),
        ),
      })),
    };
  }

  test('a suite a stream, and what fails is its failure', () => {
    put('streams/good.sse', good);
    put('streams/<cut> & "more".sse', cut);
    check('streams', '--junit', 'out.xml', '--lanes', 'wire');
    const some = [expect.any(String)];
    expect(read('out.xml')).toEqual({
      tag: 'testsuites',
      attributes: { name: 'tracelane check', tests: '6', failures: '2', errors: '0' },
      suites: [
        {
          name: 'streams/<cut> & "more".sse',
          tests: '3',
          failures: '2',
          cases: { ending: some, lint: some, findings: [] },
        },
        { name: 'streams/good.sse', tests: '3', failures: '0', cases: { ending: [], lint: [], findings: [] } },
      ],
    });
  });

  test('whatever is in a sentence, it is XML', () => {
    const issue = {
      rule: 'lint/x',
      level: 'error',
      lane: null,
      event: 0,
      bytes: null,
      count: 1,
      known: false,
      sentence: '\u0000\u001b[31m ]]> <a b="c"> & \ud800 \uffff 😀 é',
      name: 'a\nb',
      path: 'a',
    } as const;
    put('made.xml', junitOf({ streams: [], others: [issue], compared: false, gone: 0, passedOver: [] }, 'error'));
    expect(read('made.xml')).toMatchObject({
      suites: [{ name: 'a\nb', cases: { file: ['\ufffd\ufffd[31m ]]> <a b="c"> & \ufffd \ufffd 😀 é'] } }],
    });
  });

  test('with a baseline, what each lane emits is a case of its own', () => {
    put('good.sse', good);
    check('good.sse', '--update', '--lanes', 'wire');
    put('good.sse', other);
    check('good.sse', '--junit', 'out.xml', '--lanes', 'wire');
    expect(read('out.xml')).toMatchObject({
      suites: [{ cases: { ending: [], 'output of wire': [expect.stringContaining('The lane wire emits')] } }],
    });
  });
});

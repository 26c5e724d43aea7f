/** What each format holds, read by the tools that it is for. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LLMock } from '@copilotkit/aimock';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import fc from '../../support/properties.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { exported, previewed, traceToExport } from '../../support/exports.ts';
import { bytesOf } from '../../support/framing.ts';
import { allStreams } from '../../support/fixtures.ts';
import type { ExportChoice } from '../../../src/main/core/exports/make.ts';
import type { TraceToExport } from '../../../src/main/core/exports/exported.ts';
import { EXPORT_FORMATS } from '../../../src/main/core/exports/formats/registry.ts';
import type { RecordedTrace } from '../../../src/shared/bundle/recorded-trace.ts';
import { FRAMINGS } from '../../../src/shared/framing/registry.ts';
import { EXPORT_PARTS } from '../../../src/shared/model/export.ts';
import type { Read } from '../../../src/shared/model/stream.ts';
import { PROVIDERS } from '../../../src/shared/providers/registry.ts';

const ALL = { parts: EXPORT_PARTS, secrets: 'redact' } as const;
const made = async (traces: readonly TraceToExport[], format: string): Promise<string> =>
  (await exported(traces, { format, ...ALL }, '1.2.3')).bytes.toString();

/** One read an event, 10 ms and a nanosecond apart. */
function eventReads(body: Uint8Array, firstNs = 200_000_001): readonly Read[] {
  const text = Buffer.from(body);
  const reads: Read[] = [];
  for (let offset = 0; offset < body.length;) {
    const blank = text.indexOf('\n\n', offset);
    const end = blank < 0 ? body.length : blank + 2;
    reads.push({
      n: reads.length,
      tNs: firstNs + reads.length * 10_000_001,
      offset,
      bytes: body.subarray(offset, end),
    });
    offset = end;
  }
  return reads;
}

const HEAD = {
  method: 'POST',
  url: 'http://127.0.0.1:1/v1/messages?a=1&b=2',
  headers: [
    ['x-api-key', '<redacted 51 chars>'],
    ['Content-Length', '9'],
    ['X-Note', "it's $HOME `id`"],
    ['x-stainless-os', 'Linux'],
  ],
} as const;
const sent = (facts: Partial<RecordedTrace>): TraceToExport =>
  traceToExport('messages', eventReads(bytesOf('data: {}\n\n')), {
    requestHead: HEAD,
    endpoint: { type: 'anthropic', provider_name: 'anthropic', model: 'm' },
    ...facts,
  });

describe('the formats', () => {
  it('have each an id and an extension of its own, and say what they are for', () => {
    expect(new Set(EXPORT_FORMATS.map(({ id }) => id)).size).toBe(EXPORT_FORMATS.length);
    for (const { description } of EXPORT_FORMATS) expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it.each([...PROVIDERS.keys()])('take a stream of %s, or say why not', async (api) => {
    const trace = traceToExport(api, eventReads(Buffer.from(sampleBody(api, 'plain-text').base64 ?? '', 'base64')));
    const { formats } = await previewed([trace], { format: 'bundle', ...ALL });
    for (const { id, refusal } of formats) {
      if (refusal === null)
        expect((await exported([trace], { format: id, ...ALL }, '1')).bytes.length).toBeGreaterThan(0);
      else {
        await expect(exported([trace], { format: id, ...ALL }, '1')).rejects.toThrow(refusal);
        expect(['curl', 'curl-powershell', 'fixture', 'aimock']).toContain(id);
      }
    }
  });

  it('refuse a part that they need and nobody chose, and an id that is none', async () => {
    const trace = sent({});
    await expect(exported([trace], { ...ALL, format: 'curl', parts: ['bytes'] }, '1')).rejects.toThrow(/without/);
    await expect(exported([trace], { ...ALL, format: 'nonsense' }, '1')).rejects.toThrow(/bundle, body, har/);
    await expect(exported([trace, trace], { ...ALL, format: 'body' }, '1')).rejects.toThrow(/one trace/);
  });
});

describe('the body', () => {
  it('is the bytes as they came, under the name of its framing', async () => {
    for (const { api, bytes } of allStreams().slice(0, 20)) {
      const file = await exported([traceToExport(api, eventReads(bytes))], { format: 'body', ...ALL }, '1');
      expect(Buffer.from(file.bytes).equals(bytes)).toBe(true);
      expect(file.name).toBe(`kept.${FRAMINGS[PROVIDERS.get(api)!.framing].extension}`);
    }
  });
});

describe('an HTTP archive', () => {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ strict: false, validateSchema: false, validateFormats: false });
  const schemas = require('har-schema') as Record<string, object & { readonly $id: string }>;
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const valid = ajv.getSchema('har.json#')!;

  it('keeps to the schema of HAR 1.2, with heads and without, timed or not', async () => {
    const traces = [
      sent({}),
      sent({ timed: false }),
      traceToExport('responses', []),
      sent({
        responseHead: { status: 200, statusText: 'OK', headers: [['content-type', 'text/event-stream']], tNs: 5 },
      }),
    ];
    const log: unknown = JSON.parse(await made(traces, 'har'));
    expect([valid(log), valid.errors]).toEqual([true, null]);
  });

  it('lists the events with their times, and the waits in milliseconds', async () => {
    const body = bytesOf('event: a\nid: 7\ndata: {"x":\ndata: 1}\n\n: comment\n\ndata: 2\n\n');
    const { log } = JSON.parse(await made([sent({})], 'har')) as { log: { entries: { timings: object }[] } };
    expect(log.entries[0]!.timings).toEqual({ send: -1, wait: 200.000001, receive: 0.005 });
    const of = sent({});
    const unknown = { ...of, facts: { ...of.facts, metrics: { ...of.facts.metrics, startUnknown: true as const } } };
    const waits = JSON.parse(await made([unknown], 'har')) as { log: { entries: { timings: object; time: number }[] } };
    expect(waits.log.entries[0]).toMatchObject({ time: 0.005, timings: { send: -1, wait: -1, receive: 0.005 } });
    expect(await made([of], 'trace-events')).toContain('"wait"');
    expect(await made([unknown], 'trace-events')).not.toContain('"wait"');
    const trace = traceToExport('messages', eventReads(body, 0), { startedAt: 1_000 });
    const entries = JSON.parse(await made([trace], 'har')) as { log: { entries: { _eventSourceMessages: unknown }[] } };
    expect(entries.log.entries[0]!._eventSourceMessages).toEqual([
      { time: 1, eventName: 'a', eventId: '7', data: '{"x":\n1}' },
      { time: 1.020000002, eventName: 'message', eventId: '7', data: '2' },
    ]);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'tracelane-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('H12: a cURL command', () => {
  const scriptOf = (text: string): string => {
    const file = join(folder, 'script.sh');
    writeFileSync(file, text);
    return file;
  };
  const argumentsOf = (
    command: string,
    env: Record<string, string> = { ANTHROPIC_API_KEY: 'sk-test' },
  ): readonly string[] =>
    execFileSync('sh', [scriptOf(`curl() { for one; do printf '%s\\0' "$one"; done; cat; }\n${command}`)], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
      input: '',
    }).split('\0');

  it('gives a POSIX shell exactly what was sent, with the key from the environment', async () => {
    const request = { text: 'quote \' double " $(rm) `x` \\ new\nline ! é %PATH% %s' };
    expect(argumentsOf(await made([sent({ request })], 'curl'))).toEqual([
      '-N',
      '-X',
      'POST',
      'http://127.0.0.1:1/v1/messages?a=1&b=2',
      '-H',
      'x-api-key: sk-test',
      '-H',
      "X-Note: it's $HOME `id`",
      '--data-raw',
      JSON.stringify(request),
      '',
    ]);
  });

  it('I12: gives an interactive bash the same, whose history begins at an exclamation mark', async () => {
    const short = '{ "!x": "it\'s !!",\n!1\n "n": "\\u0021$! `id`" }';
    for (const written of [short, `{\n"text": ${JSON.stringify("!q it's !! ".repeat(10_000))} }`]) {
      const requestHead = { ...HEAD, written, changes: [] };
      const command = await made([sent({ requestHead })], 'curl');
      const out = join(folder, 'pasted');
      execFileSync('bash', ['--norc', '--noprofile', '-i'], {
        env: { PATH: process.env['PATH'], ANTHROPIC_API_KEY: 'sk-test', HISTFILE: '' },
        input: `echo first\ncurl() { for one; do printf '%s\\0' "$one"; done > ${out}; [ "$one" != @- ] || cat >> ${out}; }\n${command}exit\n`,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const body = readFileSync(out, 'utf8')
        .split('\0')
        .findLast((one) => one !== '');
      expect(body?.trimEnd()).toBe(written);
    }
  });

  it('has the body to the character as it was written, with what was added to it', async () => {
    const requestHead = {
      ...HEAD,
      written: '{ "n": 1.0,\n  "text": "é" }',
      changes: [{ id: 'body.stream', where: 'body', name: 'stream', value: 'true', why: 'It streams.' }],
    } as const;
    const body = argumentsOf(
      await made([sent({ request: { n: 1, text: 'é', stream: true }, requestHead })], 'curl'),
    ).at(-2)!;
    expect(body).toMatch(/^\{ "n": 1\.0,\n {2}"text": "é"/);
    expect(JSON.parse(body)).toEqual({ n: 1, text: 'é', stream: true });
  });

  it('quotes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), async (value) => {
        expect(argumentsOf(await made([sent({ request: { value } })], 'curl')).at(-2)).toBe(JSON.stringify({ value }));
      }),
      { numRuns: 20 },
    );
  });

  it('sends a body that no argument can hold through standard input', async () => {
    const request = { text: "it's $x ".repeat(20_000) };
    const args = argumentsOf(await made([sent({ request })], 'curl'));
    expect(args.slice(-3)).toEqual(['--data-binary', '@-', `${JSON.stringify(request)}\n`]);
  });

  it('never has a secret, not even where secrets were to be kept', async () => {
    const key = 'sk-ant-0123456789abcdefghij';
    const requestHead = {
      ...HEAD,
      url: `http://h.test/v1?key=${key}`,
      headers: [
        ['Authorization', `Bearer ${key}`],
        ['Cookie', key],
        ['openai-organization', 'org-1'],
      ],
    } as const;
    const { bytes } = await exported(
      [sent({ requestHead })],
      { format: 'curl', parts: EXPORT_PARTS, secrets: 'keep' },
      '1',
    );
    const command = Buffer.from(bytes).toString();
    expect(command).not.toContain(key);
    const args = argumentsOf(command, { ANTHROPIC_API_KEY: 'K', OPENAI_ORGANIZATION: 'O' });
    expect(args).toContain('authorization: Bearer K');
    expect(args).toContain('openai-organization: O');
    expect(args).toContain('http://h.test/v1?key=K');
  });

  it('signs anew what was signed for Amazon', async () => {
    const requestHead = {
      method: 'POST',
      url: 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/m/invoke-with-response-stream',
      headers: [
        ['authorization', 'AWS4-HMAC-SHA256 <redacted 200 chars>'],
        ['x-amz-date', '20260101T000000Z'],
        ['x-amz-security-token', '<redacted 300 chars>'],
      ],
    } as const;
    const trace = sent({
      api: 'bedrock',
      requestHead,
      endpoint: { type: 'bedrock', provider_name: 'bedrock', model: 'm' },
    });
    const args = argumentsOf(await made([trace], 'curl'), {
      AWS_ACCESS_KEY_ID: 'A',
      AWS_SECRET_ACCESS_KEY: 'S',
      AWS_SESSION_TOKEN: 'T',
    });
    expect(args.slice(4, 10)).toEqual([
      '--aws-sigv4',
      'aws:amz:eu-west-1:bedrock',
      '--user',
      'A:S',
      '-H',
      'x-amz-security-token: T',
    ]);
    expect(args.join()).not.toContain('2026');
  });

  it('is quoted for PowerShell, whose quotes are also the typographic ones, and whose pipe is ASCII', async () => {
    const headers = [
      ['x-api-key', '<redacted 5 chars>'],
      ['X-Note', 'it’s $env:HOME `n'],
    ] as const;
    const script = await made(
      [sent({ request: { text: 'é‘“🙂' }, requestHead: { ...HEAD, headers } })],
      'curl-powershell',
    );
    expect(script).toBe(
      [
        "@'",
        String.raw`{"text":"\u00e9\u2018\u201c\ud83d\ude42"}`,
        "'@ | curl.exe -N -X 'POST' 'http://127.0.0.1:1/v1/messages?a=1&b=2' `",
        "  -H ('x-api-key: ' + $env:ANTHROPIC_API_KEY) `",
        "  -H 'X-Note: it’’s $env:HOME `n' `",
        "  --data-binary '@-'",
        '',
      ].join('\n'),
    );
  });

  it('is not made without an address', () =>
    expect(made([traceToExport('messages', eventReads(bytesOf('data: 1\n\n')))], 'curl')).rejects.toThrow(/address/));
});

describe('Chrome trace events', () => {
  it('have a process for each trace, a thread for each lane, and no bar beyond the stream', async () => {
    const body = Buffer.from(sampleBody('messages', 'plain-text').base64 ?? '', 'base64');
    const traces = [sent({}), traceToExport('messages', eventReads(body), { title: 'second' })];
    const { traceEvents } = JSON.parse(await made(traces, 'trace-events')) as {
      traceEvents: {
        ph: string;
        name: string;
        pid: number;
        tid: number;
        ts: number;
        dur?: number;
        args: { name: string };
      }[];
    };
    const names = traceEvents.filter(({ ph }) => ph === 'M').map(({ pid, tid, args }) => `${pid}/${tid} ${args.name}`);
    expect(names).toEqual([
      '1/0 kept',
      ...['network', 'wire', 'legacy', 'simple'].map((name, tid) => `1/${tid} ${name}`),
      '2/0 second',
      ...['network', 'wire', 'legacy', 'simple'].map((name, tid) => `2/${tid} ${name}`),
    ]);
    const last = Math.max(...traces[1]!.reads.map(({ tNs }) => tNs)) + 5_000;
    for (const { ph, ts, dur = 0 } of traceEvents) {
      if (ph === 'M') continue;
      expect(ts).toBeGreaterThanOrEqual(0);
      if (ph === 'X') expect(ts + dur).toBeLessThanOrEqual(last / 1e3 + 1e-6);
    }
    expect(new Set(traceEvents.map(({ ph }) => ph))).toEqual(new Set(['M', 'X', 'i', 'C']));
    const [first] = traceEvents.filter(({ ph, pid, tid }) => ph === 'i' && pid === 2 && tid === 1);
    expect(first!.ts).toBe(200_000.001);
  });

  it('are refused of a trace without times', () =>
    expect(made([sent({ timed: false })], 'trace-events')).rejects.toThrow(/no times/));
});

describe('an aimock fixture', () => {
  it.each(['chat_completions', 'responses', 'messages'])(
    'makes aimock say what the wire of %s said, at its pace',
    async (api) => {
      const body = Buffer.from(sampleBody(api, 'parallel-tools').base64 ?? '', 'base64');
      const trace = traceToExport(api, eventReads(body), { startedAt: 0 });
      const text = await made([trace], 'aimock');
      const { fixtures } = JSON.parse(text) as {
        fixtures: {
          response: { toolCalls?: { name: string; arguments: string }[]; content?: string } & object;
          recordedTimings: object;
        }[];
      };
      expect(fixtures[0]!.recordedTimings).toMatchObject({
        ttftMs: 200,
        interChunkDelaysMs: expect.arrayContaining([10]),
      });
      const file = join(folder, `${api}.json`);
      writeFileSync(file, text);
      const mock = new LLMock({ port: 0 });
      mock.loadFixtureFile(file);
      await mock.start();
      try {
        const answer = await fetch(`${mock.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] }),
        });
        const said = (await answer.json()) as {
          choices: {
            message: { content: string | null; tool_calls?: { function: { name: string; arguments: string } }[] };
          }[];
        };
        const { message } = said.choices[0]!;
        expect(message.tool_calls?.map(({ function: { name, arguments: args } }) => ({ name, args }))).toEqual(
          fixtures[0]!.response.toolCalls?.map(({ name, arguments: args }) => ({ name, args })),
        );
        if (fixtures[0]!.response.content !== undefined) expect(message.content).toBe(fixtures[0]!.response.content);
      } finally {
        await mock.stop();
      }
    },
  );
});

describe('secrets', () => {
  const key = 'sk-proj-0123456789abcdefghij';
  const leaky = (): TraceToExport =>
    traceToExport(
      'messages',
      [`data: {"text":"my key is ${key.slice(0, 12)}`, `${key.slice(12)}, keep it"}\n\n`].map((part, n) => ({
        n,
        tNs: n,
        offset: n === 0 ? 0 : 37,
        bytes: bytesOf(part),
      })),
      {
        title: `Ask ${key}`,
        request: {
          messages: [{ role: 'user', content: 'Hi' }],
          tools: [{ headers: { authorization: `Bearer ${'x'.repeat(30)}` } }],
          note: key,
        },
        requestHead: {
          ...HEAD,
          url: `http://h.test/?token=${'y'.repeat(20)}`,
          headers: [['x-api-key', '<redacted 5 chars>']],
        },
        responseHead: { status: 200, statusText: '', headers: [['set-cookie', 'id=secret-session']], tNs: 1 },
        ending: { state: 'provider-error', rule: `The key ${key} is wrong.` },
      },
    );
  const texts = async (choice: ExportChoice): Promise<string> => {
    const { bytes } = await exported([leaky()], choice, '1');
    return choice.format === 'bundle' ? gunzipSync(bytes).toString() : Buffer.from(bytes).toString();
  };

  it.each(EXPORT_FORMATS.map(({ id }) => id))('are in no file of the format %s', async (format) => {
    const text = await texts({ format, ...ALL });
    for (const secret of [key, key.slice(12), 'x'.repeat(30), 'y'.repeat(20), 'secret-session'])
      expect(text).not.toContain(secret);
  });

  it('are named each with its place and why, before the file is made', async () => {
    const { manifest } = await previewed([leaky()], { format: 'bundle', ...ALL });
    expect(manifest.redacted.map(({ place, when }) => `${place}: ${when}`)).toEqual([
      'request address: exported',
      'request header x-api-key: recorded',
      'request body, tools[0].headers.authorization: exported',
      'request body, note: exported',
      'response header set-cookie: exported',
      'response body, bytes 25 to 52: exported',
      'what is known of it, title: exported',
      'what is known of it, ending.rule: exported',
    ]);
    for (const { why } of manifest.redacted) expect(why).toMatch(/^[A-Z].*\.$/);
  });

  it('leave only where that was asked for, and the manifest says so', async () => {
    const text = await texts({ format: 'bundle', parts: EXPORT_PARTS, secrets: 'keep' });
    expect(text).toContain(key);
    expect(text).toContain('"secrets":"keep"');
  });

  it('keep every offset and every length of the body', async () => {
    const { bytes } = await exported([leaky()], { format: 'body', ...ALL }, '1');
    const before = Buffer.concat(leaky().reads.map((read) => read.bytes)).toString();
    expect(Buffer.from(bytes).toString()).toBe(before.replace(key, '<redacted>'.padEnd(key.length, '*')));
  });

  it('that no looks tell are found by the environment that has them', async () => {
    const odd = 'odd-but-real-credential';
    process.env['OPENAI_API_KEY'] = odd;
    try {
      const trace = traceToExport('messages', [
        { n: 0, tNs: 0, offset: 0, bytes: bytesOf(`data: {"k":"${odd}"}\n\n`) },
      ]);
      expect(await made([trace], 'body')).not.toContain(odd);
    } finally {
      delete process.env['OPENAI_API_KEY'];
    }
  });
});

/** Requests to Bedrock: signed with the usual AWS credentials, which are sent and never kept. */
import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sample } from '../../src/main/core/providers/bedrock/sample.ts';
import { joined } from '../../src/main/core/providers/sample/format.ts';
import { scenarioFor } from '../../src/main/core/samples/scenarios.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { useRuns, withServer } from '../support/runs.ts';

const fixture = useRuns();
const ID = 'AKIDEXAMPLEMARKER';
const SECRET = 'secret-key-MARKER';
const TOKEN = 'session-token-MARKER';
const REQUEST = { model: 'anthropic.claude-v1:0', max_tokens: 16, messages: [{ role: 'user', content: 'Hello' }] };

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', ID);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  vi.stubEnv('AWS_SESSION_TOKEN', TOKEN);
  vi.stubEnv('AWS_REGION', 'eu-west-3');
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

interface Asked {
  readonly id: TraceId;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Runs a request on a server that answers with a sample, and gives what the server got. */
function asked(key?: string): Promise<Asked> {
  const scenario = scenarioFor('plain-text', 'bedrock')!;
  const bytes = joined(sample.answer(scenario, sample.request(scenario)).frames);
  return withServer(
    (_request, response) => {
      response.writeHead(200, { 'content-type': sample.contentType });
      response.end(bytes);
    },
    async ({ baseUrl, seen }) => {
      const endpoint = await fixture.endpoint(baseUrl, { type: 'bedrock', ...(key !== undefined && { key }) });
      const { id, ending } = await fixture.run({ api: 'bedrock', endpoint, request: REQUEST });
      expect(ending).toMatchObject({ state: 'complete' });
      const [{ headers, url, body }] = seen as [(typeof seen)[number]];
      const pairs = Array.from({ length: headers.length / 2 }, (_, i) => [
        headers[2 * i]!.toLowerCase(),
        headers[2 * i + 1],
      ]);
      return { id, path: url, headers: Object.fromEntries(pairs) as Record<string, string>, body };
    },
  );
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf({ path, headers, body }: Asked): string {
  const names = /SignedHeaders=([^,\s]+)/.exec(headers['authorization']!)![1]!.split(';');
  const time = headers['x-amz-date']!;
  const day = time.slice(0, 8);
  const canonical = [
    'POST',
    // Each segment is encoded once more: the path as sent is encoded already.
    path.split('/').map(encodeURIComponent).join('/'),
    '',
    ...names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    hex(body),
  ].join('\n');
  const scope = `${day}/eu-west-3/bedrock/aws4_request`;
  const key = ['eu-west-3', 'bedrock', 'aws4_request'].reduce(hmac, hmac(`AWS4${SECRET}`, day));
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope, hex(canonical)].join('\n')).toString('hex');
}

test('are signed over what is sent', async () => {
  const got = await asked();
  expect(got.path).toBe('/model/anthropic.claude-v1:0/invoke-with-response-stream');
  expect(JSON.parse(got.body)).toMatchObject({ max_tokens: 16, anthropic_version: expect.any(String) });
  expect(got.headers['authorization']).toContain(`Credential=${ID}/`);
  expect(got.headers['authorization']).toContain(`Signature=${signatureOf(got)}`);
});

test('leave nothing of the credentials in the trace', async () => {
  const { id } = await asked();
  const trace = JSON.stringify(await fixture.store.get(id));
  expect(trace).toContain('anthropic.claude-v1:0');
  for (const secret of [ID, SECRET, TOKEN, 'MARKER']) expect(trace).not.toContain(secret);
  expect(trace).not.toMatch(/Signature=[0-9a-f]{64}/);
});

test("carry an endpoint's key as their token, and no signature", async () => {
  const { headers } = await asked('bedrock-api-key-0123456789');
  expect(headers['authorization']).toBe('Bearer bedrock-api-key-0123456789');
  expect(headers['x-amz-date']).toBeUndefined();
});

/** One marker key goes through the whole core, to a server that says it back: no file but the vault's, no item and no answer of any method holds it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EndpointId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { allItems } from '../support/all-items.ts';
import { cores } from '../support/core.ts';
import { withServer } from '../support/runs.ts';
import { asking } from '../support/samples.ts';

const KEY = 'marker-key-0123456789';
const REDACTED = '<redacted 21 chars>';
const { dataDir, open } = cores();

/** Every file of the data folder but the vault's, as it lies on the disk. */
async function files(): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const name of await readdir(dataDir, { recursive: true })) {
    const path = join(dataDir, name);
    if (name !== 'keys.json' && (await stat(path)).isFile()) parts.push(await readFile(path));
  }
  return Buffer.concat(parts);
}

/** Answers with the key of the request, cut by the end of a read. */
async function echoing(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const key = incoming.headers.authorization!.slice('Bearer '.length);
  const body = `data: ${JSON.stringify({ id: 'c1', model: 'm', choices: [{ index: 0, delta: { content: `Your key is ${key}.` }, finish_reason: null }] })}\n\ndata: [DONE]\n\n`;
  const half = body.indexOf(key) + key.length - 3;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(body.slice(0, half));
  await sleep(20);
  response.end(body.slice(half));
}

test('the key is nowhere but in the vault', () =>
  withServer(
    (incoming, response) => void echoing(incoming, response),
    async ({ baseUrl }) => {
      const { services, close } = await open();
      const answers: unknown[] = [];
      const said = async <T>(answer: T | Promise<T>): Promise<T> => {
        const value = await answer;
        answers.push(value);
        return value;
      };
      const saved = await said(
        services['endpoints.save']({
          name: 'Mine',
          baseUrl,
          type: 'openai',
          provider_name: '',
          limits: { answer: 60, silence: null },
        }),
      );
      const endpoint: EndpointId = saved.id;
      await said(services['endpoints.setKey']({ id: endpoint, key: KEY }));
      const request = {
        ...asking('parallel-tools', 'chat_completions').request,
        user: KEY,
        metadata: { [KEY]: `Bearer ${KEY}` },
      };
      const { id } = await said(
        services['runs.start']({ endpoint, api: 'chat_completions', request, options: DEFAULT_OPTIONS, source: 'run' }),
      );

      const live = await said(allItems(services, id));
      expect(live.at(-1)).toMatchObject({ k: 'ending', ending: { state: 'complete' } });
      await said(services['traces.get']({ id }));
      await said(services['traces.list']({ limit: 10 }));
      await said(services['traces.event']({ id, index: 0 }));
      await said(services['traces.providerTraces']({ id }));
      const { bytes } = await said(services['traces.bytes']({ id, start: 0, end: 1e6 }));
      await said(services['compare.lanes']({ id }));
      await said(services['compare.html']({ id }));
      await said(services['endpoints.list']({}));
      await said(services['app.info']({}));
      await close();

      const text = JSON.stringify(answers) + Buffer.from(bytes, 'base64').toString();
      expect(text).toContain('Your key is <redacted>***********.');
      expect([text.includes(REDACTED), text.includes(KEY)]).toEqual([true, false]);
      const disk = await files();
      // What stands in its place is there, so that the right files were looked at.
      expect([disk.includes(REDACTED), disk.includes(KEY)]).toEqual([true, false]);
    },
  ));

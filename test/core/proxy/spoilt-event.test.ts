/** What one exchange does to the recording of others that are told of in the same batch: nothing. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { bodyOf } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';

const { open } = cores({ proxyWorker: new URL('../../fixtures/proxy-worker-that-spoils.ts', import.meta.url) });

const EVENT = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
const ANSWER = `${EVENT}${EVENT}data: [DONE]\n\n`;

test('E5 an event that cannot be taken ends the recording of its own exchange, which says so, and of no other', async () => {
  const core = await open();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(ANSWER);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { session, url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl }] });
  const ask = async (): Promise<string> =>
    (await fetch(`${url}/up/chat/completions`, { method: 'POST', body: '{"stream":true,"model":"m"}' })).text();
  expect(await Promise.all([ask(), ask()])).toEqual([ANSWER, ANSWER]);
  server.close();
  server.closeAllConnections();
  // Each is over: nothing waits for the rest of what failed.
  expect(await core.proxy.closeSession(session)).toMatchObject({ exchanges: 6, incomplete: 4 });

  const { rows } = await core.services['traces.list']({ limit: 9 });
  const traces = await Promise.all(rows.map(({ id }) => core.services['traces.get']({ id })));
  const isUnreadable = ({ requestHead }: (typeof traces)[number]): boolean => !requestHead?.url;
  const isSpoilt = ({ requestHead }: (typeof traces)[number]): boolean => requestHead?.url.endsWith('?spoilt') === true;
  for (const trace of traces) {
    expect((await bodyOf(core, trace)).toString()).toBe(isUnreadable(trace) ? '' : isSpoilt(trace) ? EVENT : ANSWER);
    const says = expect.stringMatching(/^What follows is missing here: recording it failed \(.+\)\. /);
    if (isSpoilt(trace) || isUnreadable(trace))
      expect(trace).toMatchObject({ ending: { state: 'limit' }, capture: { missing: says } });
    else expect(trace).toMatchObject({ ending: { state: 'complete' }, capture: { certificate: {} } });
  }
  expect(traces.filter(isSpoilt)).toHaveLength(2);
  expect(traces.filter(isUnreadable)).toHaveLength(2);
});

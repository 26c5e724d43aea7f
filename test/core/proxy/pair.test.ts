/** A gateway that is captured on both of its sides: its two recordings, paired by the program and by the command line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { TraceId } from '../../../src/shared/model/ids.ts';
import type { PairResult } from '../../../src/shared/pairing/pair.ts';
import { captured, proxyUrl } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';
import { asking } from '../../support/samples.ts';

const CLI = fileURLToPath(new URL('../../../src/main/cli.mjs', import.meta.url));
// Of an answer that comes all at once a gateway can merge nothing.
const { open, dataDir } = cores({ samplePace: 10 });
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Passes a request on and its answer back, all of it at once: a gateway that buffers. */
async function gateway(to: string): Promise<string> {
  const server = createServer(async (incoming, response) => {
    const answer = await fetch(`${to}${incoming.url}`, { method: 'POST', body: await text(incoming) });
    const body = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'text/event-stream' });
    response.end(body.replace('"finish_reason":"stop"', '"finish_reason":"length"'));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what a gateway between two captures held and changed is told', async () => {
  const core = await open();
  const baseUrl = await gateway(`${proxyUrl(core)}/sample-openai`);
  const { url, session } = await core.proxy.openSession({ routes: [{ name: 'gate', baseUrl }] });
  const { request } = asking('plain-text', 'chat_completions');
  const answer = await fetch(`${url}/gate/v1/chat/completions`, { method: 'POST', body: JSON.stringify(request) });
  await answer.text();
  const traces = await captured(core, 2);
  const outer = traces.find(({ capture }) => capture!.session === session)!;
  const inner = traces.find(({ id }) => id !== outer.id)!;

  // Each is found from the other.
  const partners = (id: TraceId) => core.services['traces.partners']({ id });
  const { title } = outer;
  expect(await partners(inner.id)).toEqual([{ id: outer.id, title, side: 'client', signs: ['time'] }]);
  expect(await partners(outer.id)).toEqual([{ id: inner.id, title, side: 'provider', signs: ['time'] }]);

  const result = await core.services['compare.pair']({ a: inner.id, b: outer.id });
  expect(result).toMatchObject({ evidence: { outer: 'b', signs: ['id', 'time'] }, timed: true });
  expect([result.outer.id, result.inner.id]).toEqual([outer.id, inner.id]);
  expect(result.findings.map(({ kind, of }) => `${kind} ${of}`)).toEqual(
    expect.arrayContaining(['changed finish', 'merged text']),
  );
  expect(result.providerNs + result.gatewayNs).toBe(result.outer.endNs);
  // Nothing was sent on before the last of it was there.
  expect(result.delay!.largestNs).toBeGreaterThanOrEqual(inner.metrics.lastContentNs! - inner.metrics.firstTextNs!);

  // The other side is found, too, where it is not named.
  const said = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [CLI, 'pair', inner.id, '--data-dir', dataDir, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return { code: code as number, output };
  };
  const [plain, json] = await Promise.all([said('--fail-on', 'major'), said(outer.id, '--json')]);
  expect([plain.code, json.code]).toEqual([1, 0]);
  expect((JSON.parse(json.output) as PairResult).findings).toEqual(result.findings);
  expect(plain.output).toContain('Paired by an id that both name; the time, as one lies within the other.');
  expect(plain.output).toContain(
    'major changed finish: The finish reason stop became length, which means something else.',
  );
});

/** A server whose answers over Messages go on until the test has seen what it wanted: "in mid-stream" is then true at any speed of the machine. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { Client } from '../../src/shared/rpc/client.ts';

/** Between two events, in milliseconds: some 200 events a second. */
const GAP_MS = 5;

export interface EndlessStream {
  /** Sends a request to it; resolves once the trace exists. */
  start(client: Client): Promise<TraceId>;
  /** Has the answers that still go on come to their regular end. */
  finish(): void;
  close(): Promise<void>;
}

export async function endlessStream(): Promise<EndlessStream> {
  const open = new Set<ServerResponse>();
  let written = 0;
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const data of BEGIN) response.write(event(data));
    open.add(response);
    response.once('close', () => open.delete(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clock = setInterval(() => {
    for (const response of open) response.write(event(delta(`${(written += 1)} `)));
  }, GAP_MS);
  return {
    async start(client) {
      const { id: endpoint } = await client.call('endpoints.save', {
        name: 'Endless',
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
        type: 'anthropic',
        provider_name: 'anthropic',
      });
      const request = { model: 'endless', max_tokens: 1_000_000, messages: [{ role: 'user', content: 'Count.' }] };
      return (await client.call('runs.start', { endpoint, api: 'messages', request, options: DEFAULT_OPTIONS })).id;
    },
    finish() {
      for (const response of open) {
        open.delete(response);
        response.end(END.map(event).join(''));
      }
    },
    async close() {
      clearInterval(clock);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type StreamEvent = Readonly<Record<string, unknown>> & { readonly type: string };

const event = (data: StreamEvent): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (text: string): StreamEvent => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
});
const BEGIN: readonly StreamEvent[] = [
  {
    type: 'message_start',
    message: {
      id: 'msg_endless',
      type: 'message',
      role: 'assistant',
      model: 'endless',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 8, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
];
const END: readonly StreamEvent[] = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 100 } },
  { type: 'message_stop' },
];

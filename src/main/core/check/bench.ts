/** What a case of the examination is given: one exchange through the proxy, and a stream said write by write. */
import type { Format, SampleFrame } from '../providers/sample/format.ts';
import { SCENARIOS } from '../samples/scenarios.ts';
import { CheckClient, type CheckRequest, type CheckServer } from './sides.ts';

/** What a proxy did to an exchange. */
export type Fault =
  /** Several writes came as one read. */
  | 'merged'
  /** Bytes came late, each by itself. */
  | 'delayed'
  /** Nothing came before the end. */
  | 'buffered'
  /** Something else came than was sent. */
  | 'rewrote'
  /** Something did not come. */
  | 'dropped'
  /** An end that was none, or the other way round. */
  | 'disguised'
  /** The provider was asked more often than the client asked. */
  | 'repeated';

export interface Finding {
  readonly fault: Fault;
  readonly sentence: string;
}

export interface BenchSetup {
  readonly server: CheckServer;
  /** Of the proxy, with the path that the requests go to. */
  readonly url: URL;
  readonly format: Format;
  readonly model: string;
  /** Sent with each request beside its own. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Milliseconds after which what has not come counts as held back. */
  readonly patienceMs: number;
}

/** An exchange of which the server has the head. */
export interface Exchange {
  readonly client: CheckClient;
  readonly request: CheckRequest;
}

/** Thrown where a request did not get to the server, so that the case says nothing else. */
export class NotPassed extends Error {}

export interface Asking {
  readonly method?: string;
  /** Lines of the head beside the usual ones. */
  readonly fields?: readonly string[];
  readonly body?: string | Uint8Array | null;
  /** Sent instead of a body with a length. */
  readonly chunked?: boolean;
}

/** A write that comes late by more than this was delayed; a busy machine takes less. */
const LATE_MS = 100;
/** Writes that were held back after which others are hardly waited for. */
const ENOUGH_HELD = 3;
const IMPATIENCE_MS = 30;
/** How many times its patience a request has to get to the server: gateways think before they ask. */
const SLOWEST = 20;
/** Frames of the made stream: enough to see a pattern. */
const FRAMES = 14;

export class Bench {
  readonly patienceMs: number;
  readonly #setup: BenchSetup;
  readonly #clients: CheckClient[] = [];

  constructor(setup: BenchSetup) {
    this.#setup = setup;
    this.patienceMs = setup.patienceMs;
  }

  get format(): Format {
    return this.#setup.format;
  }

  /** Requests that the server has got so far. */
  get requests(): readonly CheckRequest[] {
    return this.#setup.server.requests;
  }

  /** The JSON of a request that asks for a stream. */
  get requestJson(): Readonly<Record<string, unknown>> {
    const { format, model } = this.#setup;
    return { ...format.request(PLAIN), model };
  }

  /** The frames of a whole stream: its beginning and its end. */
  get frames(): readonly SampleFrame[] {
    const { frames } = this.#setup.format.answer(PLAIN, this.requestJson);
    return [...frames.slice(0, FRAMES - 4), ...frames.slice(-4)];
  }

  /** The head of an answer that streams, in chunks unless it is said otherwise. */
  streamHead(fields: readonly string[] = ['transfer-encoding: chunked']): string {
    return ['HTTP/1.1 200 OK', `content-type: ${this.format.contentType}`, ...fields, '', ''].join('\r\n');
  }

  /** Sends a request. Throws NotPassed when the server does not get it. */
  async ask(asking: Asking = {}): Promise<Exchange> {
    const before = this.requests.length;
    const client = this.client(asking);
    const { server } = this.#setup;
    const came = await server.holds(
      () => server.requests.length > before || client.head !== undefined || client.ended !== undefined,
      this.patienceMs * SLOWEST,
    );
    const request = server.requests[before];
    if (request) return { client, request };
    if (client.unreachable !== undefined)
      throw new NotPassed(`The proxy is not there (${client.unreachable}). It may have ended.`);
    const said = client.head ? `It answered ${client.head.line.status} itself: ${start(client.data)}` : '';
    throw new NotPassed(
      came && said !== ''
        ? said
        : 'The request did not get to the server. The proxy may refuse it, or wait for its end.',
    );
  }

  /** A request that is sent and not waited for. */
  client({
    method = 'POST',
    fields = [],
    body = JSON.stringify(this.requestJson),
    chunked = false,
  }: Asking = {}): CheckClient {
    const { server, url, headers } = this.#setup;
    const client = new CheckClient(url, method, server.signal);
    this.#clients.push(client);
    const bytes = body === null ? Buffer.alloc(0) : Buffer.from(body);
    const length = chunked ? 'transfer-encoding: chunked' : `content-length: ${bytes.length}`;
    const lines = [
      `${method} ${url.pathname}${url.search} HTTP/1.1`,
      `host: ${url.host}`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(body === null && !chunked ? [] : ['content-type: application/json', length]),
      ...fields,
      '',
      '',
    ];
    client.write(lines.join('\r\n'));
    if (!chunked && bytes.length > 0) client.write(bytes);
    return client;
  }

  /**
   * Says a body write by write, each when something of the one before has arrived, and tells what was held back. `writes`: as
   * they are framed.
   */
  async say({ client, request }: Exchange, writes: readonly Uint8Array[]): Promise<readonly Finding[]> {
    let [held, late] = [0, 0];
    let [first, before] = [false, client.bytes];
    for (const framed of writes) {
      const at = performance.now();
      request.write(framed);
      // Who says events anew may say them in other bytes.
      const came = (): boolean => client.bytes > before;
      const patienceMs = held < ENOUGH_HELD ? this.patienceMs : IMPATIENCE_MS;
      if (await client.holds(() => came() || client.ended !== undefined, patienceMs)) {
        late = Math.max(late, performance.now() - at);
        first ||= came();
      } else held++;
      before = client.bytes;
    }
    if (held === 0) {
      if (late <= LATE_MS) return [];
      return [{ fault: 'delayed', sentence: `A write arrived up to ${Math.round(late)} ms after it was made.` }];
    }
    if (!first) return [{ fault: 'buffered', sentence: `None of ${writes.length} writes arrived before the end.` }];
    return [
      {
        fault: 'merged',
        sentence: `${writes.length} writes arrived in ${client.reads.length} reads: bytes were held back until more came.`,
      },
    ];
  }

  /** Ends what clients have open. */
  close(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }
}

const PLAIN = SCENARIOS.find(({ model }) => model === 'plain-text')!;

const start = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, 200)).toString('utf8').replaceAll(/\s+/g, ' ');

/** A piece of a body as a chunk. */
export const chunk = (data: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);

export const LAST_CHUNK = '0\r\n\r\n';

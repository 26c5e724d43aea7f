/**
 * A server on the loopback interface that answers programs with recorded streams: the bytes and their order as they were
 * received, at their times or faster, and the end that they had. It asks nobody else, so that what was not recorded is an
 * error. Pages of a browser are refused, as by the sample provider.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorKind, Format } from '../providers/sample/format.ts';
import { sampleFormatOf } from '../providers/registry.ts';
import { Reply } from '../answering/reply.ts';
import { isOwn, jsonObjectOf, readBody } from '../answering/incoming.ts';
import { apiOfUrl } from '../../../shared/providers/detect.ts';
import { answersTo } from './matching.ts';
import type { RecordedAnswer } from './recorded-answer.ts';

export interface ReplaySetup {
  /** At least one. */
  readonly answers: readonly RecordedAnswer[];
  /** 0: any that is free. */
  readonly port: number;
  /** How many times faster than recorded; 0 is as fast as the client reads. */
  readonly pace: number;
  /** Told of each request: at once where it is refused, else when its answer is over. */
  readonly told: (replayed: Replayed) => void;
}

export interface Replayed {
  readonly method: string;
  readonly url: string;
  /** What it was answered with; undefined where it was refused. */
  readonly answer: RecordedAnswer | undefined;
  /** Why it was refused, or what became of the answer. */
  readonly sentence: string;
}

const MAX_REQUEST_BYTES = 64 * 1024 * 1024;
const MAX_CONNECTIONS = 500;

export class ReplayServer {
  readonly port: number;
  readonly #server: Server;
  readonly #setup: ReplaySetup;
  /** How often each has been given: those that fit a request as well as each other take turns. */
  readonly #given = new Map<RecordedAnswer, number>();

  private constructor(server: Server, setup: ReplaySetup) {
    this.#server = server;
    this.#setup = setup;
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      this.#respond(incoming, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  /** Rejects with the system's error where the port is taken. */
  static async open(setup: ReplaySetup): Promise<ReplayServer> {
    const server = createServer();
    server.maxConnections = MAX_CONNECTIONS;
    server.listen(setup.port, '127.0.0.1');
    await once(server, 'listening');
    return new ReplayServer(server, setup);
  }

  /** Ends what is being answered, too. */
  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    const { answers, told } = this.#setup;
    // A path of no recorded API is answered as the provider of the first stream would.
    const format = formatFor(url, answers);
    const refuse = async (kind: ErrorKind, sentence: string, status = 404): Promise<void> => {
      told({ method, url, answer: undefined, sentence });
      const error = { ...format.error(kind, `Tracelane: ${sentence}`), status };
      await new Reply(incoming, response, format, {}, 0).error(error);
    };

    if (!isOwn(incoming))
      return refuse('permission', 'Recorded streams are for programs on this machine, not for web pages.', 403);
    if (method !== 'POST') return refuse('path', `Recorded streams answer POST requests, not ${method}.`);
    const text = await readBody(incoming, MAX_REQUEST_BYTES);
    if (text === null) return refuse('size', `The request is larger than ${MAX_REQUEST_BYTES} bytes.`, 413);
    const body = jsonObjectOf(text);
    if (!body) return refuse('request', 'The body of the request must be one JSON object.', 400);
    const found = answersTo({ url, body }, answers);
    if ('kind' in found) return refuse(found.kind, found.sentence);
    const answer = this.#next(found);
    const reply = new Reply(incoming, response, format, body, this.#setup.pace);
    told({ method, url, answer, sentence: await replay(answer, reply, response) });
  }

  #next(fitting: readonly RecordedAnswer[]): RecordedAnswer {
    const times = (answer: RecordedAnswer): number => this.#given.get(answer) ?? 0;
    const next = fitting.reduce((least, answer) => (times(answer) < times(least) ? answer : least));
    this.#given.set(next, times(next) + 1);
    return next;
  }
}

const formatFor = (url: string, answers: readonly RecordedAnswer[]): Format => {
  const api = apiOfUrl(url);
  return sampleFormatOf((answers.find((answer) => answer.api === api) ?? answers[0]!).api);
};

/** Resolves, with what became of it, when the answer is over or the client has gone. */
async function replay(answer: RecordedAnswer, reply: Reply, response: ServerResponse): Promise<string> {
  const { head, headMs, writes, endMs, end } = answer;
  await reply.pause(headMs);
  if (head && !reply.over.aborted) {
    response.writeHead(head.status, head.statusText, head.headers.flat());
    response.flushHeaders();
  }
  await reply.write(writes);
  await reply.pause(endMs);
  if (reply.over.aborted) return 'The client left before its end.';
  switch (end) {
    case 'whole':
      await reply.end();
      return 'It ended as recorded.';
    case 'broken':
      await reply.reset();
      return 'The connection was reset, as recorded.';
    case 'silent':
      await reply.hold();
      return 'It said nothing more, as recorded, until the client left.';
  }
}

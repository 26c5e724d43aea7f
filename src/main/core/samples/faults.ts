/**
 * Models that fail: each answers with one fault of the endpoint, over any API, so that every ending and
 * error screen can be seen without a broken provider. A fault is one entry here.
 */
import { writesOf } from './answers.ts';
import type { Reply } from '../answering/reply.ts';
import type { ErrorKind, SampleFrame } from '../providers/sample/format.ts';
import type { Scenario } from '../providers/sample/scenario.ts';
import { SCENARIOS } from './scenarios.ts';

type Fault = (reply: Reply) => Promise<void>;

/** How many events come before a fault in mid-stream: enough for some text over each API. */
const SOME_EVENTS = 12;
const KEEP_ALIVE_MS = 500;

/** What faults in mid-stream begin to say. */
const begun: Scenario = SCENARIOS.find(({ model }) => model === 'plain-text')!;

const FAULTS: Readonly<Record<string, Fault>> = {
  'fault-400': refused('request', 'This sample model takes no request. Choose another model.'),
  'fault-401': refused('key', 'Incorrect API key provided. This sample model refuses every key; the others need none.'),
  'fault-403': refused('permission', 'This sample model is not for you, whoever you are.'),
  'fault-404': refused('model', 'The model `fault-404` does not exist or you do not have access to it.'),
  'fault-413': refused('size', 'The request is too large for this sample model, which takes none.'),
  'fault-429': refused(
    'rate',
    'Rate limit reached for this sample model. Try again in 7 seconds; it will say the same.',
    { 'retry-after': '7' },
  ),
  'fault-500-html': (reply) =>
    html(
      reply,
      500,
      '500 Internal Server Error',
      'The server behind this gateway failed, and the gateway says so in HTML.',
    ),
  'fault-503': refused('overloaded', 'The sample model is overloaded.'),
  'fault-200-json': (reply) =>
    reply.json(
      200,
      reply.format.errorBody(reply.format.error('server', 'The server failed but answered with status 200.')),
    ),
  'fault-200-html': (reply) =>
    html(reply, 200, 'Sign in to the network', 'A captive portal answers instead of the API.'),
  'fault-204': async (reply) => {
    reply.head(204, null);
    await reply.end();
  },
  /** The head of a stream and nothing in it. */
  'fault-empty': (reply) => streamed(reply, []),
  'fault-comments': (reply) => streamed(reply, [...keepAlive(reply), ...keepAlive(reply)]),
  'fault-error-first': (reply) =>
    streamed(
      reply,
      reply.format.errorFrames(
        reply.format.error('overloaded', 'The sample model is overloaded and said so before its first event.'),
        [],
      ),
    ),
  'fault-malformed-event': (reply) => {
    const { frames } = reply.format.answer(begun, reply.request);
    return streamed(reply, [...frames.slice(0, SOME_EVENTS), reply.format.malformed, ...frames.slice(SOME_EVENTS)]);
  },
  /** A proper end of the body, between two events, without the terminator. */
  'fault-no-terminator': (reply) => streamed(reply, some(reply)),
  /** The terminator comes, the connection stays. */
  'fault-open-end': async (reply) => {
    await partly(reply, reply.format.answer(begun, reply.request).frames);
    await reply.hold();
  },
  'fault-no-answer': (reply) => reply.hold(),
  'fault-stall-first': async (reply) => {
    reply.streamHead();
    reply.flushHead();
    await reply.hold();
  },
  'fault-stall': async (reply) => {
    await partly(reply, some(reply));
    await reply.hold();
  },
  /** Silence that keep-alive comments fill. */
  'fault-stall-comments': async (reply) => {
    await partly(reply, some(reply));
    while (!reply.over.aborted) {
      await reply.wait(KEEP_ALIVE_MS);
      await reply.write(keepAlive(reply).map(({ bytes }) => ({ waitMs: 0, bytes })));
    }
  },
  'fault-reset-first': (reply) => reply.reset(),
  /** The connection breaks inside an event. */
  'fault-reset': async (reply) => {
    await partly(reply, torn(reply));
    await reply.reset();
  },
  /** The connection closes inside an event, without the end that HTTP asks for. */
  'fault-cut': async (reply) => {
    await partly(reply, torn(reply));
    await reply.drop();
  },
};

export const FAULT_MODELS: readonly string[] = Object.keys(FAULTS);
export const faultFor = (model: string): Fault | undefined =>
  Object.hasOwn(FAULTS, model) ? FAULTS[model] : undefined;

function refused(kind: ErrorKind, message: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return (reply) => reply.error(reply.format.error(kind, message), headers);
}

async function html(reply: Reply, status: number, title: string, text: string): Promise<void> {
  reply.head(status, 'text/html; charset=utf-8');
  await reply.end(
    `<!doctype html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body></html>\n`,
  );
}

const keepAlive = ({ format }: Reply): readonly SampleFrame[] => (format.keepAlive ? [format.keepAlive] : []);

const some = (reply: Reply): readonly SampleFrame[] =>
  reply.format.answer(begun, reply.request).frames.slice(0, SOME_EVENTS);

/** Some events, and the beginning of one more. */
function torn(reply: Reply): readonly SampleFrame[] {
  const next = reply.format.answer(begun, reply.request).frames[SOME_EVENTS]!;
  return [...some(reply), { bytes: next.bytes.subarray(0, next.bytes.length >> 1) }];
}

async function partly(reply: Reply, frames: readonly SampleFrame[]): Promise<void> {
  reply.streamHead();
  await reply.write(writesOf(frames, begun, reply));
}

async function streamed(reply: Reply, frames: readonly SampleFrame[]): Promise<void> {
  await partly(reply, frames);
  await reply.end();
}

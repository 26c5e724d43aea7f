/**
 * Models that fail: each answers with one fault of the endpoint, over any API, so that every ending and
 * error screen can be seen without a broken provider. A fault is one entry here.
 */
import { writesOf } from './answers.ts';
import type { Exchange } from './exchange.ts';
import type { ErrorKind, SampleFrame } from '../providers/sample/format.ts';
import type { Scenario } from '../providers/sample/scenario.ts';
import { SCENARIOS } from './scenarios.ts';

type Fault = (exchange: Exchange) => Promise<void>;

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
  'fault-500-html': (exchange) =>
    html(
      exchange,
      500,
      '500 Internal Server Error',
      'The server behind this gateway failed, and the gateway says so in HTML.',
    ),
  'fault-503': refused('overloaded', 'The sample model is overloaded.'),
  'fault-200-json': (exchange) =>
    exchange.json(
      200,
      exchange.format.errorBody(exchange.format.error('server', 'The server failed but answered with status 200.')),
    ),
  'fault-200-html': (exchange) =>
    html(exchange, 200, 'Sign in to the network', 'A captive portal answers instead of the API.'),
  'fault-204': async (exchange) => {
    exchange.head(204, null);
    await exchange.end();
  },
  /** The head of a stream and nothing in it. */
  'fault-empty': (exchange) => streamed(exchange, []),
  'fault-comments': (exchange) => streamed(exchange, [...keepAlive(exchange), ...keepAlive(exchange)]),
  'fault-error-first': (exchange) =>
    streamed(
      exchange,
      exchange.format.errorFrames(
        exchange.format.error('overloaded', 'The sample model is overloaded and said so before its first event.'),
        [],
      ),
    ),
  'fault-malformed-event': (exchange) => {
    const { frames } = exchange.format.answer(begun, exchange.request);
    return streamed(exchange, [
      ...frames.slice(0, SOME_EVENTS),
      exchange.format.malformed,
      ...frames.slice(SOME_EVENTS),
    ]);
  },
  /** A proper end of the body, between two events, without the terminator. */
  'fault-no-terminator': (exchange) => streamed(exchange, some(exchange)),
  /** The terminator comes, the connection stays. */
  'fault-open-end': async (exchange) => {
    await partly(exchange, exchange.format.answer(begun, exchange.request).frames);
    await exchange.hold();
  },
  'fault-no-answer': (exchange) => exchange.hold(),
  'fault-stall-first': async (exchange) => {
    exchange.streamHead();
    exchange.flushHead();
    await exchange.hold();
  },
  'fault-stall': async (exchange) => {
    await partly(exchange, some(exchange));
    await exchange.hold();
  },
  /** Silence that keep-alive comments fill. */
  'fault-stall-comments': async (exchange) => {
    await partly(exchange, some(exchange));
    while (!exchange.over.aborted) {
      await exchange.wait(KEEP_ALIVE_MS);
      await exchange.write(keepAlive(exchange).map(({ bytes }) => ({ waitMs: 0, bytes })));
    }
  },
  'fault-reset-first': (exchange) => exchange.reset(),
  /** The connection breaks inside an event. */
  'fault-reset': async (exchange) => {
    await partly(exchange, torn(exchange));
    await exchange.reset();
  },
  /** The connection closes inside an event, without the end that HTTP asks for. */
  'fault-cut': async (exchange) => {
    await partly(exchange, torn(exchange));
    await exchange.drop();
  },
};

export const FAULT_MODELS: readonly string[] = Object.keys(FAULTS);
export const faultFor = (model: string): Fault | undefined =>
  Object.hasOwn(FAULTS, model) ? FAULTS[model] : undefined;

function refused(kind: ErrorKind, message: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return (exchange) => exchange.error(exchange.format.error(kind, message), headers);
}

async function html(exchange: Exchange, status: number, title: string, text: string): Promise<void> {
  exchange.head(status, 'text/html; charset=utf-8');
  await exchange.end(
    `<!doctype html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1><p>${text}</p></body></html>\n`,
  );
}

const keepAlive = ({ format }: Exchange): readonly SampleFrame[] => (format.keepAlive ? [format.keepAlive] : []);

const some = (exchange: Exchange): readonly SampleFrame[] =>
  exchange.format.answer(begun, exchange.request).frames.slice(0, SOME_EVENTS);

/** Some events, and the beginning of one more. */
function torn(exchange: Exchange): readonly SampleFrame[] {
  const next = exchange.format.answer(begun, exchange.request).frames[SOME_EVENTS]!;
  return [...some(exchange), { bytes: next.bytes.subarray(0, next.bytes.length >> 1) }];
}

async function partly(exchange: Exchange, frames: readonly SampleFrame[]): Promise<void> {
  exchange.streamHead();
  await exchange.write(writesOf(frames, begun, exchange));
}

async function streamed(exchange: Exchange, frames: readonly SampleFrame[]): Promise<void> {
  await partly(exchange, frames);
  await exchange.end();
}

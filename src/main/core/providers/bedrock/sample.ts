/** Bedrock with Anthropic's models, as the sample provider speaks it: the events of Messages, each in its envelope. */
import { crc32 } from '../../../../shared/framing/crc32.ts';
import { sample as messages } from '../messages/sample.ts';
import type { ErrorKind, Format, Json, SampleFrame } from '../sample/format.ts';

const PATH = /^\/model\/([^/]+)\/(invoke|invoke-with-response-stream)$/;

const ERRORS: Readonly<Record<ErrorKind, { readonly status: number; readonly type: string }>> = {
  request: { status: 400, type: 'validationException' },
  key: { status: 403, type: 'accessDeniedException' },
  permission: { status: 403, type: 'accessDeniedException' },
  model: { status: 404, type: 'resourceNotFoundException' },
  path: { status: 404, type: 'resourceNotFoundException' },
  size: { status: 413, type: 'validationException' },
  rate: { status: 429, type: 'throttlingException' },
  server: { status: 500, type: 'internalServerException' },
  overloaded: { status: 503, type: 'serviceUnavailableException' },
};

const encoder = new TextEncoder();

/** A message with text headers and a JSON payload. */
function message(headers: Readonly<Record<string, string>>, payload: Json): SampleFrame {
  const names = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const [key, text] = [encoder.encode(name), encoder.encode(value)];
      // 7: a text, whose length has two bytes.
      return Buffer.from([key.length, ...key, 7, text.length >> 8, text.length & 0xff, ...text]);
    }),
  );
  const body = encoder.encode(JSON.stringify(payload));
  const bytes = Buffer.alloc(16 + names.length + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(names.length, 4);
  bytes.writeUInt32BE(crc32(bytes, 0, 8), 8);
  bytes.set(names, 12);
  bytes.set(body, 12 + names.length);
  bytes.writeUInt32BE(crc32(bytes, 0, bytes.length - 4), bytes.length - 4);
  return { bytes };
}

const JSON_EVENT = { ':content-type': 'application/json', ':message-type': 'event' };

/** Bedrock passes on no pings. */
const isPing = ({ bytes }: SampleFrame): boolean => Buffer.from(bytes).toString('utf8').startsWith('event: ping');

/** The event of a frame of Messages, in an envelope. */
function enveloped({ bytes, pause = false }: SampleFrame): SampleFrame {
  const data = /^data: (.*)$/m.exec(Buffer.from(bytes).toString('utf8'))![1]!;
  const frame = message(
    { ':event-type': 'chunk', ...JSON_EVENT },
    { bytes: Buffer.from(data).toString('base64'), p: 'abcdefghijklmnopqrstuvwxyzABC'.slice(0, data.length % 29) },
  );
  return { ...frame, pause };
}

const modelIn = (path: string): string => decodeURIComponent(PATH.exec(path)?.[1] ?? '');

export const sample: Format = {
  api: 'bedrock',
  contentType: 'application/vnd.amazon.eventstream',
  path: (model) => `/model/${encodeURIComponent(model)}/invoke-with-response-stream`,
  isPath: (asked) => PATH.test(asked),
  modelOf: (_request, path) => modelIn(path),
  isStreamed: (_request, path) => PATH.exec(path)?.[2] === 'invoke-with-response-stream',
  scenarios: ['plain-text', 'reasoning', 'parallel-tools', 'error-in-stream', 'cut-stream'],
  keepAlive: null,
  malformed: message({ ':event-type': 'chunk', ...JSON_EVENT }, { bytes: 'no base64' }),
  check: (body) =>
    messages.check({ ...body, model: 'in the path' }, (name) => (name === 'anthropic-version' ? 'in the body' : '')),
  answer(scenario, request) {
    const { frames, body } = messages.answer(scenario, request);
    return { frames: frames.filter((frame) => !isPing(frame)).map(enveloped), body };
  },
  error: (kind, text) => ({ ...ERRORS[kind], message: text }),
  errorBody: ({ message: text }) => ({ message: text }),
  errorFrames: ({ type, message: text }) => [
    message(
      { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
      { message: text },
    ),
  ],
  headers: () => ({}),
  request: (scenario) => messages.request(scenario),
};

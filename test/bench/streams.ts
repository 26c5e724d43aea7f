/** What the benchmarks read: streams of the built-in samples, repeated to a working size, and tool calls of any length. */
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import type { Api } from '../support/apis.ts';
import type { Read } from '../../src/shared/model/stream.ts';

const encoder = new TextEncoder();

/** Frames of one stream, each with its closing blank line. */
export type Frames = readonly string[];

/** A text answer with this many deltas, framed as the provider frames it. */
export function textFrames(api: Api, deltas: number): Frames {
  const frames = answerFrames(api);
  const first = frames.findIndex((frame) => isTextDelta(api, frame));
  const last = frames.findLastIndex((frame) => isTextDelta(api, frame));
  const middle = frames.slice(first, last + 1).filter((frame) => isTextDelta(api, frame));
  return [
    ...frames.slice(0, first),
    ...Array.from({ length: deltas }, (_, n) => middle[n % middle.length]!),
    ...frames.slice(last + 1),
  ];
}

function answerFrames(api: Api): Frames {
  const scenario = SCENARIOS.find(({ model }) => model === 'long-answer')!;
  const format = sampleFormatOf(api);
  return format.answer(scenario, format.request(scenario)).frames.map(({ bytes }) => new TextDecoder().decode(bytes));
}

const DELTA_MARKS: Readonly<Record<Api, string>> = {
  chat_completions: '"delta":{"content":',
  responses: '"response.output_text.delta"',
  messages: '"text_delta"',
};
const isTextDelta = (api: Api, frame: string): boolean => frame.includes(DELTA_MARKS[api]);

/** JSON arguments of about `chars` characters: prose, numbers and escapes, as a model writes a document into a tool call. */
export function toolArguments(chars: number): string {
  const lines: string[] = [];
  for (let n = 0, length = 0; length < chars; n++) {
    const line = `Line ${n}: the harbour's tide table for "pier ${n % 17}" reads ${(n * 7919) % 1000}.\\n`;
    lines.push(line);
    length += line.length + 4;
  }
  return JSON.stringify({ path: 'notes/tides.md', lines, append: false });
}

/** One tool call whose arguments come in deltas of `size` characters. */
export function toolFrames(api: Api, text: string, size = 20): Frames {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return TOOL_FRAMES[api](pieces, text);
}

const named = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const TOOL_FRAMES: Readonly<Record<Api, (pieces: readonly string[], text: string) => Frames>> = {
  chat_completions: (pieces) => {
    const event = (delta: object, rest: object = {}): string =>
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...rest }] })}\n\n`;
    return [
      event({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'write', arguments: '' } }],
      }),
      ...pieces.map((piece) => event({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
      event({}, { finish_reason: 'tool_calls' }),
      'data: [DONE]\n\n',
    ];
  },
  responses: (pieces, text) => {
    let sequence_number = 0;
    const event = (type: string, data: object): string => named(type, { sequence_number: sequence_number++, ...data });
    const response = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'm',
      status: 'in_progress',
      output: [] as object[],
    };
    const item = {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'write',
      arguments: '',
      status: 'in_progress',
    };
    const whole = { ...item, arguments: text, status: 'completed' };
    const usage = {
      input_tokens: 9,
      output_tokens: 9,
      total_tokens: 18,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    };
    return [
      event('response.created', { response }),
      event('response.output_item.added', { output_index: 0, item }),
      ...pieces.map((delta) =>
        event('response.function_call_arguments.delta', { item_id: 'fc_1', output_index: 0, delta }),
      ),
      event('response.function_call_arguments.done', {
        item_id: 'fc_1',
        output_index: 0,
        name: 'write',
        arguments: text,
      }),
      event('response.output_item.done', { output_index: 0, item: whole }),
      event('response.completed', { response: { ...response, status: 'completed', output: [whole], usage } }),
    ];
  },
  messages: (pieces) => [
    named('message_start', {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    }),
    named('content_block_start', {
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} },
    }),
    ...pieces.map((partial_json) =>
      named('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }),
    ),
    named('content_block_stop', { index: 0 }),
    named('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } }),
    named('message_stop', {}),
  ],
};

/** One event with `chars` characters of text in it. */
export function hugeFrame(chars: number): string {
  return `data: ${JSON.stringify({ text: 'The tide comes in twice a day. '.repeat(Math.ceil(chars / 31)).slice(0, chars) })}\n\n`;
}

/** An event of Chat Completions; `delta` is JSON. */
export const chatEvent = (delta: string): string => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`;

export const bytesOf = (frames: Frames): Uint8Array<ArrayBuffer> => encoder.encode(frames.join(''));

/** Reads of `size` bytes. */
export function readsOf(bytes: Uint8Array, size: number): readonly Read[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => ({
    n,
    tNs: n,
    offset: n * size,
    bytes: bytes.subarray(n * size, (n + 1) * size),
  }));
}

/** One read for each frame. */
export function readsPerFrame(frames: Frames): readonly Read[] {
  let offset = 0;
  return frames.map((frame, n) => {
    const bytes = encoder.encode(frame);
    const read = { n, tNs: n, offset, bytes };
    offset += bytes.length;
    return read;
  });
}

/** A body that gives these reads one by one, as a socket would. */
export function bodyOf(reads: readonly Read[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const read = reads[next++];
      if (read) controller.enqueue(read.bytes as Uint8Array<ArrayBuffer>);
      else controller.close();
    },
  });
}

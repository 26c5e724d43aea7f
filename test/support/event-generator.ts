/** Random events of an API: mostly in its shape, some with a field of another kind, some with no shape at all. */
import type { Random } from '../../src/main/core/providers/sample/random.ts';
import type { Api } from './apis.ts';

const WORDS = [
  'Hello',
  ' world',
  '\n',
  '"',
  '\\',
  '{',
  '}',
  '{"thinking": "',
  '", "message": "',
  '"}',
  ': ',
  ',',
  'é',
  '😀',
  '\ud83d',
  '\\u00',
  '\\n',
  '</thinking>',
  '[',
  '1e400',
  '',
];
const ODD: readonly unknown[] = [
  null,
  0,
  1,
  -1.5,
  2 ** 64,
  true,
  false,
  '',
  'text',
  [],
  [null],
  {},
  { type: 'new' },
  [[[]]],
];
const NAMES = ['send_message', 'get_time', '', 'a'];
const encoder = new TextEncoder();

export class EventGenerator {
  readonly #api: Api;
  readonly #random: Random;
  /** How many of this stream's events are bent: at few, the lanes get far; at many, they end in many ways. */
  readonly #bent: number;

  constructor(api: Api, random: Random) {
    this.#api = api;
    this.#random = random;
    this.#bent = random.pick([0, 0, 0.02, 0.1]);
  }

  /** One event with its line ends. */
  next(): Uint8Array {
    const random = this.#random;
    const end = random.pick(['\n', '\n', '\n', '\r\n', '\r']);
    if (random.chance(this.#bent / 4))
      return random.chance(0.3) ? new Uint8Array([0x64, 0xff, 0x0a]) : encoder.encode(this.#noise() + end + end);
    const { name, data } = this.#event();
    const shaken = random.chance(this.#bent) ? this.#shake(data) : data;
    const json = random.chance(this.#bent / 8) ? this.#noise() : JSON.stringify(shaken);
    return encoder.encode(`${name === '' ? '' : `event: ${name}${end}`}data: ${json}${end}${end}`);
  }

  #noise(): string {
    return this.#random.pick([
      ': ping',
      'id: 1',
      'retry: 5',
      'event: error',
      'data',
      'data: [DONE]',
      'data: {"error": {"message": "no"}}',
      'data: {oops',
      'data: NaN',
      'event: ping',
      'x',
    ]);
  }

  #event(): { name: string; data: unknown } {
    if (this.#api === 'chat_completions') return { name: '', data: this.#chunk() };
    const data = this.#api === 'messages' ? this.#message() : this.#response();
    return { name: String(data['type']), data };
  }

  #text(): string {
    let text = '';
    for (let left = this.#random.below(4); left >= 0; left--) text += this.#random.pick(WORDS);
    return text;
  }

  #chunk(): unknown {
    const random = this.#random;
    const call = {
      index: random.below(2),
      id: random.chance(0.3) ? 'call_1' : null,
      type: 'function',
      function: { name: random.chance(0.3) ? random.pick(NAMES) : null, arguments: this.#text() },
    };
    const delta = random.chance(0.5) ? { content: this.#text() } : { content: null, tool_calls: [call] };
    const usage = random.chance(0.05) ? { prompt_tokens: random.below(99), completion_tokens: random.below(99) } : null;
    return {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'gpt-4o-mini',
      choices: [{ index: 0, delta, finish_reason: null }],
      usage,
    };
  }

  #message(): Record<string, unknown> {
    const random = this.#random;
    const index = random.below(3);
    switch (random.below(12)) {
      case 0:
        return {
          type: 'message_start',
          message: {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'claude',
            content: [],
            usage: { input_tokens: 3, output_tokens: 1 },
          },
        };
      case 1:
        return { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } };
      case 2:
      case 3:
      case 4:
        return { type: 'content_block_start', index, content_block: this.#block() };
      case 5:
        return { type: 'content_block_stop', index };
      default:
        return { type: 'content_block_delta', index, delta: this.#blockDelta() };
    }
  }

  #block(): unknown {
    return this.#random.pick([
      { type: 'text', text: '' },
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'tool_use', id: 'toolu_1', name: this.#random.pick(NAMES), input: {} },
      { type: 'tool_use', id: 'toolu_2', name: 'send_message', input: {} },
      { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} },
    ]);
  }

  #blockDelta(): unknown {
    const text = this.#text();
    return this.#random.pick([
      { type: 'text_delta', text },
      { type: 'input_json_delta', partial_json: text },
      { type: 'input_json_delta', partial_json: text },
      { type: 'thinking_delta', thinking: text },
      { type: 'signature_delta', signature: 'sig' },
    ]);
  }

  #response(): Record<string, unknown> {
    const random = this.#random;
    const place = { output_index: random.below(3), item_id: 'item_1', content_index: 0, sequence_number: 1 };
    switch (random.below(10)) {
      case 0:
        return { type: 'response.output_item.added', ...place, item: this.#item() };
      case 1:
        return { type: 'response.output_item.done', ...place, item: this.#item() };
      case 2:
        return {
          type: 'response.reasoning_summary_part.added',
          ...place,
          summary_index: random.below(3),
          part: { type: 'summary_text', text: this.#text() },
        };
      case 3:
        return { type: 'response.reasoning_summary_text.delta', ...place, summary_index: 0, delta: this.#text() };
      case 4:
      case 5:
        return { type: 'response.function_call_arguments.delta', ...place, delta: this.#text() };
      case 6:
        return random.chance(0.3)
          ? { type: 'response.completed', response: this.#completed() }
          : { type: 'response.in_progress', response: {} };
      default:
        return { type: 'response.output_text.delta', ...place, delta: this.#text() };
    }
  }

  #item(): unknown {
    return this.#random.pick([
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: this.#text(), annotations: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: this.#random.pick(NAMES), arguments: this.#text() },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: this.#text() }],
        encrypted_content: this.#random.pick([null, 'enc']),
      },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'item_of_the_future', content: null },
    ]);
  }

  #completed(): unknown {
    return {
      id: 'resp_1',
      model: 'gpt-5',
      status: 'completed',
      output: [this.#item(), this.#item()],
      usage: { input_tokens: 5, output_tokens: 6, total_tokens: 11 },
    };
  }

  /** The value with one part of it, at any depth, replaced by something of another kind, or left out. */
  #shake(value: unknown): unknown {
    const random = this.#random;
    if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.pick(ODD);
    if (Array.isArray(value)) {
      const at = random.below(value.length);
      return value.map((item, i) => (i === at ? this.#shake(item) : (item as unknown)));
    }
    const key = random.pick(Object.keys(value));
    if (random.chance(0.15)) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
    return { ...value, [key as string]: this.#shake((value as Record<string, unknown>)[key as string]) };
  }
}

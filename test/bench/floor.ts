/**
 * The floors: about the least that JavaScript can do for the same result. They know LF and CRLF, `data` and `event` and
 * lines cut between reads; not bare CR, byte order marks, `id`, `retry` or limits. They are what a benchmark divides by, and
 * no candidate for the product.
 */
import type { Api } from '../support/apis.ts';
import type { Read } from '../../src/shared/model/stream.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);

/** Cuts out the `data` of each event by scanning bytes for LF, decodes it and gives it to JSON.parse. */
export class ByteSplitter {
  #rest: Buffer = EMPTY;
  #data = '';
  readonly #take: (value: unknown) => void;

  constructor(take: (value: unknown) => void) {
    this.#take = take;
  }

  feed(bytes: Uint8Array): void {
    let buffer: Buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#rest.length > 0) buffer = Buffer.concat([this.#rest, buffer]);
    let at = 0;
    for (let end = buffer.indexOf(LF); end >= 0; end = buffer.indexOf(LF, at)) {
      this.#line(buffer, at, end > at && buffer[end - 1] === CR ? end - 1 : end);
      at = end + 1;
    }
    this.#rest = at === buffer.length ? EMPTY : buffer.subarray(at);
  }

  #line(buffer: Buffer, start: number, end: number): void {
    if (start === end) {
      if (this.#data !== '' && !this.#data.startsWith('[DONE]')) this.#take(JSON.parse(this.#data));
      this.#data = '';
      // `data: `, by its first letter and its colon.
    } else if (buffer[start] === 0x64 && buffer[start + 4] === 0x3a)
      this.#data += buffer.toString('utf8', start + 6, end);
  }
}

/** The splitter with a string to append to: the answer's text, or a tool call's arguments. */
export function accumulateMinimally(api: Api, reads: Iterable<Read>): string {
  let text = '';
  const splitter = new ByteSplitter((value) => {
    text += DELTAS[api](value as ProviderEvent) ?? '';
  });
  for (const { bytes } of reads) splitter.feed(bytes);
  return text;
}

/** The same from a body, in one async loop. */
export async function accumulateBodyMinimally(api: Api, body: ReadableStream<Uint8Array>): Promise<string> {
  let text = '';
  const splitter = new ByteSplitter((value) => {
    text += DELTAS[api](value as ProviderEvent) ?? '';
  });
  for await (const bytes of body) splitter.feed(bytes);
  return text;
}

interface ProviderEvent {
  readonly type?: string;
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
    };
  }[];
  readonly delta?: string | { readonly text?: string; readonly partial_json?: string };
}

const DELTAS: Readonly<Record<Api, (event: ProviderEvent) => string | null | undefined>> = {
  chat_completions: ({ choices }) => {
    const delta = choices?.[0]?.delta;
    return delta?.content ?? delta?.tool_calls?.[0]?.function?.arguments;
  },
  responses: ({ type, delta }) =>
    (type === 'response.output_text.delta' || type === 'response.function_call_arguments.delta') &&
    typeof delta === 'string'
      ? delta
      : '',
  messages: ({ delta }) => (typeof delta === 'object' ? (delta.text ?? delta.partial_json) : ''),
};

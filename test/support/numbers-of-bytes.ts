/**
 * The numbers of a stream, worked out from its bytes and the times they came, without any code of the program: what the header,
 * the list, a comparison and the store must show. It takes bodies that are well-formed event streams.
 */
import type { Api } from '../../src/shared/model/stream.ts';

/** Up to which byte of the body had come when. */
export interface Arrival {
  readonly end: number;
  readonly tNs: number;
}

export interface NumbersOfBytes {
  readonly firstByteNs: number | null;
  readonly firstEventNs: number | null;
  readonly firstReasoningNs: number | null;
  readonly firstTextNs: number | null;
  readonly firstToolNs: number | null;
  readonly events: number;
  readonly bytes: number;
  readonly reads: number;
  readonly textChars: number;
  readonly lastContentNs: number | null;
  /** Null: not to be measured. Undefined: the stream does not count, or counts before it is through. */
  readonly tokensPerSecond: number | null | undefined;
}

type Json = { readonly [key: string]: Json } & readonly Json[] & string;
interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly tool: string;
  /** What of the reasoning is told in other words than the model's own. */
  readonly summary: string;
  /** Output tokens and those of them that were reasoning, where the event counts. */
  readonly counted?: { readonly output: number; readonly reasoning: number } | undefined;
}
type Words = 'text' | 'reasoning' | 'tool';

/** A stream whose tokens came within less has no pace. */
const BURST_NS = 50_000_000;

export function numbersOfBytes(api: Api, body: Uint8Array, arrivals: readonly Arrival[]): NumbersOfBytes {
  const arrivalOf = (end: number): number => arrivals.find((arrival) => arrival.end >= end)!.tNs;
  const events = eventsOf(body).map(({ end, data }) => ({ tNs: arrivalOf(end), said: saidIn(api, data) }));
  const first = (what: Words): number | null => events.find(({ said }) => said[what] !== '')?.tNs ?? null;
  return {
    firstByteNs: arrivals[0]?.tNs ?? null,
    firstEventNs: events[0]?.tNs ?? null,
    firstReasoningNs: first('reasoning'),
    firstTextNs: first('text'),
    firstToolNs: first('tool'),
    events: events.length,
    bytes: body.length,
    reads: arrivals.length,
    textChars: [...events.map(({ said }) => said.text).join('')].length,
    ...paceOf(events),
  };
}

function paceOf(
  events: readonly { readonly tNs: number; readonly said: Said }[],
): Pick<NumbersOfBytes, 'lastContentNs' | 'tokensPerSecond'> {
  const pieces = events.flatMap(({ tNs, said: { text, reasoning, tool, summary } }, at) => {
    const chars = [...text, ...reasoning, ...tool].length - [...summary].length;
    return chars > 0 ? [{ at, tNs, chars, own: reasoning !== summary }] : [];
  });
  const [head, last] = [pieces[0], pieces.at(-1)];
  const count = events.findLastIndex(({ said }) => said.counted !== undefined);
  const lastContentNs = last?.tNs ?? null;
  if (count < 0 || (last && count < last.at)) return { lastContentNs, tokensPerSecond: undefined };
  if (!head || !last || last.tNs - head.tNs < BURST_NS) return { lastContentNs, tokensPerSecond: null };
  const { output, reasoning } = events[count]!.said.counted!;
  const tokens = output - (pieces.some(({ own }) => own) ? 0 : reasoning);
  const all = pieces.reduce((sum, { chars }) => sum + chars, 0);
  const later = pieces.filter(({ tNs }) => tNs > head.tNs).reduce((sum, { chars }) => sum + chars, 0);
  return { lastContentNs, tokensPerSecond: (tokens * later * 1e9) / all / (last.tNs - head.tNs) };
}

/** Blocks of lines, each with where its blank line ends. A block of nothing but comments is no event. */
function eventsOf(body: Uint8Array): readonly { readonly end: number; readonly data: string }[] {
  // One character for each byte, so that places are byte offsets.
  const bytes = Buffer.from(body).toString('latin1');
  const events: { end: number; data: string }[] = [];
  for (const block of bytes.matchAll(/((?:[^\r\n]+\r?\n)+)\r?\n/g)) {
    const lines = Buffer.from(block[1]!, 'latin1').toString('utf8').trim().split(/\r?\n/);
    if (lines.every((line) => line.startsWith(':'))) continue;
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart());
    events.push({ end: block.index + block[0].length, data: data.join('\n') });
  }
  return events;
}

const NOTHING: Said = { text: '', reasoning: '', tool: '', summary: '' };

function countedIn(usage: Json | undefined, output: string, details: string, reasoning: string): Said['counted'] {
  const count = (usage as { readonly [name: string]: unknown } | null | undefined)?.[output];
  if (typeof count !== 'number') return undefined;
  const inner = usage![details] as { readonly [name: string]: unknown } | null | undefined;
  return { output: count, reasoning: Number(inner?.[reasoning] ?? 0) };
}

function saidIn(api: Api, data: string): Said {
  if (!data.startsWith('{')) return NOTHING;
  const event = JSON.parse(data) as Json;
  if (api === 'chat_completions') return chat(event);
  return api === 'responses' ? responses(event) : messages(event);
}

const joined = (...parts: readonly unknown[]): string => parts.filter((part) => typeof part === 'string').join('');

function chat(event: Json): Said {
  const deltas = ((event['choices'] as readonly Json[] | undefined) ?? []).map((choice) => choice['delta']);
  const calls = deltas.flatMap((delta) => [
    ...((delta?.['tool_calls'] as readonly Json[] | undefined) ?? []).map((call) => call['function']),
    delta?.['function_call'],
  ]);
  return {
    text: joined(...deltas.flatMap((delta) => [delta?.['content'], delta?.['refusal']])),
    reasoning: joined(...deltas.flatMap((delta) => [delta?.['reasoning_content'], delta?.['reasoning']])),
    tool: joined(...calls.flatMap((call) => [call?.['name'], call?.['arguments']])),
    summary: '',
    counted: countedIn(event['usage'], 'completion_tokens', 'completion_tokens_details', 'reasoning_tokens'),
  };
}

function responses(event: Json): Said {
  const type: string = event['type']!;
  const { delta, item } = event;
  const isCall = item?.['type']?.endsWith('_call') === true;
  return {
    text: /^response\.(output_text|refusal)\.delta$/.test(type) ? joined(delta) : '',
    reasoning: /^response\.reasoning(_summary)?_text\.delta$/.test(type) ? joined(delta) : '',
    tool:
      type === 'response.output_item.added' && isCall
        ? joined(item['name'], item['arguments'])
        : // What the provider's own tools were asked is told whole, with the item.
          type === 'response.output_item.done' && item?.['action'] !== undefined
          ? JSON.stringify(item['action'])
          : /^response\.(function_call_arguments|custom_tool_call_input)\.delta$/.test(type)
            ? joined(delta)
            : '',
    summary: type === 'response.reasoning_summary_text.delta' ? joined(delta) : '',
    counted: countedIn(event['response']?.['usage'], 'output_tokens', 'output_tokens_details', 'reasoning_tokens'),
  };
}

function messages(event: Json): Said {
  const delta = event['delta'];
  const block = event['content_block'];
  const isCall = block?.['type']?.endsWith('tool_use') === true;
  return {
    text: joined(block?.['text'], delta?.['text']),
    reasoning: joined(block?.['thinking'], delta?.['thinking']),
    tool: joined(isCall ? block['name'] : '', delta?.['partial_json']),
    summary: '',
    counted: countedIn(
      event['usage'] ?? event['message']?.['usage'],
      'output_tokens',
      'output_tokens_details',
      'thinking_tokens',
    ),
  };
}

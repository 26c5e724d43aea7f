/** What each lane made of one event, in a few words: the inspector's first answer. Pure. */
import { messageText } from '../../shared/compare/lane-reading.ts';
import { codePoints } from '../../shared/text/code-points.ts';
import { WIRE, type Emission, type LaneId, type LaneMessage } from '../../shared/model/messages.ts';
import { count } from '../components/format.ts';
import { given } from '../components/given.ts';

/** One thing that a lane said, or several of the same kind. */
export interface Said {
  readonly what: string;
  /** Its content, joined; null where the kind has none. */
  readonly content: string | null;
}

export interface LaneEmissions {
  readonly lane: LaneId;
  readonly said: readonly Said[];
  /** Characters of content. */
  readonly chars: number;
  /** Characters more or less than on the wire; null for the wire itself. */
  readonly more: number | null;
  readonly messages: readonly Emission[];
}

/** The lane's words for each kind of message: one, and several. */
const WORDS: Readonly<Record<LaneMessage['message_type'], readonly [one: string, many: string]>> = {
  block_start: ['block begins', 'blocks begin'],
  block_stop: ['block ends', 'blocks end'],
  assistant_message: ['text', 'texts'],
  refusal_message: ['refusal', 'refusals'],
  reasoning_message: ['reasoning', 'reasonings'],
  hidden_reasoning_message: ['hidden reasoning', 'hidden reasonings'],
  tool_call_message: ['tool call delta', 'tool call deltas'],
  approval_request_message: ['approval request', 'approval requests'],
  attachment: ['attachment', 'attachments'],
  usage: ['usage', 'usages'],
  finish: ['finish', 'finishes'],
  response: ['response head', 'response heads'],
  error: ['error', 'errors'],
  event: ['no content', 'no content'],
  stop_reason: ['ends with an error', 'ends with an error'],
};

/** Of the emissions that one event caused, for each of the lanes. */
export function emissionsByLane(emissions: readonly Emission[], lanes: readonly LaneId[]): readonly LaneEmissions[] {
  const wire = contentOf(emissions.filter(({ lane }) => lane === WIRE));
  return lanes.map((lane) => {
    const messages = emissions.filter((emission) => emission.lane === lane);
    const chars = codePoints(contentOf(messages));
    return {
      lane,
      messages,
      chars,
      more: lane === WIRE ? null : chars - codePoints(wire),
      said: group(messages.map(({ message }) => message)),
    };
  });
}

function group(messages: readonly LaneMessage[]): readonly Said[] {
  const kinds = [...new Set(messages.map(({ message_type }) => message_type))];
  return kinds.map((kind) => {
    const own = messages.filter(({ message_type }) => message_type === kind);
    const contents = own.map(contentOfMessage);
    const content = contents.every((text) => text === null) ? null : contents.join('');
    return { what: nameOf(kind, own, content), content: content === '' ? null : content };
  });
}

function nameOf(kind: LaneMessage['message_type'], messages: readonly LaneMessage[], content: string | null): string {
  const [one, many] = WORDS[kind];
  const [message] = messages;
  const name = messages.length === 1 ? one : `${count(messages.length)} ${many}`;
  const more = message && messages.length === 1 ? detailOf(message) : '';
  return `${content === '' ? `empty ${name}` : name}${more}`;
}

/** A message in a few words, without its content. */
export const wordsOf = (message: LaneMessage): string => `${WORDS[message.message_type][0]}${detailOf(message)}`;

/** What a message says beside its content, in a word. */
function detailOf(message: LaneMessage): string {
  switch (message.message_type) {
    case 'block_start':
      return `: ${message.type}${given(message.name) ? ` ${message.name}` : ''}`;
    case 'tool_call_message':
    case 'approval_request_message':
      return given(message.tool_call.name) ? ` of ${message.tool_call.name}` : '';
    case 'reasoning_message':
      return message.signature === null ? '' : ', signed';
    case 'hidden_reasoning_message':
      return `, ${message.state}`;
    case 'attachment':
      return `: ${message.type}`;
    case 'finish':
      return `: ${message.finish.raw ?? message.finish.unified}`;
    case 'block_stop':
      return message.valid === false ? ', arguments are not JSON' : '';
    case 'response':
      return message.model === null ? '' : `, model ${message.model}`;
    case 'error':
      return `: ${message.error.message}`;
    case 'event':
      return message.known ? `: ${message.type}` : `: ${message.type}, not expected by this version`;
    case 'usage': {
      const { input, output } = message.usage;
      return `: ${tokens(input)} → ${tokens(output)}`;
    }
    default:
      return '';
  }
}

const tokens = (value: number | null | undefined): string => (given(value) ? count(value) : 'not reported');

/** Text, reasoning or arguments; null: the kind of message carries none. */
export function contentOfMessage(message: LaneMessage): string | null {
  switch (message.message_type) {
    case 'tool_call_message':
    case 'approval_request_message':
      // A call that is only named so far has no arguments, not empty ones.
      return given(message.tool_call.name) && !given(message.tool_call.arguments) ? null : messageText(message);
    case 'assistant_message':
    case 'refusal_message':
    case 'reasoning_message':
    case 'hidden_reasoning_message':
      return messageText(message);
    default:
      return null;
  }
}

const contentOf = (emissions: readonly Emission[]): string =>
  emissions.map(({ message }) => contentOfMessage(message) ?? '').join('');

/** `+76 ch`, `−12 ch`, `0 ch`. */
export function amount({ chars, more }: LaneEmissions): string {
  if (more === null || more === 0) return `${count(chars)} ch`;
  return `${more > 0 ? '+' : '−'}${count(Math.abs(more))} ch`;
}

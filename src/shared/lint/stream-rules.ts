/** Rules that hold for every API on the events as a whole: whether they can be read, come once, and reach their end. */
import { chat, chatEnd, chatText, chunk, message, blockStart, blockStop, textDelta } from './example-bodies.ts';
import { LOSSES, type FramingFaultId } from '../framing/faults.ts';
import { objectOf } from '../json/json-object.ts';
import type { Frame } from '../model/stream.ts';
import { isDone, kindOf, type LintRule, type LintStream } from './rule.ts';

const doubled = (...events: readonly unknown[]): readonly unknown[] => events.flatMap((event) => [event, event]);

/** So many events that each come twice are no chance. */
const MIN_DOUBLED = 4;
/** Events that begin and end an answer may be written by another part of the server, once. */
const MIN_SHARE = 0.8;

export const STREAM_RULES: readonly LintRule[] = [
  {
    id: 'not-a-stream',
    strict: 'error',
    lenient: 'error',
    help: 'The body is no stream of this API at all: a page, an error, a whole answer, a stream of another kind, the lines of a log. Clients find no event in it, and many take that for an empty answer.',
    example: { body: '<!DOCTYPE html>\n<html><body>Sign in</body></html>\n' },
    counterexample: chatText('Hi'),
    check: ({ ending }) => ({
      end(_stream, report) {
        if (ending?.state === 'not-a-stream') report(null, ending.rule);
      },
    }),
  },
  {
    id: 'only-terminator',
    strict: 'error',
    lenient: 'error',
    help: 'The stream is nothing but [DONE]. A gateway that gets no answer, or one that it cannot read, ends its own stream properly all the same.',
    advice:
      'Clients show an empty answer, and have no error to show. Look into the log of the gateway for what it was given, and ask again.',
    example: chat('[DONE]'),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome, isOnlyDone }, report) {
        // An error outside of the events says more.
        if (outcome.errors.length === 0 && isOnlyDone)
          report(0, 'The stream ends with [DONE] before any event of an answer.');
      },
    }),
  },
  {
    id: 'not-json',
    strict: 'error',
    lenient: 'error',
    help: 'The data of an event is not a JSON object, in a way that has no name of its own.',
    advice:
      'SDKs stop at such an event, and their users lose everything after it; the wire lane reads on. Look at the bytes, and report them to the server.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }), '[1]', ...chatEnd()),
    counterexample: chatText('Hi'),
    check: ({ faults }) => ({
      event({ frame, data }, report) {
        if (data || isDone(frame.data) || !frame.dispatches || faults.ofEvent(frame.index)) return;
        // Of a message its headers may say all.
        if (frame.headers && frame.data === '') return;
        report(frame, unread(frame));
      },
    }),
  },
  {
    id: 'no-terminator',
    strict: 'error',
    lenient: 'warning',
    help: "The provider's terminator is missing. Without it a finished answer and one that was cut look the same.",
    advice:
      'Strict clients end in an error, and others take what came for the whole answer. Take the answer for cut unless its finish reason came.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }), chatEnd()[0]),
    counterexample: chatText('Hi'),
    check: ({ faults, terminator, ending }) => ({
      end(stream, report) {
        const { outcome } = stream;
        // An error instead of a stream needs no end.
        if (ending?.state === 'not-a-stream' || ending?.state === 'http-error') return;
        // Of an API that nobody knows the end of the body is all that there is.
        if (ending?.state === 'complete') return;
        // One that is misspelt or not closed has a remark of its own.
        if (outcome.terminated || faults.all.some(({ id }) => id === 'done-misspelt' || id === 'terminator-open'))
          return;
        const reason = outcome.finish.find(({ raw }) => raw !== null)?.raw;
        report(
          null,
          faults.terminator === null
            ? `The stream has no terminator, ${terminator}${reason === undefined ? '' : `, although its finish reason came: ${reason}`}${otherEnd(stream)}.`
            : `The stream has no terminator that readers see: one stands in the body, but ${faults.terminator}.`,
        );
      },
    }),
  },
  {
    id: 'block-left-open',
    strict: 'error',
    lenient: 'warning',
    help: 'The stream ended and a content block was never closed: its stop or done event is missing.',
    advice:
      'Clients that act on the stop event never run the call, or never show the text. Take the block for complete only if the terminator came, and report it to the server.',
    example: message('end_turn', blockStart(0), textDelta(0, 'Hi')),
    counterexample: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
    check: () => ({
      end({ outcome }, report) {
        if (!outcome.terminated) return;
        for (const { block, kind, closed, lastEvent } of outcome.blocks)
          if (!closed) report(lastEvent, `The ${kind} block ${block} was never closed.`);
      },
    }),
  },
  {
    id: 'no-content',
    strict: 'warning',
    lenient: 'info',
    help: 'The stream ended as it should, and no event had any content: no text, no tool call, and at most reasoning.',
    advice:
      'Clients show an empty turn. Look at the raw events for a field that holds the answer under another name, and at the token limit of the request.',
    example: chat(chunk({ role: 'assistant', content: '' }), ...chatEnd()),
    counterexample: chatText('Hi'),
    check: ({ faults }) => {
      let unread = faults.all.some(({ id }) => LOSSES.has(id) && !OF_THE_END.has(id));
      return {
        event({ frame, data }) {
          if (data || !frame.dispatches || isDone(frame.data)) return;
          const id = faults.ofEvent(frame.index)?.id;
          unread ||= id === undefined || (LOSSES.has(id) && !OF_THE_END.has(id));
        },
        end({ outcome }, report) {
          const { blocks, errors, terminated, finish } = outcome;
          const said = finish.find(({ raw }) => raw !== null);
          const empty = blocks.every(({ kind, text }) => kind === 'reasoning' || (kind === 'text' && text === ''));
          if (!terminated || !empty || errors.length > 0 || !said) return;
          // A refusal and a call that is announced say why themselves.
          if (said.unified !== 'stop' && said.unified !== 'length' && said.unified !== 'other') return;
          const reasoning = blocks.reduce((sum, { kind, text }) => sum + (kind === 'reasoning' ? text.length : 0), 0);
          const end = `The stream ends with ${said.raw}`;
          const thought = `${end} and has ${reasoning} characters of reasoning`;
          if (unread)
            report(
              null,
              `${reasoning === 0 ? end : thought}, and no event that can be read has ${reasoning === 0 ? 'content' : 'text'}.`,
            );
          else report(null, reasoning === 0 ? `${end} and has no content.` : `${thought}, but no text.`);
        },
      };
    },
  },
  {
    id: 'events-doubled',
    strict: 'error',
    lenient: 'error',
    help: 'Every event comes twice in a row. A proxy sends what it reads to two writers of one connection, or a framework passes on both the raw event and its own.',
    advice: 'Clients show each piece of the text twice. Look for what is registered twice between the server and here.',
    example: chat(
      ...doubled(
        chunk({ role: 'assistant', content: 'Hi' }),
        chunk({ content: ' there' }),
        chunk({ content: ', you' }),
        chatEnd()[0],
      ),
      '[DONE]',
    ),
    counterexample: chatText('ha', 'ha', 'ha', 'ha'),
    comesWith: ['finish-twice', 'usage-repeated'],
    check: () => {
      let before: { readonly data: string; readonly name: string } | null = null;
      let first: number | null = null;
      let events = 0;
      let pairs = 0;
      /** Pairs that are not the pair before again, as those of a model in a loop are. */
      let unlike = 0;
      let pair = '';
      return {
        event({ frame }) {
          if (!frame.dispatches || isDone(frame.data)) return;
          events++;
          if (before?.data === frame.data && before.name === frame.name) {
            pairs++;
            if (frame.data !== pair) unlike++;
            pair = frame.data;
            first ??= frame.index;
            before = null;
          } else before = frame;
        },
        end(_stream, report) {
          if (unlike >= MIN_DOUBLED && pairs * 2 >= events * MIN_SHARE)
            report(first, `Of ${events} events ${pairs * 2} come twice in a row, byte for byte, from this one on.`);
        },
      };
    },
  },
];

/** Faults of the framing that take no content. */
const OF_THE_END: ReadonlySet<FramingFaultId> = new Set(['done-misspelt', 'terminator-open']);

/** Types and names that announce an end, in the APIs that have no such event. */
const ENDS = /(?:^|[._:-])(?:done|complete|completed|end|ended|stop|stopped|finish|finished|close|eos)$/i;
/** Events that end a part of an answer: a stream that was cut right after one ends with it. */
const OWN_ENDS = /^(?:content_block_stop|response(?:\.[a-z_]+){2,})$/;
/** What the stream ends with in place of its terminator, where that is told by its name. */
function otherEnd({ hasDone, last }: LintStream): string {
  if (hasDone) return '; it ends with [DONE], as Chat Completions does';
  if (!last) return '';
  const { type } = last;
  return ENDS.test(type) && !OWN_ENDS.test(type)
    ? `; it ends with ${type}${OF_OTHERS[type] ?? ', which is no event of this API'}`
    : '';
}

/** Whose events they are that end streams of other APIs. */
const OF_OTHERS: Readonly<Record<string, string>> = {
  'response.done': ', as the Realtime API does',
  message_stop: ", as Anthropic's Messages API does",
  'response.completed': ', as the Responses API does',
};

const MAX_SHOWN = 80;

/** What stands where the JSON object of an event belongs. */
function unread({ payload, data }: Frame): string {
  if (payload.ok) {
    const { value } = payload;
    if (!Array.isArray(value)) return `The data is JSON but not an object: it is ${kindOf(value)}.`;
    const objects = value.every((one) => objectOf(one));
    return `The data is JSON but not an object: it is a list of ${value.length} ${objects ? 'object' : 'value'}${value.length === 1 ? '' : 's'}.`;
  }
  const text = data.trim();
  if (text === '') return 'The data is empty.';
  if (/^(?:\[object \w+\]|undefined)$/.test(text))
    return `The data is ${JSON.stringify(text)}: a JavaScript value was written without JSON.stringify().`;
  if (/^(?:\p{L}|\d{4}-\d\d-\d\d\b)/u.test(text))
    return `The data is text, not JSON: ${JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)}.`;
  return `The data is not JSON: ${payload.error.replace(/\.$/, '')}.`;
}

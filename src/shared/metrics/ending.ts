/**
 * How a stream ended: exactly one state, decided from what the transport did and what the wire said, never `complete` by
 * default. The rules stand in the order in which they decide; each says itself as a sentence.
 */
import { count, counted } from '../text/count.ts';
import { durationWords } from '../text/duration.ts';
import type { WireOutcome } from '../model/messages.ts';
import { LOSSES, type FramingFaultId, type FramingFaults } from '../framing/faults.ts';
import { FRAMINGS } from '../framing/registry.ts';
import { lossyText } from '../framing/utf8.ts';
import { OTHER_API, type Api, type Frame, type Framing } from '../model/stream.ts';
import type { Ending, HttpHead } from '../model/trace.ts';
import { bodyKind, saysSo, type BodyKind } from '../providers/body-kind.ts';
import { providerOf } from '../providers/registry.ts';
import {
  headerOf,
  httpError,
  mediaType,
  NO_HTTP,
  requestFailure,
  type RequestFacts,
  type RequestPhase,
} from './http-wording.ts';

/** How the body, or the request before it, came to its end. */
export type BodyEnd =
  /** The server ended the body properly. */
  | { readonly how: 'end' }
  /** The connection broke. `reason` is the system's word, such as ECONNRESET. */
  | { readonly how: 'reset'; readonly reason: string }
  /** `client`: not this program, but the one whose request was captured. */
  | { readonly how: 'cancelled'; readonly by?: 'client' }
  /** Nothing came for so long that the user's own limit ended it. `content`: keep-alive comments did come. */
  | { readonly how: 'stalled'; readonly seconds: number; readonly silence: 'byte' | 'content' }
  /**
   * The body is not in its encoding to its end. `encoding` is the content-encoding, `reason` the decoder's word. `sound`: of the
   * `received` encoded bytes those that were decoded; null where none were, and the body was taken as it came.
   */
  | {
      readonly how: 'damaged';
      readonly encoding: string;
      readonly reason: string;
      readonly sound: number | null;
      readonly received: number;
    }
  /** A limit of the capture was passed; the sentence says which. */
  | { readonly how: 'limit'; readonly limit: string }
  /** This program was stopped while it recorded; `reads` of the body had been stored. */
  | { readonly how: 'stopped'; readonly reads: number }
  /** No answer at all, or none of HTTP. `target` is the host, as the user may read it. */
  | { readonly how: 'failed'; readonly phase: RequestPhase; readonly target: string; readonly reason: string };

export interface TransportFacts {
  /** How the body was cut into frames. */
  readonly framing: Framing;
  /** Null when no response head arrived. For bytes without a transport (a file), a head is neither there nor missed. */
  readonly head: HttpHead | null;
  readonly end: BodyEnd;
  /** Body bytes seen. */
  readonly bytes: number;
  /** Frames that the framing dispatches, `[DONE]` included. A line that is no JSON is none of JSON lines. */
  readonly events: number;
  /** The first BODY_START_BYTES of the body, or all of a short one: what it is when it is no stream. */
  readonly bodyStart: Uint8Array;
  /** Bytes after the last complete frame. */
  readonly unfinished?: boolean;
  /** What is wrong with the framing. */
  readonly faults: FramingFaults;
  /** That events came later than they were sent, as a sentence; absent where nothing shows it. */
  readonly buffered?: string;
  /** Absent where the request is not known. */
  readonly request?: RequestFacts;
}

export function decideEnding(api: Api, facts: TransportFacts, wire: WireOutcome): Ending {
  const said = requestRules(facts) ?? statusRules(facts, wire) ?? wireRules(api, facts, wire);
  if (said) return beside(said, facts.end);
  return transportRules(facts, wire) ?? wholeRules(api, facts) ?? bodyRules(api, facts, wire);
}

/** Of a body that is no stream, this much is looked at: enough for a provider's whole error. */
export const BODY_START_BYTES = 16 * 1024;

/** The ending of a body that was saved: it ended where it ends. */
export const endingOfBody = (api: Api, body: Omit<TransportFacts, 'end'>, wire: WireOutcome): Ending =>
  decideEnding(api, { ...body, end: { how: 'end' } }, wire);

/** A frame with data; a line of JSON lines must be JSON. */
export const countsAsEvent = ({ dispatches, payload }: Frame, framing: Framing): boolean =>
  dispatches && (framing !== 'json-lines' || payload.ok);

/** What the bytes say for themselves (a terminator, an error of the provider, a status) holds, whenever it is read and whatever follows. */
function beside(ending: Ending, end: BodyEnd): Ending {
  const more = remarkOn(end);
  return more === undefined ? ending : { ...ending, rule: `${ending.rule} ${more}` };
}

function remarkOn(end: BodyEnd): string | undefined {
  if (end.how === 'damaged') return `The ${damageOf(end)}`;
  return end.how === 'stopped'
    ? 'Tracelane stopped before it could save this ending, and saved it at the next start.'
    : undefined;
}

/** Goes on after an article. */
function damageOf({ encoding, reason, sound, received }: Extract<BodyEnd, { readonly how: 'damaged' }>): string {
  const fact = `${encoding} encoding of the body is damaged or cut (${reason}).`;
  if (sound === null) return `${fact} The body is kept as it came.`;
  if (sound === received) return fact;
  return `${fact} Of the ${count(received)} encoded bytes received, the last ${count(received - sound)} could not be decoded and are not kept.`;
}

/** Of a trace whose recording this program did not live to end: what is stored of it says nothing of an end. */
export function stoppedEnding({ reads, bytes }: { readonly reads: number; readonly bytes: number }): Ending {
  const kept =
    reads === 0
      ? 'No bytes of the response had been stored.'
      : `The ${counted(bytes, 'byte')} stored up to that point, in ${counted(reads, 'read')}, ${bytes === 1 ? 'is' : 'are'} kept.`;
  return {
    state: 'truncated',
    rule: `Tracelane stopped in mid-stream, so the trace has no recorded ending. ${kept}`,
    advice: 'Run it again to get the complete response.',
  };
}

function requestRules({ head, end, bytes }: TransportFacts): Ending | null {
  if (end.how !== 'failed') return null;
  if (head || (bytes > 0 && end.reason !== NO_HTTP)) return null;
  const { fact, advice } = requestFailure(end.phase, end.target, end.reason);
  const kept = bytes > 0 ? ` What came, ${counted(bytes, 'byte')}, is kept.` : '';
  return { state: 'http-error', rule: fact + kept, advice };
}

function statusRules({ head, bodyStart, framing, request }: TransportFacts, wire: WireOutcome): Ending | null {
  if (!head || head.status === 200) return null;
  // A change of protocol that was asked for: what follows ends by its own rules.
  if (head.status === 101 && (framing === 'websocket' || framing === 'bytes')) return null;
  const { status } = head;
  if (status === 304 || (status > 200 && status < 300)) {
    if (framing === 'bytes') return null;
    return {
      state: 'not-a-stream',
      rule: `The endpoint answered HTTP ${status}${head.statusText === '' ? '' : ` ${head.statusText}`}, which carries no complete stream.`,
      advice: 'Check the base URL and the path: a streaming API answers with status 200.',
    };
  }
  // Some gateways send the error of a streamed request as a stream of its own, whatever the status.
  const { fact, advice } = httpError(head, lossyText(bodyStart), wire.errors[0]?.message, request);
  return { state: 'http-error', rule: fact, advice };
}

type WireError = WireOutcome['errors'][number];

function wireRules(api: Api, facts: TransportFacts, wire: WireOutcome): Ending | null {
  const { end, head, events, framing } = facts;
  // Nothing but an error outside of any event is no stream: bodyRules says what it is.
  const error = wire.errors.find(({ outside }) => events > 0 || outside === undefined || !ALONE.has(outside));
  if (wire.limit !== undefined) {
    return {
      state: 'limit',
      rule: wire.limit,
      advice: 'The bytes are kept and can be exported; the lanes stopped decoding there.',
    };
  }
  if (error) {
    const code = error.code ?? error.type;
    return {
      state: 'provider-error',
      rule: `The provider reported an error in the stream, ${placeOf(error, framing)}: ${error.message}${code === null ? '' : ` (${code})`}`,
      advice: 'What came before it is kept. Nothing that came after it undoes it.',
    };
  }
  if (!wire.terminated) return null;
  const after = end.how === 'end' ? '' : ' What the connection did afterwards changes nothing.';
  return {
    state: 'complete',
    rule: `The provider's terminator (${providerOf(api).terminator}) arrived.${after}${emptyNote(events, wire)}${headerNote(head, framing)}${lossesIn(facts)}${bufferedNote(facts)}`,
  };
}

/** A terminator is an event as well. */
const emptyNote = (events: number, { blocks, finish }: WireOutcome): string =>
  events === 1 && blocks.length === 0 && finish.length === 0 ? ' Nothing came before it: there is no answer.' : '';

const bufferedNote = ({ buffered }: TransportFacts): string => (buffered === undefined ? '' : ` ${buffered}`);

/** What a body that is no stream may be instead of one. */
const ALONE: ReadonlySet<string> = new Set(['other-field', 'comment', 'bare-json', 'bare-text', 'html']);
const OUTSIDE: Readonly<Record<NonNullable<WireError['outside']>, string>> = {
  'error-field': 'in a field named "error", which no client reads',
  'other-field': 'in a field that server-sent events do not have, which no client reads',
  comment: 'in a comment, which no client reads',
  'bare-json': 'as bare JSON between the events, which no client reads',
  'bare-text': 'as a line of text between the events, which no client reads',
  html: 'as a page between the events',
  unfinished: 'in a last event that does not count',
};

function placeOf({ event, outside }: WireError, framing: Framing): string {
  if (outside === undefined) return `at event ${event}`;
  const why = outside === 'unfinished' ? ` (${FRAMINGS[framing].words.cut})` : '';
  return `${event < 0 ? 'before the first event' : `after event ${event}`}, ${OUTSIDE[outside]}${why}`;
}

/** The content decides what the body is; a header that says otherwise is worth a word. */
function headerNote(head: HttpHead | null, framing: Framing): string {
  if (!head) return '';
  const type = headerOf(head, 'content-type');
  if (type === null) return ' The response had no content-type header.';
  const { mediaTypes } = FRAMINGS[framing];
  if (!mediaTypes.includes(mediaType(head))) return ` The content-type header says ${type}, not ${mediaTypes[0]}.`;
  if (framing !== 'sse') return '';
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(type)?.[1];
  return charset && !/^utf-?8$/i.test(charset)
    ? ` The content-type header names the charset ${charset}; event streams are always UTF-8.`
    : '';
}

function transportRules({ end, head, bytes, request }: TransportFacts, wire: WireOutcome): Ending | null {
  const kept =
    bytes > 0
      ? `The ${counted(bytes, 'byte')} up to that point ${bytes === 1 ? 'is' : 'are'} kept.`
      : 'No bytes of the response had arrived.';
  switch (end.how) {
    case 'limit':
      return { state: 'limit', rule: end.limit, advice: 'What was captured up to the limit is kept.' };
    case 'cancelled':
      return {
        state: 'cancelled',
        rule:
          end.by === 'client'
            ? `The client closed the connection before the provider's terminator. ${kept}`
            : `The run was cancelled before the provider's terminator. ${kept}`,
        advice:
          end.by === 'client'
            ? 'It may have had enough, or a time limit of its own. The provider was told at once.'
            : 'Run it again to get the complete response.',
      };
    case 'stalled': {
      const what = end.silence === 'byte' ? 'No byte' : 'Nothing but keep-alive';
      return {
        state: 'stalled',
        rule: `${what} came for ${durationWords(end.seconds)}, the limit set for this endpoint. ${kept}`,
        advice: 'The model may be slow or the connection dead. Run it again, or raise the limit.',
      };
    }
    case 'damaged':
      return {
        state: 'truncated',
        rule: `The body could not be decoded to its end: the ${damageOf(end)} ${kept}`,
        advice: 'Run it again. If it breaks each time, look for a proxy on the way that changes the encoding.',
      };
    case 'stopped':
      return stoppedEnding({ reads: end.reads, bytes });
    case 'failed':
    case 'reset': {
      const unanswered = head === null && bytes === 0;
      const where = unanswered
        ? 'before the answer began'
        : hasOpenBlock(wire)
          ? 'inside a content block'
          : 'in mid-stream';
      const broke = `connection broke ${where}${end.reason === '' ? '' : ` (${end.reason})`}. ${kept}`;
      const plain = unanswered && request?.url.startsWith('http:') === true;
      return {
        state: 'reset',
        rule: unanswered ? `The request was sent, and the ${broke}` : `The ${broke}`,
        advice: `Run it again. If it breaks at the same place, look for a proxy with a time limit on the way${plain ? ', or for a port that speaks only HTTPS' : ''}.`,
      };
    }
    case 'end':
      return null;
  }
}

/** What was asked for was no stream, or nobody knows what ends it: the end of the body is all that there is to see. */
function wholeRules(api: Api, { framing, bytes, events, faults }: TransportFacts): Ending | null {
  if (framing !== 'bytes' && api !== OTHER_API) return null;
  const body = bytes === 0 ? 'It has no body' : `Its body has ${counted(bytes, 'byte')}`;
  return {
    state: 'complete',
    rule:
      framing === 'bytes'
        ? `The response is complete, and is no stream. ${body}.`
        : `The response ended properly, after ${counted(events, 'event')}. ${faults.foreign === null ? 'Tracelane does not know this API' : `Its events are of ${faults.foreign}, which Tracelane does not decode`}, so no terminator was looked for.`,
  };
}

/** The body ended properly, without an error and without a terminator. */
function bodyRules(api: Api, facts: TransportFacts, wire: WireOutcome): Ending {
  const { bytes, events, head, unfinished, framing, faults } = facts;
  if (bytes === 0) {
    return {
      state: 'truncated',
      rule: 'The body was empty: zero events.',
      advice: 'The endpoint accepted the request and sent nothing. Run it again.',
    };
  }
  if (events === 0) return noEvents(api, facts);
  const { terminator } = providerOf(api);
  const finished = wire.finish.length > 0 ? ' There was a finish reason, but that ends a choice, not the stream.' : '';
  const inSight = faults.terminator;
  const inside = unfinished && isCut(facts) ? ` The last event was cut: ${FRAMINGS[framing].words.cut}.` : '';
  return {
    state: 'truncated',
    rule: `${
      inSight === null
        ? `The body ended properly but without the provider's terminator (${terminator}).${finished}`
        : `The provider's terminator (${terminator}) stands in the body, but ${inSight}: readers that follow the standard do not see it.`
    }${inside}${headerNote(head, framing)}${lossesIn(facts)}${bufferedNote(facts)}`,
    advice:
      inSight === null
        ? adviceOn(
            facts,
            'The answer may be cut. A proxy with a time limit, or a server that never sends its terminator, does this.',
          )
        : 'The answer may be whole, but clients differ in what they make of such an end. It is for the server, or a proxy on the way, to send the terminator as the API has it.',
  };
}

/** Faults of which the ending says something else. */
const TOLD: ReadonlySet<FramingFaultId> = new Set([
  'bare-json',
  'bare-page',
  'done-misspelt',
  'event-unfinished',
  'terminator-open',
]);
const MAX_LOSSES = 2;

/** What a reader loses by faults of the framing, as sentences with a space before each. */
function lossesIn({ faults }: TransportFacts): string {
  const losses = faults.all.filter(({ id }) => LOSSES.has(id) && !TOLD.has(id));
  const more = losses.length - MAX_LOSSES;
  return [
    ...losses.slice(0, MAX_LOSSES).map(({ sentence }) => ` ${sentence}`),
    ...(more > 0
      ? [` Lint names ${more} more ${more === 1 ? 'kind of fault' : 'kinds of faults'} of the framing.`]
      : []),
  ].join('');
}

/** What the body ends with is an event: not a terminator, of which all is said, nor a line that is in none. */
const isCut = ({ faults }: TransportFacts): boolean => {
  const ids = new Set(faults.all.map(({ id }) => id));
  return !ids.has('terminator-open') && (ids.has('event-unfinished') || !LINES.some((id) => ids.has(id)));
};
const LINES: readonly FramingFaultId[] = ['bare-json', 'bare-page', 'bare-text', 'unknown-field'];

const adviceOn = (facts: TransportFacts, otherwise: string): string =>
  lossesIn(facts) === ''
    ? otherwise
    : 'If the server sent the response so, no client reads all of it: look for a proxy on the way that changes it. If it was copied from somewhere, save it again as the server sends it.';

function noEvents(api: Api, facts: TransportFacts): Ending {
  const { bodyStart, framing, head, unfinished, faults } = facts;
  const { words } = FRAMINGS[framing];
  const said = { contentType: headerOf(head, 'content-type'), contentEncoding: headerOf(head, 'content-encoding') };
  const kind = bodyKind(bodyStart, said, framing);
  const losses = lossesIn(facts);
  // Too short for the prelude of its first message, so that nothing shows.
  const short = framing === 'aws-eventstream' && unfinished && kind?.kind === 'binary';
  // Lines that nothing else tells may be those of a stream, with a fault that has a name.
  if (kind && !short && (kind.kind !== 'text' || losses === '')) return notAStream(api, kind, facts);
  const { terminator } = providerOf(api);
  if (losses !== '') {
    const inSight =
      faults.terminator === null ? '' : ` The terminator (${terminator}) stands in the body, but ${faults.terminator}.`;
    return {
      state: 'truncated',
      rule: `The body holds no event that a reader can see.${losses}${inSight}`,
      advice: adviceOn(facts, ''),
    };
  }
  if (unfinished)
    return {
      state: 'truncated',
      rule: `The body ended inside its first event: ${words.cut}, so it does not count as an event.`,
      advice:
        'The server or a proxy on the way closed the connection in mid-event, or the file was cut. Run it again, or save the whole response.',
    };
  const empty = faults.all.find(({ id }) => id === 'empty-event');
  return {
    state: 'truncated',
    rule: empty
      ? `The body held only events without data: zero events. ${empty.sentence}`
      : `The body held only ${words.withoutEvents}: zero events.`,
    advice: `${words.withoutEventsMeans} There was no ${terminator}. Run it again.`,
  };
}

function notAStream(api: Api, body: BodyKind, facts: TransportFacts): Ending {
  const { what, cause, says } = body;
  const { head, framing } = facts;
  const type = headerOf(head, 'content-type');
  return {
    state: 'not-a-stream',
    rule: [
      `The body is ${what}, not ${FRAMINGS[framing].words.body}${type === null ? '' : ` (content-type: ${type})`}.`,
      says && saysSo(says),
      cause,
    ]
      .filter(Boolean)
      .join(' '),
    advice: `${askAdvice(api, body, facts)} The raw response is kept.`,
  };
}

/** What of the request, or after it, made an answer come whole: where the request is known, no more is asked of it than it lacks. */
function askAdvice(api: Api, { kind, step }: BodyKind, { request }: TransportFacts): string {
  if (kind === 'json-error')
    return 'The endpoint reports an error with a status that says none. Its message says what is wrong; mend that and run it again.';
  if (step !== undefined && !(kind === 'json-answer' && request)) return step;
  // An address that names the model asks for the stream as well.
  const flag = providerOf(api).request.modelInUrl === undefined ? ' ("stream": true)' : '';
  if (request?.streams === true)
    return 'The request asks for a stream, and the server, its model or a proxy on the way answered whole. Check that they stream over this API, and that the base URL and the API fit together.';
  if (request?.streams === false) return `The request asks for no stream. Ask for one${flag} to have one recorded.`;
  return `Check that the request asks for streaming${flag} and that the base URL and the API fit together.`;
}

function hasOpenBlock(wire: WireOutcome): boolean {
  return wire.blocks.some(({ closed }) => !closed);
}

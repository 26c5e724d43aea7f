/**
 * How a stream ended: exactly one state, decided from what the transport did and what the wire said, never `complete` by
 * default. The rules stand in the order in which they decide; each says itself as a sentence.
 */
import { durationWords } from '../text/duration.ts';
import type { WireOutcome } from '../model/messages.ts';
import { framingOf } from '../framing/detect.ts';
import { FRAMINGS } from '../framing/registry.ts';
import { lossyText } from '../framing/utf8.ts';
import { OTHER_API, type Api, type Framing } from '../model/stream.ts';
import type { Ending, HttpHead } from '../model/trace.ts';
import { providerOf, PROVIDERS } from '../providers/registry.ts';
import {
  errorMessage,
  headerOf,
  httpError,
  looksLikeHtml,
  mediaType,
  requestFailure,
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
  /** The body could not be decoded any further. `encoding` is the content-encoding, `reason` the decoder's word. */
  | { readonly how: 'damaged'; readonly encoding: string; readonly reason: string }
  /** A limit of the capture was passed; the sentence says which. */
  | { readonly how: 'limit'; readonly limit: string }
  /** This program was stopped while it recorded; `reads` of the body had been stored. */
  | { readonly how: 'stopped'; readonly reads: number }
  /** No answer at all. `target` is the host, as the user may read it. */
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
  /** The first bytes of the body, a few hundred or all of a short one: what it is when it is no stream. */
  readonly bodyStart: Uint8Array;
  /** Bytes after the last complete frame. */
  readonly unfinished?: boolean;
}

export function decideEnding(api: Api, facts: TransportFacts, wire: WireOutcome): Ending {
  const said = requestRules(facts) ?? statusRules(facts, wire) ?? wireRules(api, facts, wire);
  if (said) return facts.end.how === 'stopped' ? foundLater(said) : said;
  return transportRules(facts, wire) ?? wholeRules(api, facts) ?? bodyRules(api, facts, wire);
}

/** What the bytes say for themselves (a terminator, an error of the provider, a status) holds, whenever it is read. */
function foundLater(ending: Ending): Ending {
  return {
    ...ending,
    rule: `${ending.rule} Tracelane stopped before it could save this ending, and saved it at the next start.`,
  };
}

/** Of a trace whose recording this program did not live to end: what is stored of it says nothing of an end. */
export function stoppedEnding({ reads, bytes }: { readonly reads: number; readonly bytes: number }): Ending {
  const kept =
    reads === 0
      ? 'No bytes of the response had been stored.'
      : `The ${bytes} bytes stored up to that point, in ${reads} reads, are kept.`;
  return {
    state: 'truncated',
    rule: `Tracelane stopped in mid-stream, so the trace has no recorded ending. ${kept}`,
    advice: 'Run it again to get the complete response.',
  };
}

function requestRules({ head, end, bytes }: TransportFacts): Ending | null {
  if (end.how !== 'failed') return null;
  if (head || bytes > 0) return null;
  const { fact, advice } = requestFailure(end.phase, end.target, end.reason);
  return { state: 'http-error', rule: fact, advice };
}

function statusRules({ head, bodyStart, framing }: TransportFacts, wire: WireOutcome): Ending | null {
  if (!head || head.status === 200) return null;
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
  const { fact, advice } = httpError(head, lossyText(bodyStart), wire.errors[0]?.message);
  return { state: 'http-error', rule: fact, advice };
}

type WireError = WireOutcome['errors'][number];

function wireRules(api: Api, { end, head, events, framing }: TransportFacts, wire: WireOutcome): Ending | null {
  // Nothing but an error outside of any event is no stream: bodyRules says what it is.
  const error = wire.errors.find(({ outside }) => events > 0 || (outside !== 'bare-json' && outside !== 'html'));
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
      rule: `The provider reported an error in the stream, ${placeOf(error)}: ${error.message}${code === null ? '' : ` (${code})`}`,
      advice: 'What came before it is kept. Nothing that came after it undoes it.',
    };
  }
  if (!wire.terminated) return null;
  const after = end.how === 'end' ? '' : ' What the connection did afterwards changes nothing.';
  return {
    state: 'complete',
    rule: `The provider's terminator (${providerOf(api).terminator}) arrived.${after}${headerNote(head, framing)}`,
  };
}

const OUTSIDE: Readonly<Record<NonNullable<WireError['outside']>, string>> = {
  'error-field': 'in a field named "error", which no client reads',
  'bare-json': 'as bare JSON between the events, which no client reads',
  html: 'as a page between the events',
  unfinished: 'in a last event that no blank line closed',
};

function placeOf({ event, outside }: WireError): string {
  if (outside === undefined) return `at event ${event}`;
  return `${event < 0 ? 'before the first event' : `after event ${event}`}, ${OUTSIDE[outside]}`;
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

function transportRules({ end, head, bytes }: TransportFacts, wire: WireOutcome): Ending | null {
  const kept = bytes > 0 ? `The ${bytes} bytes up to that point are kept.` : 'No bytes of the response had arrived.';
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
        rule: `The body could not be decoded to its end: its ${end.encoding} encoding is damaged or cut (${end.reason}). ${kept}`,
        advice: 'Run it again. If it breaks each time, look for a proxy on the way that changes the encoding.',
      };
    case 'stopped':
      return stoppedEnding({ reads: end.reads, bytes });
    case 'failed':
    case 'reset': {
      const where =
        head === null && bytes === 0
          ? 'before the answer began'
          : hasOpenBlock(wire)
            ? 'inside a content block'
            : 'in mid-stream';
      return {
        state: 'reset',
        rule: `The connection broke ${where}${end.reason === '' ? '' : ` (${end.reason})`}. ${kept}`,
        advice: 'Run it again. If it breaks at the same place, look for a proxy with a time limit on the way.',
      };
    }
    case 'end':
      return null;
  }
}

/** What was asked for was no stream, or nobody knows what ends it: the end of the body is all that there is to see. */
function wholeRules(api: Api, { framing, bytes, events }: TransportFacts): Ending | null {
  if (framing !== 'bytes' && api !== OTHER_API) return null;
  const body = bytes === 0 ? 'It has no body' : `Its body has ${bytes} bytes`;
  return {
    state: 'complete',
    rule:
      framing === 'bytes'
        ? `The response is complete, and is no stream. ${body}.`
        : `The response ended properly, after ${events} ${events === 1 ? 'event' : 'events'}. Tracelane does not know this API, so no terminator was looked for.`,
  };
}

/** The body ended properly, without an error and without a terminator. */
function bodyRules(api: Api, facts: TransportFacts, wire: WireOutcome): Ending {
  const { bytes, events, head, unfinished, framing } = facts;
  const { words } = FRAMINGS[framing];
  const terminator = providerOf(api).terminator;
  if (bytes === 0) {
    return {
      state: 'truncated',
      rule: 'The body was empty: zero events.',
      advice: 'The endpoint accepted the request and sent nothing. Run it again.',
    };
  }
  if (events === 0) {
    const found = whatInstead(facts);
    if (found !== null) return notAStream(api, found, facts);
    return {
      state: 'truncated',
      rule: unfinished
        ? `The body ended inside its first event: ${words.cut}, so it does not count as an event.`
        : `The body held only ${words.withoutEvents}: zero events.`,
      advice: `The connection was kept alive but no answer came, and no ${terminator}. Run it again.`,
    };
  }
  const finished = wire.finish.length > 0 ? ' There was a finish reason, but that ends a choice, not the stream.' : '';
  const inside = unfinished ? ` The last event was cut: ${words.cut}.` : '';
  return {
    state: 'truncated',
    rule: `The body ended properly but without the provider's terminator (${terminator}).${finished}${inside}${headerNote(head, framing)}`,
    advice: 'The answer may be cut. A proxy with a time limit, or a server that never sends its terminator, does this.',
  };
}

/** What a body is that holds no event. */
interface Instead {
  /** As a noun phrase. */
  readonly what: string;
  /** The framing that it has, where it is a stream after all. */
  readonly framing?: Framing;
}

function notAStream(api: Api, { what, framing: shown }: Instead, { head, bodyStart, framing }: TransportFacts): Ending {
  const type = headerOf(head, 'content-type');
  const said = errorMessage(lossyText(bodyStart));
  return {
    state: 'not-a-stream',
    rule: `The body is ${what}, not ${FRAMINGS[framing].words.body}${type === null ? '' : ` (content-type: ${type})`}.${said === null ? '' : ` It says: ${said}`}`,
    advice: shown === undefined ? adviceFor(api, what) : otherApi(shown),
  };
}

function adviceFor(api: Api, what: string): string {
  if (what === 'an HTML page')
    return 'A login page or a web site answered instead of the API. Check the base URL and any proxy or captive portal.';
  // An address that names the model asks for the stream as well.
  const inBody = providerOf(api).request.modelInUrl === undefined;
  return `Check that the request asks for streaming${inBody ? ' ("stream": true)' : ''} and that the base URL and the API fit together. The raw response is kept.`;
}

/** The body is a stream, but of another API. */
function otherApi(framing: Framing): string {
  const labels = [...PROVIDERS.values()].filter((one) => one.framing === framing).map(({ label }) => label);
  return `The base URL and the API do not fit together: ${FRAMINGS[framing].words.body} is what these send: ${labels.join('; ')}. Choose the API that the server speaks. The raw response is kept.`;
}

/** What a body without a single event is; null when it has the syntax of its framing after all: comments, a cut event. */
function whatInstead({ bodyStart, head, framing, unfinished }: TransportFacts): Instead | null {
  const text = lossyText(bodyStart)
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (looksLikeHtml(text)) return { what: 'an HTML page' };
  const shown = framingOf(null, bodyStart);
  if (shown !== null) return shown === framing ? null : streamOf(shown);
  // A line that is cut, or no JSON, begins as an object does.
  if (text.startsWith('{') && framing === 'json-lines' && !isJson(text)) return null;
  if (text.startsWith('{')) return { what: errorMessage(text) === null ? 'a JSON object' : 'a JSON error' };
  if (text.startsWith('[')) return { what: 'a JSON array' };
  // Beside JSON, which an error may be whatever the header says, the header knows more than the bytes.
  const said = framingOf(headerOf(head, 'content-type'), bodyStart);
  if (said !== null && said !== framing) return streamOf(said);
  // oxlint-disable-next-line no-control-regex -- control characters are what tells binary data from text.
  if (/[\u0000-\u0008\u000E-\u001F]/.test(text.slice(0, 64)))
    // Too short for the prelude of its first message, so that nothing shows.
    return framing === 'aws-eventstream' && unfinished ? null : { what: 'binary data' };
  return text === '' ? null : { what: 'plain text' };
}

const streamOf = (framing: Framing): Instead => ({ what: FRAMINGS[framing].words.body, framing });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hasOpenBlock(wire: WireOutcome): boolean {
  return wire.blocks.some(({ closed }) => !closed);
}

/** The sentences of framing faults: what was seen and where, what probably did it, and the next step where there is one. */
import type { TextBehind } from './broken-data.ts';
import { AROUND, type Around } from './stray-line.ts';

/** An event, or bytes between events; `after`: the last event before them. End exclusive. */
export interface FaultPlace {
  readonly event: number | null;
  readonly after: number | null;
  readonly start: number;
  readonly end: number;
}

const MAX_SHOWN = 60;

const the = ({ event, start }: FaultPlace): string =>
  event === null ? `the last event, at byte ${start},` : `event ${event}`;
const The = (place: FaultPlace): string => capital(the(place));
const line = ({ event, start, after }: FaultPlace): string =>
  event !== null
    ? `event ${event}`
    : `the line at byte ${start}, ${after === null ? 'before the first event' : `after event ${after}`},`;
const more = (count: number): string => (count > 1 ? ` (and ${count - 1} more)` : '');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** In quotes, with what is no printable character escaped. */
function shown(text: string): string {
  const one = text.trim();
  return JSON.stringify(one.length > MAX_SHOWN ? `${one.slice(0, MAX_SHOWN)}…` : one);
}

// Events that are several, or parts.

export const blankLineMissing = (events: number, place: FaultPlace, count: number): string =>
  `${
    place.event === null
      ? `At byte ${place.start}, ${events} events follow each other without the blank line that closes each, so that none of them counts as an event.`
      : `Event ${place.event} holds the data of ${events} events${more(count)}: the blank lines that close an event are missing, so that readers see one event that is not JSON.`
  } Chats, logs and editors drop blank lines from a copied stream, and so do proxies that pass it on line by line. Copy the response again as it was sent.`;

export const cutByLine = (place: FaultPlace, bySize: boolean, count: number): string =>
  `${The(place)} is cut in two${more(count)}: ${
    bySize ? 'the size of an HTTP chunk stands' : 'a line end stands'
  } inside its JSON, and what follows it belongs to no event. ${
    bySize
      ? 'The body was saved or passed on with its transfer encoding.'
      : 'A proxy that sends each piece that it reads as a message of its own does this, and so does a server that does not escape line ends in strings.'
  }`;

export const printedOverLines = (lines: number, place: FaultPlace, count: number): string =>
  `The JSON of ${the(place)} stands on ${lines} lines, and only the first begins with "data:"${more(count)}: the server prints it with indentation. Readers skip the other lines, and the first alone is not JSON.`;

export const cutInHalves = (place: FaultPlace, count: number): string =>
  `The JSON of event ${place.event} goes on in the event after it${more(count)}: a proxy made an event of each piece that it read. No client joins them.`;

export const cutShort = (place: FaultPlace, data: string, count: number): string =>
  `The JSON of event ${place.event} stops after ${data.length} characters, and the rest of it is not in the stream${more(count)}. A server or proxy that sends through a buffer of fixed size, or that drops what it could not send, does this.`;

/** `length`: of what came of the first event. */
export const cutBeforeNext = (place: FaultPlace, length: number, count: number): string =>
  `The JSON of event ${place.event} stops after ${length} characters, and the data of another event follows without a blank line between them${more(count)}. A gateway that loses its server in the middle of an event, and then writes an event of its own, does this. Readers take both for one event that is not JSON.`;

export const cutByGateway = (place: FaultPlace, { length, text }: TextBehind, count: number): string =>
  `The JSON of ${the(place)} stops after ${length} characters, and a sentence of a gateway follows on the same line${more(count)}: ${shown(text)}. The gateway lost its server in the middle of the event. Readers take both for one event that is not JSON.`;

export const lineEndInData = (place: FaultPlace, count: number): string =>
  `The data lines of ${the(place)} are one JSON text only when joined without a line end${more(count)}: the JSON was split inside a string. By the standard the lines are joined with a line feed, which no JSON string may contain.`;

/** `lines`: of JSON lines. */
export const twoValues = (rest: string, lines: boolean, place: FaultPlace, count: number): string =>
  `After the JSON of ${the(place)} more text follows on the same line, ${shown(rest)}${more(count)}. ${
    /^(?:data|event|[[{])/.test(rest)
      ? `The ${lines ? 'line end' : 'blank line'} between two events was lost, or two writers share the connection.`
      : 'A client that parses the data as JSON fails on it.'
  }`;

export const lineEnds = (character: string, place: FaultPlace, count: number): string =>
  `${The(place)} has ${character} where line ends should be${more(count)}: server-sent events end lines with LF, CRLF or CR alone, so that several lines are read as one. ${
    character.startsWith('the characters')
      ? 'The line ends were escaped, by a string literal, JSON or a log.'
      : 'A program on the way changed the line ends.'
  }`;

export const eventUnfinished = (data: string, whole: boolean, place: FaultPlace): string =>
  whole
    ? `The last event, at byte ${place.start}, is complete, but no blank line closes it: readers that follow the standard drop it.`
    : data === ''
      ? `The body ends at byte ${place.end}, inside an event that has no data yet.`
      : `The body ends at byte ${place.end}, after ${data.length} characters of an event's data${/^\s*\{/.test(data) ? ', inside its JSON' : ''}. The connection was closed in mid-event, or the file was cut.`;

export const unfinished = (place: FaultPlace): string =>
  `The body ends at byte ${place.end}, inside the event that begins at byte ${place.start}. The connection was closed in mid-event, or the file was cut.`;

// What stands in data or around it.

export const prefixDoubled = (field: string, place: FaultPlace, count: number): string =>
  `The data of ${the(place)} begins with another ${JSON.stringify(`${field}:`)}${more(count)}: the prefix was put before text that already had one, as a framework does that writes "data:" itself. No client can parse it.`;

export const commentInData = (text: string, place: FaultPlace, count: number): string =>
  `A heartbeat, ${shown(text)}, stands in the middle of the data of ${the(place)}${more(count)}: it was written to the connection while the event was, and broke its JSON.`;

export const commentInEvent = (place: FaultPlace, count: number): string =>
  `A comment stands between the lines of event ${place.event}${more(count)}. The standard allows it, but a client that takes the lines of an event for one text fails on it.`;

export const eventInComment = ({ start }: FaultPlace, count: number): string =>
  `The comment at byte ${start} goes on with "data:"${more(count)}: the line end after a heartbeat is missing, so that the event is part of the comment and lost to every client.`;

export const heartbeat = (data: string, place: FaultPlace, count: number): string =>
  `${The(place)} ${
    data.trim() === '' ? 'is empty' : `says only ${shown(data)}`
  }${more(count)}: probably a heartbeat, sent as an event. A client that parses each event as JSON fails on it; a heartbeat belongs in a comment, ": ping".`;

export const emptyEvent = (
  {
    name,
    sse,
  }: {
    readonly name: string;
    readonly sse?: { readonly id?: string | undefined; readonly retries?: readonly string[] | undefined };
  },
  place: FaultPlace,
  count: number,
): string => {
  const has = [
    ...(name === '' ? [] : [`the name ${name}`]),
    ...(sse?.retries ? ['a retry time'] : []),
    ...(sse?.id === undefined ? [] : ['an id']),
  ];
  return `${The(place)} has no data line${has.length === 0 ? '' : `, only ${has.join(' and ')}`}${more(count)}. By the standard that is no event; clients that take each frame for one, as the openai SDK does, fail on it.`;
};

export const encodedTwice = (place: FaultPlace, count: number): string =>
  `The data of ${the(place)} is a JSON string that contains the JSON of an event${more(count)}: it was encoded twice. Clients find a text where they expect an object.`;

export const python = (place: FaultPlace, count: number): string =>
  `The data of ${the(place)} is a value as Python prints it, not JSON${more(count)}: str() or an f-string stands where json.dumps() belongs.`;

export const otherQuotes = (quote: string, place: FaultPlace, count: number): string =>
  `The JSON of ${the(place)} has ${quote} in the place of its quotes${more(count)}. ${
    quote.startsWith('&')
      ? 'A template that escapes HTML wrote it, or it was copied from the source of a page.'
      : 'A chat, a mail program or a word processor put them there when the stream was pasted.'
  }`;

export const notANumber = (place: FaultPlace, count: number): string =>
  `The data of ${the(place)} has NaN or Infinity where JSON needs a number${more(count)}. Python's json.dumps() writes them unless it is told allow_nan=False; JSON.parse fails on them.`;

export const pageInData = (place: FaultPlace, count: number): string =>
  `The data of ${the(place)} is an HTML page${more(count)}: a gateway answered in the place of the server.`;

export const markInData = (place: FaultPlace, count: number): string =>
  `The data of ${the(place)} begins with a byte order mark${more(count)}, which JSON does not allow: the server encodes each message with a mark of its own.`;

export const doneMisspelt = (data: string, terminator: string, place: FaultPlace, count: number): string =>
  `${The(place)} says ${shownExactly(data)}${more(count)}, which is not the terminator (${terminator}). ${
    /^\[DONE\]./.test(data)
      ? 'Of data that only begins with it, openai-python ends there and openai-node fails.'
      : 'Only that, exactly, ends the stream.'
  }`;

const shownExactly = (data: string): string =>
  JSON.stringify(data.length > MAX_SHOWN ? `${data.slice(0, MAX_SHOWN)}…` : data);

// Lines outside of events.

/** Lines that are sizes of HTTP chunks: the first, and how many. */
export interface FoundSizes {
  readonly place: FaultPlace;
  readonly text: string;
  readonly count: number;
  /** Lines that follow one of them and are no field: rests of what it cut. */
  readonly cut: number;
}

export const chunkSizes = ({ place, text, count }: FoundSizes): string =>
  `The body has sizes of HTTP chunks in it: ${count === 1 ? '1 line' : `${count} lines`} of hexadecimal digits, the first ${JSON.stringify(text)} at byte ${place.start}. It was saved before the transfer encoding was undone, as "curl --raw" does, or a proxy encoded it twice. Save it again without --raw.`;

export const httpHead = (curl: boolean, { start }: FaultPlace, count: number): string =>
  `${count === 1 ? '1 line' : `${count} lines`} of ${curl ? "curl's log" : "a response's head"} ${count === 1 ? 'stands' : 'stand'} in the body, from byte ${start} on: it was saved with ${curl ? 'curl -v' : 'curl -i'}. Readers of the stream skip them.`;

export const linePrefix = (around: Around, text: string, place: FaultPlace, count: number): string => {
  const [what, cause] = AROUND[around];
  return `${capital(line(place))} has ${what} before a line of the stream${more(count)}: ${shown(text)}. ${cause} No reader takes it for a field. Save the body itself, as "curl -N" gives it.`;
};

export const mark = ({ start }: FaultPlace, count: number): string =>
  `A byte order mark stands in mid-body, at byte ${start}${more(count)}: it becomes part of the field's name, which is then unknown, so that the line is lost. Bodies or messages that each begin with a mark were joined.`;

export const fieldMisspelt = (text: string, place: FaultPlace, count: number): string =>
  `${capital(line(place))} spells a field in another way than the standard${more(count)}: ${shown(text)}. Readers skip it, and its event is lost. Names are in lower case, with a colon right after them.`;

export const doneWithoutField = (terminator: string, place: FaultPlace, count: number): string =>
  `${capital(line(place))} is [DONE] without "data:" before it${more(count)}, so that it is not the terminator (${terminator}). Readers skip it.`;

export const barePage = (place: FaultPlace, count: number): string =>
  `An HTML page stands in the stream: ${line(place)} begins it${more(count)}. A gateway on the way wrote its own page into the running response.`;

export const bareJson = (place: FaultPlace, count: number): string =>
  `${capital(line(place))} is JSON without "data:" before it${more(count)}, so that no client reads it. Gateways pass on an error of the server that way.`;

export const unknownField = (name: string, text: string, place: FaultPlace, count: number): string =>
  `${capital(line(place))} has the field ${JSON.stringify(name)}${more(count)}, which server-sent events do not have: ${shown(text)}. Readers skip it.`;

export const bareText = (text: string, place: FaultPlace, count: number): string =>
  text.trim() === ''
    ? `${capital(line(place))} is made of blanks${more(count)}: it is no blank line, and closes no event. Readers skip it.`
    : text.replaceAll('\0', '') === ''
      ? `${capital(line(place))} is made of NUL bytes${more(count)}. Readers skip it. A buffer of a fixed size was sent whole, or a file has room that nothing was written to.`
      : `${capital(line(place))} is no field of server-sent events${more(count)}: ${shown(text)}. Readers skip it. A log or a message of a program was written into the response.`;

export const otherFraming = (place: FaultPlace, count: number): string =>
  `${capital(line(place))} is a line of server-sent events${more(count)}, but this API sends JSON lines. Choose the API that the server speaks.`;

// What the bytes are.

export const notUtf8 = ({ start, end }: FaultPlace, count: number): string =>
  `Bytes ${start} to ${end - 1} are not UTF-8${more(count)}. A server that writes another encoding does this, and so does a proxy that decodes each piece of the body alone and cuts characters.`;

export const damaged = (text: string, count: number): string =>
  count === 1 ? text : `${text} So ${count === 2 ? 'is another message' : `are ${count - 1} more`}.`;

export const dataLines = (data: string, { event }: FaultPlace, count: number): string =>
  `The JSON of event ${event} stands on ${data.split('\n').length} data lines${more(count)}. The standard allows it, and readers join them; clients that read each line for an event of its own find no JSON in any.`;

export const crLines = (place: FaultPlace, count: number): string =>
  `Lines end with CR alone, first in event ${place.event}${more(count)}. The standard allows it, but clients that look for a line feed find no event, or lose the last one.`;

// Whose it is.

export const otherApi = (
  place: FaultPlace,
  count: number,
  { label, readable }: { readonly label: string; readonly readable: boolean },
  own: string,
): string =>
  `Event ${place.event} is an event of ${label}, not of ${own}${more(count)}. The base URL and the API do not fit together, or a gateway converts only some of the events. ${
    readable
      ? `If all are, read the stream as ${label}.`
      : 'Tracelane does not decode that API: the events are kept as they came.'
  }`;

export const wrappedEvent = (
  place: FaultPlace,
  count: number,
  { label, under }: { readonly label: string; readonly under: string },
): string =>
  `Event ${place.event} holds an event of ${label} in its member ${JSON.stringify(under)}${more(count)}: a program such as Claude Code, or a gateway, wrapped it. Clients of the API do not look there.`;

export const secondStream = ({ event }: FaultPlace, ended: number, count: number): string =>
  `A second response begins at event ${event}${more(count)}, after the terminator in event ${ended}: two bodies were joined, or the server ran the request twice. Some clients stop at the first, others join both.`;

export const terminatorOpen = (terminator: string, { start }: FaultPlace): string =>
  `The terminator (${terminator}) stands at byte ${start}, at the end of the body, but no blank line closes it: readers that follow the standard never see it.`;

// Why a terminator in sight is none, to follow "but".

export const NOT_CLOSED = 'no blank line closes it';
export const NOT_SEPARATED = 'no blank line stands between it and the event before it';
export const BEHIND_PREFIX = 'another "data:" stands before it';
export const BEHIND_MARK = 'a byte order mark stands before it';
export const BEHIND_COMMENT = 'it is part of a comment';
export const SAME_LINE = 'it stands on the line of another event';
export const WITHOUT_FIELD = '"data:" does not stand before it';
export const TWICE = 'it is encoded twice';
export const IN_SSE = 'as a line of server-sent events';
export const behind = (around: Around): string =>
  `${AROUND[around][0]} ${around === 'journal' || around === 'cri' || around === 'nul' || around === 'colour' || around === 'indent' || around === 'string' ? 'stand' : 'stands'} before it`;
export const behindLineEnd = (character: string): string =>
  `${character} ${character.startsWith('U+') ? 'stands' : 'stand'} where a line end should be`;
export const spelt = (data: string): string => `it is spelt ${shownExactly(data)}`;

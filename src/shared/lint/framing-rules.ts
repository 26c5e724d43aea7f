/**
 * Rules on the framing: what breaks a stream before its API has a say. The faults are found in src/shared/framing; here is
 * what each means for who reads the stream. What a reader of the standard loses makes an error, what it passes over none.
 */
import type { FramingFaultId } from '../framing/faults.ts';
import { chunk, ollama, ollamaLine, OLLAMA_END } from './example-bodies.ts';
import type { LintExample, LintRule, LintSeverity } from './rule.ts';

const HI = JSON.stringify(chunk({ role: 'assistant', content: 'Hi' }));
const MID = JSON.stringify(chunk({ content: ' there' }));
const HO = JSON.stringify(
  chunk(
    { content: 'Ho' },
    { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
    { finish_reason: 'stop' },
  ),
);
const hi = `data: ${HI}\n\n`;
const mid = `data: ${MID}\n\n`;
const ho = `data: ${HO}\n\n`;
const done = 'data: [DONE]\n\n';
const HEALTHY = hi + mid + ho + done;
/** With something else in the place of the event in the middle. */
const around = (middle: string): string => hi + middle + ho + done;
const half = 40;
/** An event of Anthropic in the envelope of Bedrock: `{"type":"message_stop"}`. */
const MESSAGE = 'chunk {"bytes":"eyJ0eXBlIjoibWVzc2FnZV9zdG9wIn0="}\n';

interface FramingRule {
  readonly strict: LintSeverity;
  readonly lenient: LintSeverity | null;
  readonly help: string;
  /** Bodies of Chat Completions, where they are not of another API. */
  readonly example: string | LintExample;
  readonly counterexample: string | LintExample;
  readonly comesWith?: readonly string[];
}

const RULES: Readonly<Record<FramingFaultId, FramingRule>> = {
  'bare-json': {
    strict: 'error',
    lenient: 'warning',
    help: 'A line of JSON stands between the events without "data:" before it. Readers skip it, and with it, nearly always, the error that a gateway or server wanted to report.',
    example: around(`{"error":{"message":"out of memory"}}\n\n`),
    counterexample: around(`data: {"error":{"message":"out of memory"}}\n\n`),
  },
  'bare-page': {
    strict: 'error',
    lenient: 'error',
    help: 'An HTML page stands between the events. A gateway wrote its error page into a response that was already running; the answer is cut there, and no client shows the page.',
    example: around(`<html><head><title>502 Bad Gateway</title></head></html>\n\n`),
    counterexample: HEALTHY,
  },
  'bare-text': {
    strict: 'warning',
    lenient: 'info',
    help: 'A line between the events is no field of server-sent events. Readers skip it. Output of a program, such as a log, a warning or a stack trace, was written into the response.',
    example: around(`Traceback (most recent call last)\n\n`),
    counterexample: around(`: Traceback (most recent call last)\n\n`),
  },
  'blank-line-missing': {
    strict: 'error',
    lenient: 'error',
    help: 'Events follow each other without the blank line that closes each. Readers join their data lines to one event, which is not JSON, so that all of them are lost. Streams lose their blank lines when they are copied through chats, logs and editors, and in proxies that pass them on line by line.',
    example: around(`data: ${MID}\ndata: ${MID}\n\n`),
    counterexample: HEALTHY,
  },
  'byte-order-mark': {
    strict: 'error',
    lenient: 'warning',
    help: 'A byte order mark (U+FEFF) stands somewhere else than at the very start, where alone it is ignored. It becomes part of the name of a field, whose line is then lost, or of the data, which is then not JSON. Bodies that each began with a mark were joined, or each message was encoded with one.',
    example: around(`\uFEFF${mid}`),
    counterexample: `\uFEFF${HEALTHY}`,
  },
  'chunk-sizes': {
    strict: 'warning',
    lenient: 'warning',
    help: 'The sizes of HTTP chunks, in hexadecimal digits, stand in the body. Between events readers skip them, inside an event they break it. The body was saved before its transfer encoding was undone ("curl --raw", a raw socket), or a proxy encoded it a second time.',
    example: `${(hi + ho).length.toString(16)}\r\n${hi}${ho}\r\n${done.length.toString(16)}\r\n${done}\r\n0\r\n\r\n`,
    counterexample: HEALTHY,
  },
  'comment-in-data': {
    strict: 'error',
    lenient: 'error',
    help: 'A heartbeat stands in the middle of the data of an event and breaks its JSON. Two tasks of the server write to one connection without waiting for each other.',
    example: around(`data: ${MID.slice(0, half)}: keep-alive\n\n${MID.slice(half)}\n\n`),
    counterexample: `: keep-alive\n\n${HEALTHY}`,
  },
  'comment-in-event': {
    strict: 'info',
    lenient: null,
    help: 'A comment stands between the lines of an event. The standard allows it. Clients that cut the body at blank lines and take each part for one event without looking for comments fail on it.',
    example: `event: message\n: keep-alive\n${HEALTHY}`,
    counterexample: `: keep-alive\n\n${HEALTHY}`,
  },
  'cr-lines': {
    strict: 'info',
    lenient: null,
    help: 'Lines end with CR alone. The standard allows it, but many clients look for LF: they find no event at all, or lose the last one.',
    example: HEALTHY.replaceAll('\n', '\r'),
    counterexample: HEALTHY.replaceAll('\n', '\r\n'),
  },
  'data-encoded-twice': {
    strict: 'error',
    lenient: 'error',
    help: 'The data is a JSON string that contains the JSON of an event: it was encoded twice. Clients find a text where they expect an object.',
    example: around(`data: ${JSON.stringify(MID)}\n\n`),
    counterexample: HEALTHY,
  },
  'data-lines': {
    strict: 'info',
    lenient: null,
    help: 'The JSON of an event stands on several lines, each with "data:" before it. The standard allows it. Many clients of LLM APIs read each line for an event of its own, and fail at each.',
    example: around(mid.replace(',"created"', ',\ndata: "created"')),
    counterexample: HEALTHY,
  },
  'data-nan': {
    strict: 'error',
    lenient: 'error',
    help: "The data has NaN or Infinity in the place of a number. Python's json.dumps() writes them, and JSON.parse fails on them, so that JavaScript clients lose the stream where Python clients do not.",
    example: around(mid.replace('"created":1', '"created":NaN')),
    counterexample: around(mid.replace('"created":1', '"created":null')),
  },
  'data-page': {
    strict: 'error',
    lenient: 'error',
    help: 'The data of an event is an HTML page. A gateway put the page that it was given into an event.',
    example: around(`data: <html><body>502 Bad Gateway</body></html>\n\n`),
    counterexample: HEALTHY,
  },
  'data-prefix-doubled': {
    strict: 'error',
    lenient: 'error',
    help: 'The data of an event begins with the name of a field, as in "data: data: {…}". Frameworks such as Spring and FastAPI\'s EventSourceResponse write "data:" themselves; who gives them whole lines gets it twice. No client can parse such an event.',
    example: around(`data: ${mid}`),
    counterexample: HEALTHY,
  },
  'data-python': {
    strict: 'error',
    lenient: 'error',
    help: "The data is a value as Python prints it: single quotes, None, True, b'…'. It was made with str() or an f-string where json.dumps() belongs.",
    example: around(`data: {'choices': [], 'error': None}\n\n`),
    counterexample: around(`data: {"choices": [], "error": null}\n\n`),
  },
  'data-quotes': {
    strict: 'error',
    lenient: 'error',
    help: 'Other characters stand in the place of the quotes of the JSON: HTML entities, or the curved quotes of text. A template escapes what it writes, or the stream was pasted through a chat or a word processor. No client can parse such an event.',
    example: around(`data: ${MID.replaceAll('"', '&quot;')}\n\n`),
    counterexample: HEALTHY,
  },
  'data-two-values': {
    strict: 'error',
    lenient: 'error',
    help: 'More text follows the JSON on the line of an event. Either two events share a line, because the blank line between them was lost or two tasks wrote at once, or something was appended.',
    example: around(`data: ${MID}data: ${MID}\n\n`),
    counterexample: HEALTHY,
  },
  'done-misspelt': {
    strict: 'error',
    lenient: 'error',
    help: 'An event or a line looks like the terminator and is spelt in another way. Only the exact form ends a stream; anything similar is read as broken JSON, or skipped.',
    example: `${hi}${ho}data: "[DONE]"\n\n`,
    counterexample: hi + ho + done,
  },
  'empty-event': {
    strict: 'warning',
    lenient: 'info',
    help: 'A frame without a data line is not an event by the standard, yet the openai SDK dispatches it and fails.',
    example: `retry: 3000\n\n${HEALTHY}`,
    counterexample: `retry: 3000\n${HEALTHY}`,
  },
  'event-cut': {
    strict: 'error',
    lenient: 'error',
    help: 'The JSON of an event does not end where the event does: a line end stands in it, its rest is in the next event, or its rest is missing. Proxies that make a message of each piece that they read do this, and servers that do not escape line ends in strings or send through a buffer of fixed size. Readers lose the event; most stop there.',
    example: around(`data: ${MID.slice(0, half)}\n\n${MID.slice(half)}\n\n`),
    counterexample: HEALTHY,
  },
  'event-in-comment': {
    strict: 'error',
    lenient: 'error',
    help: 'A comment goes on with the data of an event: the line end after a heartbeat is missing. To every reader the whole line is a comment, and the event is lost.',
    example: around(`: ping${mid}`),
    counterexample: around(`: ping\n\n${mid}`),
  },
  'event-unfinished': {
    strict: 'error',
    lenient: 'warning',
    help: 'The body ends inside an event. The connection was closed in mid-event, or the file was cut. By the standard what was begun is dropped.',
    example: `${hi}${ho}data: ${MID.slice(0, half)}`,
    counterexample: hi + ho,
    comesWith: ['no-terminator'],
  },
  'field-misspelt': {
    strict: 'error',
    lenient: 'error',
    help: 'A line spells the name or the colon of a field in another way than the standard: "Data:", "data :", "data=". To readers its field is unknown, and the event is lost.',
    example: around(`Data: ${MID}\n\n`),
    counterexample: HEALTHY,
  },
  'heartbeat-as-event': {
    strict: 'error',
    lenient: 'warning',
    help: 'An event is empty, or says only "ping" or the like: a heartbeat that was sent as an event. Clients that parse each event as JSON, as the SDKs do, fail on it. A heartbeat belongs in a comment, a line that begins with a colon.',
    example: `data: \n\n${HEALTHY}`,
    counterexample: `: ping\n\n${HEALTHY}`,
  },
  'http-head': {
    strict: 'info',
    lenient: null,
    help: "The body holds the head of an HTTP response, or curl's log. It was saved with curl -i or -v. Readers skip these lines, but they are not part of what the server sent as body.",
    example: `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${HEALTHY}`,
    counterexample: HEALTHY,
  },
  'line-ends': {
    strict: 'error',
    lenient: 'error',
    help: 'Another character stands where a line end should be: U+2028, U+0085, NUL, or the two characters "\\n". Server-sent events end lines with LF, CRLF or CR only, so that several lines are one, which is not JSON.',
    example: around(`data: ${MID}\\n\\n\n\n`),
    counterexample: HEALTHY,
  },
  'line-prefix': {
    strict: 'error',
    lenient: 'error',
    help: "Something stands before the lines of the stream: a time, a log level, the name of a container, a quote mark, indentation, b'. The lines come from a log or a terminal, not from the response; no reader takes them for fields.",
    example: around(`[INFO] ${mid}`),
    counterexample: HEALTHY,
  },
  'message-damaged': {
    strict: 'error',
    lenient: 'error',
    help: "The checksum of a message of Amazon's event stream does not match. Its bytes were changed on the way or in storage, often by a program that took them for text.",
    example: { api: 'bedrock', body: MESSAGE, bytes: 'damaged' },
    counterexample: { api: 'bedrock', body: MESSAGE },
    comesWith: ['no-terminator'],
  },
  'not-utf8': {
    strict: 'error',
    lenient: 'warning',
    help: 'Bytes are not UTF-8, which server-sent events and JSON are always written in. Readers show U+FFFD in their place, or stop.',
    example: { body: HEALTHY.replace('Hi', 'Grüezi'), bytes: 'latin-1' },
    counterexample: HEALTHY.replace('Hi', 'Grüezi'),
    comesWith: ['replacement-character'],
  },
  'other-api': {
    strict: 'error',
    lenient: 'error',
    help: 'An event is of another API than the stream. The base URL and the API do not fit together, or a gateway converts only some of the events. Clients find nothing that they know in it.',
    example: around(`data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]},"index":0}]}\n\n`),
    counterexample: HEALTHY,
    comesWith: ['choices-missing'],
  },
  'other-framing': {
    strict: 'error',
    lenient: 'error',
    help: 'Lines of server-sent events stand where the API sends JSON lines. The server speaks another API than the one that was chosen.',
    example: { api: 'ollama_chat', body: HEALTHY },
    counterexample: ollama(ollamaLine({ content: 'Hi' }), OLLAMA_END),
    comesWith: ['not-a-stream'],
  },
  'second-stream': {
    strict: 'warning',
    lenient: 'warning',
    help: 'A second response follows the first in one body, with a terminator of its own. Two bodies were joined, or a gateway ran the request again. Some clients stop at the first terminator, others join both answers.',
    example: HEALTHY + HEALTHY,
    counterexample: HEALTHY,
    comesWith: ['after-terminator'],
  },
  'terminator-open': {
    strict: 'error',
    lenient: 'warning',
    help: 'The terminator is the last thing in the body, and no blank line closes it. Readers that follow the standard drop it and cannot tell the answer from one that was cut; the openai SDK takes it all the same.',
    example: `${hi}${ho}data: [DONE]\n`,
    counterexample: hi + ho + done,
  },
  'unknown-field': {
    strict: 'info',
    lenient: null,
    help: 'A line has a field that server-sent events do not have. Readers skip it, whatever it says: a field named "error" reaches no client.',
    example: around(`error: {"message":"out of memory"}\n\n`),
    counterexample: HEALTHY,
  },
  'wrapped-event': {
    strict: 'error',
    lenient: 'error',
    help: 'An event of the API is inside of another object. Programs that record streams wrap events, as Claude Code does, and so do gateways with an envelope of their own. Clients of the API do not look inside.',
    example: around(`data: {"type":"stream_event","event":${MID}}\n\n`),
    counterexample: HEALTHY,
    comesWith: ['choices-missing'],
  },
};

const exampleOf = (given: string | LintExample): LintExample => (typeof given === 'string' ? { body: given } : given);

export const FRAMING_RULES: readonly LintRule[] = Object.entries(RULES).map(([id, rule]) => ({
  id,
  ...rule,
  example: exampleOf(rule.example),
  counterexample: exampleOf(rule.counterexample),
  check: ({ faults }) => ({
    end(_outcome, report) {
      for (const { id: found, event, sentence, start, end, count } of faults.all)
        if (found === id) report(event ?? { start, end }, sentence, '', count);
    },
  }),
}));

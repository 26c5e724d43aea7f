/** What `wget -d -O -` prints with its standard error and standard output in one file: both heads, and the body after what it says of itself. */
import { jsonOf, requestHead, responseHead } from '../http-head.ts';
import { byteText, bytesOfText, checkExchanges, type ImportedExchange, type ImportFormat } from '../imported.ts';

/** What the tool says before it asks is short. */
const LOOKED_AT = 64 * 1024;
const REQUEST = /^---request begin---\r?\n([^]*?)^---request end---\r?$/m;
const RESPONSE = /^---response begin---\r?\n([^]*?)^---response end---\r?\n/m;
const SENT = /^\[(?:BODY|POST) data: ([^]*?)\]\r?$/m;
const ADDRESS = /^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d-- +(https?):/gm;
/** The last line before the body. */
const SAVING = /^Saving to: [^\n]*\n/m;
/** The line that says how fast it was, and perhaps the length of the body; and all after it. */
const DONE = /\n?^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \([^)\n]*\) - [^\n]*?(?:\[(\d+)(?:\/\d+)?\])?(?:\r?\n[^]*)?$/m;
/** `     0K .......... 12% 3.1M 2s`: it may stand before a line of the body, since nothing orders the two outputs. */
const PROGRESS =
  /\n?^ {2,9}\d{1,9}[KM](?:[ .,]{0,99}(?: \d+%)?(?: {1,99}[\d.]{1,9}[KMG]?)?(?:=[\d.]{1,9}s| {1,9}[\dhms]{1,9})?\n|[ .,]{0,99})/gm;

export const wgetDebug: ImportFormat = {
  id: 'wget-debug',
  label: 'the output of wget -d',
  recognizes: ({ text }) => REQUEST.test(text.slice(0, LOOKED_AT)),
  read: ({ bytes }) => {
    const text = byteText(bytes);
    const starts = [...text.matchAll(/^---request begin---/gm)].map(({ index }) => index);
    checkExchanges(starts.length);
    return starts.map((start, at) => {
      const before = text.slice(starts[at - 1] ?? 0, start);
      return exchangeOf(text.slice(start, starts[at + 1]), [...before.matchAll(ADDRESS)].at(-1)?.[1]);
    });
  },
};

/** `scheme`: of the address that it said before. */
function exchangeOf(text: string, scheme = 'http'): ImportedExchange {
  const head = requestHead(linesOf(REQUEST.exec(text)?.[1] ?? ''), scheme);
  const answer = RESPONSE.exec(text);
  const after = answer ? text.slice(answer.index + answer[0].length) : '';
  const response = responseHead(linesOf(answer?.[1] ?? ''));
  const sent = SENT.exec(text.slice(0, answer?.index))?.[1];
  return {
    reads: [{ tNs: 0, bytes: bytesOfText(bodyIn(after)) }],
    timed: false,
    ...(head && {
      request: { head, ...(sent !== undefined && { body: jsonOf(Buffer.from(sent, 'latin1').toString()) }) },
    }),
    ...(response && { response: { ...response, tNs: 0 } }),
  };
}

function bodyIn(after: string): string {
  const saving = SAVING.exec(after);
  if (saving === null) return '';
  const text = after.slice(saving.index + saving[0].length);
  const length = DONE.exec(text)?.[1];
  const body = text.replace(DONE, '').replaceAll(PROGRESS, '');
  return length === undefined ? body : body.slice(0, Number(length));
}

const linesOf = (text: string): readonly string[] => text.trimEnd().split(/\r?\n/);

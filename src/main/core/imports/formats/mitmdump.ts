/** What `mitmdump --flow-detail 3` prints: each flow's request and answer, indented, with a line of the tool's own before either. */
import { headerOf } from '../../../../shared/metrics/http-wording.ts';
import { ImportError, utf8, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { jsonOf, requestHead, responseHead } from '../http-head.ts';

/** `127.0.0.1:45292: POST http://… HTTP/2.0`; with the time before it from mitmproxy 10 on. */
const REQUEST = /^(?:\[\d\d:\d\d:\d\d\.\d{3}\])?\[?[\w.:]+?\]?:\d+: ([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/;
/** ` << 200 OK 1.5k`, perhaps with the version before the status. */
const ANSWER = /^ << (?:HTTP\/[\d.]+ )?(\d{3})(?: (.*?))?(?: [\d.]+[bkmg]?)?$/;
const INDENT = /^ {4}/;
const LOOKED_AT = 64 * 1024;

const hasBoth = (text: string): boolean =>
  text.split(/\r?\n/, 2_000).some((line) => REQUEST.test(line)) && /^ << (?:HTTP\/[\d.]+ )?\d{3}\b/m.test(text);

export const mitmdump: ImportFormat = {
  id: 'mitmdump',
  label: 'the output of mitmdump',
  recognizes: ({ text }) => hasBoth(text.slice(0, LOOKED_AT)),
  read: ({ text }) => {
    const exchanges = flowsIn(text).flatMap(exchangeOf);
    if (exchanges.length > 0) return exchanges;
    throw new ImportError(
      'no-body',
      'This is the output of mitmdump without the bodies. Save the flows with mitmdump -w FILE, and import that file.',
    );
  },
};

interface Flow {
  readonly request: readonly [method: string, url: string];
  readonly status: readonly [code: string, text: string];
  /** Lines of the head, a blank one, and lines of the body; the indentation taken off. */
  readonly sent: readonly string[];
  readonly got: readonly string[];
}

function flowsIn(text: string): readonly Flow[] {
  const flows: Flow[] = [];
  let request: Flow['request'] | null = null;
  let status: Flow['status'] | null = null;
  let [sent, got]: [string[], string[]] = [[], []];
  const close = (): void => {
    if (request !== null && status !== null) flows.push({ request, status, sent, got });
    [request, status, sent, got] = [null, null, [], []];
  };
  for (const line of text.split(/\r?\n/)) {
    const asked = REQUEST.exec(line);
    const answered = ANSWER.exec(line);
    if (asked) {
      close();
      request = [asked[1]!, asked[2]!];
    } else if (answered) status = [answered[1]!, answered[2] ?? ''];
    else (status === null ? sent : got).push(line.replace(INDENT, ''));
  }
  close();
  return flows;
}

function exchangeOf({ request: [method, url], status: [code, text], sent, got }: Flow): readonly ImportedExchange[] {
  const asked = parts(sent);
  const answer = parts(got);
  const head = responseHead([`HTTP/1.1 ${code} ${text}`, ...answer.head]);
  if (head === null || (answer.head.length === 0 && answer.body === '')) return [];
  return [
    {
      reads: [{ tNs: 0, bytes: utf8(framed(answer.body, headerOf(head, 'content-type'))) }],
      timed: false,
      request: {
        head: { ...requestHead([`${method} ${url} HTTP/1.1`, ...asked.head])!, url },
        body: jsonOf(asked.body),
      },
      response: { ...head, tNs: 0 },
      repaired: ['mitmdump had indented the body, and may have laid it out anew; the spaces were taken off.'],
    },
  ];
}

/** mitmdump leaves out the blank lines at the end, the one that closes the last event among them. */
const framed = (body: string, type: string | null): string =>
  type?.startsWith('text/event-stream') === true ? `${body}\n\n` : body;

function parts(lines: readonly string[]): { readonly head: readonly string[]; readonly body: string } {
  const at = lines.findIndex((line) => line.trim() === '');
  if (at < 0) return { head: lines, body: '' };
  return {
    head: lines.slice(0, at),
    body: lines
      .slice(at + 1)
      .join('\n')
      .trimEnd(),
  };
}

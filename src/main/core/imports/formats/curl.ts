/** What `curl -i`, `curl -v` and `curl --raw` write: heads before the body, and lines of the tool's own between. */
import type { HttpHead } from '../../../../shared/model/trace.ts';
import { bytesOfText, byteText, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { headerOf } from '../../../../shared/metrics/http-wording.ts';
import { isStatusLine, jsonOf, requestHead, responseHead } from '../http-head.ts';

/** More heads than any chain of redirects and proxies has. */
const MAX_HEADS = 30;
const HEAD_END = /\r?\n\r?\n/g;

/**
 * `curl -i`: the head, or several of them (100 Continue, a proxy's, redirects), and the body; then perhaps the next answer. Other
 * tools print the request before it.
 */
export const curlInclude: ImportFormat = {
  id: 'curl-include',
  label: 'the output of curl -i',
  recognizes: ({ text }) => isStatusLine(firstLine(text)) || PRINTED_EXCHANGE.test(text.slice(0, LOOKED_AT)),
  read: ({ bytes }) => {
    let text = byteText(bytes).replace(/^\xEF\xBB\xBF/, '');
    const found: ImportedExchange[] = [];
    while (text !== '' && found.length < MAX_ANSWERS) {
      const start = text.search(STATUS_AND_HEADER);
      if (start < 0) break;
      const request = printedRequest(text.slice(0, start));
      text = text.slice(start).trimStart();
      let head: HttpHead | null = null;
      for (let heads = 0; heads < MAX_HEADS && isStatusLine(firstLine(text)); heads++) {
        HEAD_END.lastIndex = 0;
        const end = HEAD_END.exec(text);
        head = responseHead(linesOf(text.slice(0, end?.index ?? text.length)).map((line) => line.trim()));
        text = end === null ? '' : text.slice(HEAD_END.lastIndex);
      }
      const end = bodyEnd(text, head);
      const body = text.slice(0, end).replace(RESPONSE_CODE, '');
      found.push(exchange(body, { ...(request && { request }), ...(head && { response: { ...head, tNs: 0 } }) }));
      text = text.slice(end);
    }
    return found;
  },
};

/** More answers than anybody prints into one file. */
const MAX_ANSWERS = 10_000;
/** A status line with a header after it: where an answer begins, wherever it stands in a file. */
const STATUS_AND_HEADER =
  /(?:^[ \t]*|(?<=[}\]]))HTTP\/\d(?:\.\d)? \d{3}(?: [^\r\n]*)?(?:\r?\n(?:[ \t]*[\w-]+: ?[^\r\n]*\r?$|\r?$)|$(?![^]))/m;
/** A request of which the answer follows, as HTTPie, IDEs and analysers print both. */
const PRINTED_EXCHANGE =
  /^\s*[A-Z]{3,7} (?:https?:\/\/\S+|\S+ HTTP\/\d(?:\.\d)?)\r?\n[^]*^HTTP\/\d(?:\.\d)? \d{3}(?: [^\n]*)?\n/m;
/** What IDEs write after a body. */
const RESPONSE_CODE = /\r?\n(?:Response code: \d{3}|Content-Length: |Elapsed time: [\d.]+s)[^\n]*\s*$/;

/** Where a body ends, and another answer or request begins. */
function bodyEnd(text: string, head: HttpHead | null): number {
  // A length is that of the compressed body, which may have been decompressed since: something must begin there.
  const length = Number(headerOf(head, 'content-length') ?? NaN);
  if (length <= text.length && isStatusLine(firstLine(text.slice(length, length + 1024)))) return length;
  const next = text.search(STATUS_AND_HEADER);
  if (next < 0) return text.length;
  const request = /^[A-Z]{3,7} (?:https?:\/\/\S+|\S+ HTTP\/\d(?:\.\d)?)\r?$/m.exec(text.slice(0, next));
  return request?.index ?? next;
}

function printedRequest(text: string): ImportedExchange['request'] {
  const trimmed = text.trimStart().replace(/^([A-Z]{3,7} https?:\/\/\S+)(?=\r?\n|$)/, '$1 HTTP/1.1');
  const [lines = '', ...rest] = trimmed.split(HEAD_END);
  const head = requestHead(linesOf(lines));
  return head === null ? undefined : { head, body: jsonOf(Buffer.from(rest.join('\n\n'), 'latin1').toString()) };
}

/** What a tool says before the answer is short. */
const LOOKED_AT = 64 * 1024;

/** With --trace-time and --trace-ids before each line of the tool's own. */
const CLOCK = String.raw`(?:(?:\d{4}-\d\d-\d\d )?(\d\d):(\d\d):(\d\d)\.(\d{6}) )?(?:\[[\dx-]+\] )?`;
const CLOCK_BEFORE = new RegExp(String.raw`^${CLOCK}(?=[*<>{}](?: |\r?$))`);
/** A line of the tool: what it says of itself, what it sent, what it got, how much it moved. */
const TOOL_LINE = /^(?:\* |> |>\r?$|< |<\r?$|[{}] \[\d+ bytes data\]\r?$)/;
/** The progress meter, which writes over itself with carriage returns. */
const METER_HEAD = /^[ \t]*(?:% Total +% Received|Dload +Upload)[^\n]*\n?/gm;
const METER =
  /\r?[ ]{0,2}\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[\d:-]{7,8} +[\d:-]{7,8} +[\d:-]{7,8} +[\d.]+[kMGTP]?\n?/g;
/** A piece of the body may have no end of its line, so that the tool's next line goes on in it. */
const TOOL_AFTER_BODY = new RegExp(
  String.raw`${CLOCK}(?:[{}] \[\d+ bytes data\]|\* (?:Connection #\d+ to host |Closing connection|transfer closed with |Recv failure: |OpenSSL SSL_read|Leftovers after chunking|shutting down connection)[^\n]*)\r?\n?$`,
);

/** `curl -v` with its standard error and standard output in one file. Each request and its answer are one exchange. */
export const curlVerbose: ImportFormat = {
  id: 'curl-verbose',
  label: 'the output of curl -v',
  recognizes: ({ text }) => VERBOSE.test(text.slice(0, LOOKED_AT)),
  read: ({ bytes }) => {
    const text = byteText(bytes).replace(METER_HEAD, '').replace(METER, '');
    const secure = SECURE.test(text) ? 'https' : 'http';
    const found: ImportedExchange[] = [];
    let sent: string[] = [];
    let got: string[] = [];
    let body = '';
    const close = (): void => {
      if (got.length === 0 && body === '') return;
      const request = requestHead(sent, secure);
      const response = responseHead(got);
      found.push(
        exchange(body, {
          ...(request && { request: { head: request } }),
          ...(response && { response: { ...response, tNs: 0 } }),
        }),
      );
      [sent, got, body] = [[], [], ''];
    };
    for (const line of withEnds(text)) {
      const told = line.replace(CLOCK_BEFORE, '').replace(/\n$/, '');
      const plain = told.replace(/\r$/, '');
      if (/^> ?/.test(plain) && (sent.length > 0 || /^> [A-Z]+ \S+ HTTP\//.test(plain))) {
        if (got.length > 0) close();
        if (plain.length > 2) sent.push(plain.slice(2));
      } else if (/^< ?/.test(plain) && (got.length > 0 || isStatusLine(plain.slice(2)))) {
        // Only the last of several heads has the body.
        if (isStatusLine(plain.slice(2))) got = [];
        if (plain.length > 2) got.push(plain.slice(2));
      } else if (!TOOL_LINE.test(told)) body += line.replace(TOOL_AFTER_BODY, '');
    }
    close();
    return found;
  },
};

const VERBOSE = new RegExp(String.raw`^${CLOCK}(?:> [A-Z]+ \S+ HTTP\/\d|< HTTP\/\d)`, 'm');
const SECURE = new RegExp(String.raw`^${CLOCK}\* (?:ALPN|SSL connection|TLS)`, 'm');

const DAY_NS = 86_400 * 1e9;

/** Times of day in order, in nanoseconds. */
class Clock {
  #last = 0;

  /** Of a match of CLOCK; null where the line has none. */
  at([, hours, minutes, seconds, micros]: RegExpExecArray): number | null {
    if (hours === undefined) return null;
    let tNs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1e9 + Number(micros) * 1e3;
    // Midnight is passed where the time of day goes back.
    while (tNs < this.#last - DAY_NS / 2) tNs += DAY_NS;
    return (this.#last = tNs);
  }
}

/** `== Info:`, `=> Send header, 83 bytes (0x53)`, `<= Recv data, …`. */
const EVENT = new RegExp(
  String.raw`^${CLOCK}(==|=>|<=) (Info:|Send header|Send data|Recv header|Recv data|Send SSL data|Recv SSL data)(?:, (\d+) bytes)?`,
);
const DUMPED = /^([0-9a-f]{4,8}): (.*)$/;
/** A line of `--trace`: sixteen bytes in hex, each with a space, and then the same as text. */
const HEX_COLUMNS = 48;

/** `curl --trace` and `curl --trace-ascii`. With `--trace-time` each piece of the body has its time. */
export const curlTrace: ImportFormat = {
  id: 'curl-trace',
  label: 'the output of curl --trace',
  recognizes: ({ text }) => EVENT.test(firstLine(text)),
  read: ({ text }) => {
    const packets = packetsIn(text);
    const timed = packets.length > 0 && packets.every(({ tNs }) => tNs !== null);
    const found: ImportedExchange[] = [];
    let sentHead = '';
    let sentBody = '';
    let gotHead = '';
    let reads: { tNs: number; text: string }[] = [];
    let sentAt: number | null = null;
    let gotAt = 0;
    const ascii = packets.some((packet) => packet.ascii);
    const secure = packets.some(({ kind, text: said }) => kind === 'Info:' && /ALPN|SSL connection/.test(said))
      ? 'https'
      : 'http';
    const close = (): void => {
      if (gotHead === '') return;
      const start = sentAt ?? gotAt;
      const request = requestHead(linesOf(sentHead.trimEnd()), secure);
      const response = responseHead(linesOf(lastHead(gotHead)));
      found.push({
        reads: reads.map(({ tNs, text: part }) => ({
          tNs: timed ? Math.max(0, tNs - start) : 0,
          bytes: bytesOfText(part),
        })),
        timed,
        startUnknown: sentAt === null,
        ...(request && { request: { head: request, body: jsonOf(Buffer.from(sentBody, 'latin1').toString()) } }),
        ...(response && { response: { ...response, tNs: timed ? Math.max(0, gotAt - start) : 0 } }),
        repaired: ascii ? [TRACE_ASCII] : [],
      });
      [sentHead, sentBody, gotHead, reads, sentAt] = ['', '', '', [], null];
    };
    for (const { kind, tNs, text: part } of packets) {
      if (kind === 'Send header') {
        if (gotHead !== '') close();
        if (sentHead === '') sentAt = tNs ?? 0;
        sentHead += part;
      } else if (kind === 'Send data') sentBody += part;
      else if (kind === 'Recv header') {
        if (gotHead === '') gotAt = tNs ?? 0;
        gotHead += part;
      } else if (kind === 'Recv data') reads.push({ tNs: tNs ?? 0, text: part });
    }
    close();
    return found;
  },
};

const TRACE_ASCII =
  'curl --trace-ascii writes a dot for each line feed and for each byte of a character outside ASCII. Line ends of events were put back where a field must begin; other dots stay as they are. Use --trace to keep every byte.';

interface Packet {
  readonly kind: string;
  /** Nanoseconds; null without --trace-time. */
  readonly tNs: number | null;
  readonly text: string;
  /** As --trace-ascii writes it. */
  readonly ascii: boolean;
}

function packetsIn(text: string): readonly Packet[] {
  const packets: Packet[] = [];
  let [kind, tNs, size, lines] = ['', null as number | null, 0, [] as string[]];
  const clock = new Clock();
  const close = (): void => {
    if (kind === 'Info:' || kind === '') return;
    packets.push({ kind, tNs, ...dumped(lines, size) });
  };
  for (const line of text.split('\n')) {
    const event = EVENT.exec(line);
    if (!event) {
      lines.push(line.replace(/\r$/, ''));
      continue;
    }
    close();
    kind = event[6]!;
    lines = [];
    size = Number(event[7] ?? 0);
    tNs = clock.at(event);
    if (kind === 'Info:') packets.push({ kind, tNs, text: line, ascii: false });
  }
  close();
  return packets;
}

/** The bytes of a dump of `size` bytes. The text form leaves out each CR LF: the offsets show where. */
function dumped(lines: readonly string[], size: number): Pick<Packet, 'text' | 'ascii'> {
  const parts = lines.flatMap((line) => {
    const [, offset, rest] = DUMPED.exec(line) ?? [];
    return rest === undefined ? [] : [{ offset: Number.parseInt(offset!, 16), rest }];
  });
  const hex = parts.map(({ rest }) => hexBytes(rest));
  if (hex.length > 0 && hex.every((one) => one !== null)) return { text: hex.join(''), ascii: false };
  const text = parts.reduce((whole, { offset, rest }) => whole + gap(offset - whole.length) + rest, '');
  return { text: withLineEnds(text + gap(size - text.length)), ascii: true };
}

/** Two bytes that are not shown are CR LF. Any other number means that the dump is damaged. */
const gap = (bytes: number): string => (bytes === 2 ? '\r\n' : '');

function hexBytes(rest: string): string | null {
  const pairs = rest.slice(0, HEX_COLUMNS).trimEnd().split(' ');
  if (pairs.length !== rest.length - HEX_COLUMNS || !pairs.every((pair) => /^[0-9a-f]{2}$/.test(pair))) return null;
  return String.fromCharCode(...pairs.map((pair) => Number.parseInt(pair, 16)));
}

/** Dots that must have been line feeds: before a field of an event, and after the last one. */
function withLineEnds(text: string): string {
  return text
    .replace(/(\.{1,2})(?=(?:data|event|id|retry): )/g, (dots) => '\n'.repeat(dots.length))
    .replace(/(?<=\}|\[DONE\])\.{1,2}(?=$|\r?\n)/g, (dots) => '\n'.repeat(dots.length));
}

function exchange(body: string, facts: Pick<ImportedExchange, 'request' | 'response'>): ImportedExchange {
  return { reads: [{ tNs: 0, bytes: bytesOfText(body) }], timed: false, ...facts };
}

const firstLine = (text: string): string => linesOf(text.slice(0, 1024).trimStart())[0] ?? '';
const linesOf = (text: string): readonly string[] => text.split(/\r?\n/);
const withEnds = (text: string): readonly string[] => text.split(/(?<=\n)/);

/** Of several heads in a row the last is that of the body. */
const lastHead = (text: string): string =>
  text
    .trimEnd()
    .split(/\r?\n\r?\n/)
    .at(-1)!;

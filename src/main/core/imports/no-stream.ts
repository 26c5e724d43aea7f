/**
 * Files of known kinds that hold no stream, so that their refusal can say what they are and where the stream is to be had. They are asked
 * last: a log that holds a stream beside what it is otherwise is read.
 */
import { rowsOfTable } from './table.ts';
import { ImportError, type ImportedFile } from './imported.ts';

interface KnownKind {
  /** Completes `This is …`. */
  readonly what: string;
  /** What is in it instead of a stream, and the next step. */
  readonly sentence: string;
  readonly is: (start: string, file: ImportedFile) => boolean;
}

/** Signs stand at the beginning. */
const LOOKED_AT = 64 * 1024;
const CURL = 'Record the answer with curl -N -i, with a proxy such as mitmproxy, or with Tracelane itself.';
const EVENTS = 'Print each event of the provider as JSON, or keep the bytes of the response.';

const isJsonWith = (start: string, ...members: readonly RegExp[]): boolean =>
  /^\s*[[{]/.test(start) && members.every((member) => member.test(start));

/** Known by its first bytes, or by a member that nobody else has. */
const KINDS: readonly KnownKind[] = [
  {
    what: 'an archive of Fiddler (.saz)',
    sentence: 'It is a ZIP archive: unpack it, and import the answer, which is one of its files raw/*_s.txt.',
    is: (start, { name }) =>
      start.startsWith('PK\u0003\u0004') && (/\.saz$/i.test(name) || /raw\/\d+_[cms]\./.test(start)),
  },
  {
    what: 'a ZIP archive',
    sentence: 'Unpack it, and import the file in it that holds the stream.',
    is: (start) => start.startsWith('PK\u0003\u0004'),
  },
  {
    what: 'a capture of network packets',
    sentence: 'Open it in Wireshark, choose Follow, HTTP Stream, and save that as raw bytes.',
    is: (_start, { bytes }) => {
      const [first, second, third, fourth] = bytes;
      const magic = ((first ?? 0) * 0x1000000 + (second ?? 0) * 0x10000 + (third ?? 0) * 0x100 + (fourth ?? 0)) >>> 0;
      return [0xd4c3b2a1, 0xa1b2c3d4, 0x4d3cb2a1, 0xa1b23c4d, 0x0a0d0d0a].includes(magic);
    },
  },
  {
    what: 'an export of OpenTelemetry spans',
    sentence: `Spans have messages and counts of tokens, and none of the events of the stream. ${CURL}`,
    is: (start) =>
      isJsonWith(start, /"(?:resourceSpans|scopeSpans|resource_spans)"\s*:/) ||
      isJsonWith(start, /"gen_ai\.[\w.]+"/, /"(?:spanId|span_id|traceId|trace_id)"\s*:/),
  },
  {
    what: 'what LangChain made of a stream',
    sentence: `It makes messages and generations of its own out of the events, which are not in them. ${CURL}`,
    is: (start) =>
      isJsonWith(start, /"lc"\s*:\s*1\b/, /"langchain/) ||
      isJsonWith(start, /"generations"\s*:\s*\[/) ||
      /(?:^|\b)AIMessage(?:Chunk)?\(content=/.test(start) ||
      /^(?:content=(?:'|"|\[)[^\n]*\badditional_kwargs=\{)/m.test(start) ||
      /^\[(?:llm|chain)\/(?:start|end)\]/m.test(start),
  },
  {
    what: 'an export of Insomnia',
    sentence: `Insomnia exports requests, and none of their answers. ${CURL}`,
    is: (start) =>
      isJsonWith(start, /"__export_format"\s*:|"_type"\s*:\s*"export"/) ||
      /^type: \w+\.insomnia\.rest\//m.test(start.slice(0, 512)),
  },
  {
    what: 'a Postman collection',
    sentence: `None of its requests has a saved answer that is a stream. Save the answer as an example in Postman, and export the collection again. ${CURL}`,
    is: (start) => isJsonWith(start, /"schema"\s*:\s*"https:\/\/schema\.(?:getpostman|postman)\.com\//),
  },
  {
    what: 'the input of a batch job',
    sentence: 'It holds requests alone. Import the output file of the batch, which has the answers.',
    is: (start) => isJsonWith(start, /"custom_id"\s*:/, /"(?:body|params)"\s*:\s*\{/),
  },
  {
    what: "a log of Chromium's network (net-export)",
    sentence: 'It has no bodies of answers. Save a HAR file with content from the developer tools instead.',
    is: (start) => isJsonWith(start, /"logEventTypes"\s*:/),
  },
  {
    what: 'a performance trace (Trace Event JSON)',
    sentence:
      'It has times of a program, and no body of an answer. Open it in Perfetto, and import the stream that it was made of.',
    is: (start) => isJsonWith(start, /"traceEvents"\s*:\s*\[/),
  },
  {
    what: 'a log of httpx, httpcore or urllib3',
    sentence: `It says that an answer came, and has none of its bytes. ${CURL}`,
    is: (start) => /\b(?:httpcore\.(?:connection|http11|http2)|urllib3\.connectionpool)\b/.test(start),
  },
  {
    what: 'a print of bytes by Node',
    sentence: `It shows the first of them alone, and says how many more there were. Print chunk.toString() instead, or keep the bytes of the response.`,
    is: (start) =>
      /^<Buffer (?:[0-9a-f]{2} )+\.\.\. \d+ more bytes?>/m.test(start) ||
      /^Uint8Array\(\d+\) \[[^\]]*\.\.\. \d+ more items?/m.test(start),
  },
  {
    what: 'an access log of a server',
    sentence: `It has one line for each request, and no bodies. ${CURL}`,
    is: (start) => {
      const lines = start.split('\n').filter((line) => line.trim() !== '');
      const logged = lines.filter((line) => /" \d{3} (?:\d+|-)|^\[GIN\] /.test(line)).length;
      return logged > 0 && logged * 2 >= lines.length;
    },
  },
  {
    what: 'a table',
    sentence: `None of its columns holds the lines of a stream. ${CURL}`,
    is: (_start, { text }) => (rowsOfTable(text)?.length ?? 0) > 0,
  },
  {
    what: 'a print of parts of events',
    sentence: `Of each event only a part is there, such as its delta. ${EVENTS}`,
    is: (start) => /^(?:ChoiceDelta|Choice|TextDelta|TextBlock|Candidate|Content|Part|Delta)\([a-z_]+=/m.test(start),
  },
];

/** Null where the file is of no such kind. */
export function withoutStream(file: ImportedFile): ImportError | null {
  const start = file.text.slice(0, LOOKED_AT);
  const kind = KINDS.find(({ is }) => is(start, file));
  return kind === undefined ? null : new ImportError('no-body', `This is ${kind.what}. ${kind.sentence}`);
}

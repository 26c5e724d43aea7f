/**
 * Flows that mitmproxy saved (`mitmdump -w`): dumps in tagged netstrings, one after another. A netstring is its length, a
 * colon, the payload, and a tag for its type (https://tnetstrings.info; mitmproxy adds `;` for text in UTF-8).
 */
import { z } from 'zod';
import { byteText, bytesOfText, ImportError, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { jsonOf } from '../http-head.ts';

/** As deep as no flow goes. */
const MAX_DEPTH = 100;
const LENGTH = /^(\d{1,12}):/;

type Tagged = string | number | boolean | null | readonly Tagged[] | { readonly [name: string]: Tagged };

interface Parsed {
  readonly value: Tagged;
  readonly end: number;
}

/** The value that starts at `at` of a text of bytes. Throws an ImportError where it is cut or damaged. */
function tagged(text: string, at: number, depth = 0): Parsed {
  const length = LENGTH.exec(text.slice(at, at + 14))?.[1];
  if (length === undefined || depth > MAX_DEPTH) throw damaged();
  const start = at + length.length + 1;
  const end = start + Number(length);
  if (end >= text.length) throw damaged();
  const value = valueOf(text.slice(start, end), text[end]!, depth);
  return { value, end: end + 1 };
}

function valueOf(payload: string, tag: string, depth: number): Tagged {
  switch (tag) {
    case ',':
      return payload;
    case ';':
      return Buffer.from(payload, 'latin1').toString('utf8');
    case '#':
    case '^':
      return Number(payload);
    case '!':
      return payload === 'true';
    case '~':
      return null;
    case ']':
      return listed(payload, depth);
    case '}': {
      const flat = listed(payload, depth);
      return Object.fromEntries(
        flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), flat[at + 1] ?? null] as const] : [])),
      );
    }
    default:
      throw damaged();
  }
}

function listed(payload: string, depth: number): readonly Tagged[] {
  const values: Tagged[] = [];
  for (let at = 0; at < payload.length;) {
    const { value, end } = tagged(payload, at, depth + 1);
    values.push(value);
    at = end;
  }
  return values;
}

const damaged = (): ImportError =>
  new ImportError('damaged', 'A flow of mitmproxy is cut or damaged. Save the flows again once mitmproxy has ended.');

const headers = z.array(z.tuple([z.string(), z.string()])).catch([]);
const flowSchema = z.object({
  request: z.object({
    method: z.string(),
    scheme: z.string().catch('http'),
    host: z.string().catch('localhost'),
    port: z.number().catch(80),
    path: z.string().catch('/'),
    headers,
    content: z.string().nullish(),
    timestamp_start: z.number(),
  }),
  response: z
    .object({
      status_code: z.number(),
      reason: z.string().catch(''),
      headers,
      content: z.string().nullish(),
      timestamp_start: z.number(),
    })
    .nullish(),
});

export const mitmproxy: ImportFormat = {
  id: 'mitmproxy',
  label: 'a file of mitmproxy flows',
  recognizes: ({ bytes }) => {
    const start = byteText(bytes.subarray(0, 512));
    return LENGTH.test(start) && /;4:type;|7:version;|,4:type,|9:websocket;/.test(start);
  },
  read: ({ bytes }) => {
    const text = byteText(bytes);
    const found: ImportedExchange[] = [];
    for (let at = 0; at < text.length;) {
      const { value, end } = tagged(text, at);
      const flow = flowSchema.safeParse(value);
      if (flow.success) found.push(exchangeOf(flow.data));
      at = end;
    }
    return found;
  },
};

function exchangeOf({ request, response }: z.output<typeof flowSchema>): ImportedExchange {
  const usual = request.scheme === 'https' ? 443 : 80;
  const host = `${request.host}${request.port === usual ? '' : `:${request.port}`}`;
  return {
    reads: [{ tNs: 0, bytes: bytesOfText(response?.content ?? '') }],
    timed: false,
    request: {
      head: { method: request.method, url: `${request.scheme}://${host}${request.path}`, headers: request.headers },
      body: jsonOf(Buffer.from(request.content ?? '', 'latin1').toString('utf8')),
    },
    ...(response && {
      response: {
        status: response.status_code,
        statusText: response.reason,
        headers: response.headers,
        tNs: Math.max(0, Math.round((response.timestamp_start - request.timestamp_start) * 1e9)),
      },
    }),
    startedAt: Math.round(request.timestamp_start * 1000),
  };
}

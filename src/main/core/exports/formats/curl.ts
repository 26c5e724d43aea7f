/**
 * A request as a cURL command, for a POSIX shell and for PowerShell: what was sent, with each secret as a reference to an
 * environment variable, since the stored one is redacted and a copied one would be pasted everywhere.
 */
import { endpointKindOf } from '../../../../shared/providers/registry.ts';
import { isSecretHeader } from '../../capture/secrets.ts';
import { sentText } from '../sent-text.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace, PagedTrace } from '../exported.ts';

const common = {
  mediaType: 'text/plain',
  parts: { request: 'needed', heads: 'needed' },
  several: true,
  withoutSecrets: true,
  refusal: ({ facts }: PagedTrace): string | null =>
    facts.requestHead === undefined
      ? `The address that “${facts.title}” was sent to is unknown: it was imported without the head of its request. Export it as a bundle.`
      : null,
} as const satisfies Partial<ExportFormat>;

export const curl: ExportFormat = {
  ...common,
  id: 'curl',
  label: 'cURL',
  description: 'The request for a POSIX shell; the key is taken from an environment variable.',
  loses: 'Without the response.',
  extension: () => '.sh',
  make: (content) => commandsOf(content, posix),
};

export const powershell: ExportFormat = {
  ...common,
  id: 'curl-powershell',
  label: 'cURL for PowerShell',
  description: 'The request for PowerShell; the key is taken from an environment variable.',
  loses: 'Without the response.',
  extension: () => '.ps1',
  make: (content) => commandsOf(content, inPowerShell),
};

/** With an empty line between two. */
async function* commandsOf({ traces }: ExportContent, textOf: (command: Command) => string): FilePieces {
  for (const [at, trace] of traces.entries()) yield `${at > 0 ? '\n' : ''}${textOf(commandOf(trace))}\n`;
}

/** Text with variables in it. */
type Words = readonly (string | { readonly variable: string })[];

interface Command {
  readonly method: string;
  readonly url: Words;
  /** Each an option with its value. */
  readonly options: readonly { readonly option: string; readonly value: Words }[];
  readonly body: string | undefined;
}

/** Headers that carry a key at servers that speak another provider's API, with what stands before the key. */
const KEY_HEADERS: ReadonlyMap<string, string> = new Map([
  ['authorization', 'Bearer '],
  ['x-api-key', ''],
  ['api-key', ''],
]);
/** For a kind of server that names none. */
const ANY_KEY = 'API_KEY';
/** Set by curl itself, or about the client that sent it; secrets that have no variable. */
const LEFT_OUT =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|user-agent|cookie2?|proxy-.*|x-stainless-.*|sec-.*|amz-sdk-.*)$/;
/** A signature is of one moment: curl makes a new one. */
const SIGNATURE = /^AWS4-HMAC-SHA256\b/;
const SIGNED_BY_CURL = /^(?:authorization|x-amz-date|x-amz-content-sha256)$/;
const REDACTED = /(<redacted \d+ chars>)/;

function commandOf({ facts }: LeavingTrace): Command {
  const { api, endpoint, request } = facts;
  const { method, url, headers } = facts.requestHead!;
  const kind = endpointKindOf(endpoint.type);
  const key = { variable: kind?.keyVariables[0] ?? ANY_KEY };
  const signed = headers.some(([name, value]) => name.toLowerCase() === 'authorization' && SIGNATURE.test(value));
  const options = headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (LEFT_OUT.test(lower) || (signed && SIGNED_BY_CURL.test(lower))) return [];
    const own = kind?.credential;
    const prefix = own?.header === lower ? own.prefix : KEY_HEADERS.get(lower);
    if (prefix !== undefined) return [header(`${lower}: ${prefix}`, key)];
    if (signed && lower === 'x-amz-security-token') return [header(`${lower}: `, { variable: 'AWS_SESSION_TOKEN' })];
    if (isSecretHeader(lower) || REDACTED.test(value))
      return [header(`${lower}: `, { variable: lower.toUpperCase().replaceAll('-', '_') })];
    return [header(`${name}: ${value}`)];
  });
  return {
    method,
    url: url.split(REDACTED).map((part) => (REDACTED.test(part) ? key : part)),
    options: signed ? [...signing(url), ...options] : options,
    body: sentText(api, request, facts.requestHead!),
  };
}

const header = (...value: Words): Command['options'][number] => ({ option: '-H', value });

/** Region and service stand in the host: `bedrock-runtime.us-east-1.amazonaws.com`. */
function signing(url: string): Command['options'] {
  const [host = '', region = ''] = URL.parse(url)?.hostname.split('.') ?? [];
  const keys = [{ variable: 'AWS_ACCESS_KEY_ID' }, ':', { variable: 'AWS_SECRET_ACCESS_KEY' }];
  return [
    { option: '--aws-sigv4', value: [`aws:amz:${region}:${host.replace(/-runtime$/, '')}`] },
    { option: '--user', value: keys },
  ];
}

/** Linux takes no argument longer than 128 KB. */
const LONGEST_ARGUMENT = 100_000;
/** No line of JSON is this: outside of strings it is none, and in them there are no line ends. */
const HERE = 'END_OF_BODY';

function posix({ method, url, options, body }: Command): string {
  const parts = [
    `curl -N -X ${posixWord([method])} ${posixWord(url)}`,
    ...options.map(({ option, value }) => `${option} ${posixWord(value)}`),
  ];
  if (body === undefined) return parts.join(NEXT_LINE);
  if (Buffer.byteLength(body) <= LONGEST_ARGUMENT) return [...parts, `--data-raw ${posixWord([body])}`].join(NEXT_LINE);
  return `${[...parts, `--data-binary @- <<'${HERE}'`].join(NEXT_LINE)}\n${body}\n${HERE}`;
}

const NEXT_LINE = ' \\\n  ';
/** Nothing in these is special between double quotes. */
const PLAIN = /^[\w :;,./=@+%?&-]*$/;

/** In single quotes nothing is special but the quote itself. */
function posixWord(words: Words): string {
  const [only] = words;
  if (words.length === 1 && typeof only === 'string')
    return /^[A-Za-z]+$/.test(only) ? only : `'${only.replaceAll("'", `'\\''`)}'`;
  if (words.every((word) => typeof word !== 'string' || PLAIN.test(word)))
    return `"${words.map((word) => (typeof word === 'string' ? word : `\${${word.variable}}`)).join('')}"`;
  return words.map((word) => (typeof word === 'string' ? posixWord([word]) : `"\${${word.variable}}"`)).join('');
}

/**
 * The body goes through a pipe, since older versions of PowerShell lose quotes within an argument. They also send only
 * ASCII through it: what is no ASCII stands in escapes, which JSON has.
 */
function inPowerShell({ method, url, options, body }: Command): string {
  const call = [
    `curl.exe -N -X ${powerShellWord([method])} ${powerShellWord(url)}`,
    ...options.map(({ option, value }) => `${option} ${powerShellWord(value)}`),
    ...(body === undefined ? [] : [`--data-binary '@-'`]),
  ].join(' `\n  ');
  if (body === undefined) return call;
  // A line of JSON that begins with a quote begins a string, and none begins with an apostrophe.
  return `@'\n${body.replace(/[\u0080-\uffff]/g, escaped)}\n'@ | ${call}`;
}

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** PowerShell ends a quoted string at typographic quotes as well; doubled, they stand for themselves. */
function powerShellWord(words: Words): string {
  const quoted = words.map((word) =>
    typeof word === 'string' ? `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'` : `$env:${word.variable}`,
  );
  return quoted.length === 1 ? quoted[0]! : `(${quoted.join(' + ')})`;
}

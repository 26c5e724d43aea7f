/**
 * Decides about each request before anything is sent. A proxy that has keys lends them to whoever may use it, so:
 * - It listens on the loopback interface, and a request must ask for a Host that is its own: a page whose name was made to
 *   lead to this machine (DNS rebinding) asks for that name.
 * - No page of a browser is served, wherever it is from: `Origin`, or the `Sec-Fetch-` fields that only browsers send, refuse
 *   it. Node's fetch sends `sec-fetch-mode` with no other of them, and is no page.
 * - A request made to be read in two ways is refused: repeated or missing Host, a target that is no plain path.
 */
import { valuesOf, type Head, type RequestLine } from '../http/head.ts';
import type { Refusal } from './refusals.ts';

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const BROWSER_FIELDS = ['origin', 'sec-fetch-site', 'sec-fetch-dest', 'sec-fetch-user', 'sec-fetch-storage-access'];
/** What a fetch of a program says of itself, when it says anything. */
const PROGRAM_MODES: ReadonlySet<string> = new Set(['cors', 'websocket']);
const HTTP_PORT = 80;

/** Undefined for a request that is let in. `port`: where the proxy listens. */
export function refusalOf(head: Head & { readonly line: RequestLine }, port: number): Refusal | undefined {
  return hostRefusal(head, port) ?? pageRefusal(head) ?? targetRefusal(head.line);
}

function hostRefusal(head: Head, port: number): Refusal | undefined {
  const hosts = valuesOf(head, 'host');
  const [host = ''] = hosts;
  if (hosts.length !== 1 || host === '')
    return { status: 400, sentence: 'The request must have one Host header. Send it again with one.' };
  const own = NAMES.flatMap((name) => [`${name}:${port}`, ...(port === HTTP_PORT ? [name] : [])]);
  if (own.includes(host.toLowerCase())) return undefined;
  return {
    status: 403,
    sentence: `The Host of the request is not the capture proxy's. Use http://127.0.0.1:${port}/ as its address.`,
  };
}

function pageRefusal(head: Head): Refusal | undefined {
  const byField = BROWSER_FIELDS.some((name) => valuesOf(head, name).length > 0);
  const byMode = valuesOf(head, 'sec-fetch-mode').some((mode) => !PROGRAM_MODES.has(mode.toLowerCase()));
  if (!byField && !byMode) return undefined;
  return {
    status: 403,
    sentence: 'The request comes from a web page, and pages may not use the capture proxy. Send it from a program.',
  };
}

/** Undefined for a plain path, which leads nowhere but below where it is put. */
export function targetRefusal({ target }: RequestLine): Refusal | undefined {
  if (!target.startsWith('/') || target.startsWith('//') || /[\\#\u0080-\u00FF]/.test(target) || hasDotSegment(target))
    return {
      status: 400,
      sentence:
        'The address must be a path without "//" at its start, "..", a backslash or a "#". Correct the base URL.',
    };
  return undefined;
}

/** Segments that lead out of the route's base path, written out or encoded. */
function hasDotSegment(target: string): boolean {
  const [path = ''] = target.split('?', 1);
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
}

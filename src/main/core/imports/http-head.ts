/** Heads of HTTP messages as tools print them. */
import { headerOf } from '../../../shared/metrics/http-wording.ts';
import type { HttpHead, RequestHead } from '../../../shared/model/trace.ts';
import { parsedJson } from '../../../shared/text/json-text.ts';

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/;
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/\d(?:\.\d)?$/;

type Headers = HttpHead['headers'];

export const isStatusLine = (line: string): boolean => STATUS_LINE.test(line);

/** `lines`: the status line and the header lines, without their ends. Null where the first is no status line. */
export function responseHead(lines: readonly string[]): HttpHead | null {
  const [, status, statusText = ''] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (status === undefined) return null;
  return { status: Number(status), statusText, headers: headersIn(lines.slice(1)) };
}

/** `scheme`: of the address, which the request line does not say. */
export function requestHead(lines: readonly string[], scheme = 'http'): RequestHead | null {
  const [, method, target = ''] = REQUEST_LINE.exec(lines[0] ?? '') ?? [];
  if (method === undefined) return null;
  const headers = headersIn(lines.slice(1));
  const url = target.includes('://') ? target : `${scheme}://${headerOf({ headers }, 'host') ?? 'localhost'}${target}`;
  return { method, url, headers };
}

/** Lines that are no header are passed over. */
function headersIn(lines: readonly string[]): Headers {
  return lines.flatMap((line) => {
    const at = line.indexOf(':', 1);
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
  });
}

/** The body of a request as JSON; undefined where it is none. */
export function jsonOf(text: string | null | undefined): unknown {
  try {
    return typeof text === 'string' ? parsedJson(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Where a request on the proxy's own address goes: admitted, routed by its path, its head changed as little as can be. */
import { timingSafeEqual } from 'node:crypto';
import type { Head } from '../http/head.ts';
import { rewrittenRequest } from '../http/rewrite.ts';
import { refusalOf } from './admission.ts';
import type { Passing } from './connection.ts';
import type { Routes } from './routes.ts';

/** `port`: where the proxy listens. `routes` is asked for each request: they change while connections are open. */
export const routedPassing =
  (port: number, routes: () => Routes): Passing =>
  (head) => {
    const refusal = refusalOf(head, port);
    if (refusal) return refusal;
    const found = routes().find(head.line.target);
    if (!found)
      return {
        status: 404,
        sentence: `No endpoint has this path. A path begins with the name of one: ${routes()
          .names.map((name) => `/${name}/`)
          .join(', ')}.`,
      };
    const { route, session, target, path } = found;
    const { lent } = route;
    const replaces = lent && fieldsWith(head, lent.clientKey);
    if (replaces?.size === 0)
      return {
        status: 401,
        sentence: `The endpoint ${route.name} lends its key only to clients that have the key of this proxy. Copy that key from Tracelane and use it as the API key.`,
      };
    const credential = lent && replaces && { field: lent.credential, replaces };
    const rewritten = rewrittenRequest(head, { target: path, host: target.host, ...(credential && { credential }) });
    return { route, session, target, path, ...rewritten, ...(lent && { key: lent.credential[1] }) };
  };

/** Names of the fields that carry this key, be it behind `Bearer`. Compared in constant time. */
function fieldsWith({ fields }: Head, key: string): ReadonlySet<string> {
  const expected = Buffer.from(key);
  const carries = (value: string): boolean => {
    const given = Buffer.from(value.replace(/^Bearer +/i, ''));
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return new Set(fields.filter(({ value }) => carries(value)).map(({ name }) => name.toLowerCase()));
}

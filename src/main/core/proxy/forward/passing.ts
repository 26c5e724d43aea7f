/** Where a request on the proxy's own address goes: admitted, routed by its path, its head changed as little as can be. */
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
    const { credential } = route;
    const rewritten = rewrittenRequest(head, { target: path, host: target.host, ...(credential && { credential }) });
    return { route, session, target, path, ...rewritten, ...(credential && { key: credential[1] }) };
  };

/** The app's own scheme: the window's files under an origin of their own, instead of `file:` and its privileges. */
import { protocol } from 'electron';
import { readRendererFile, securityHeaders } from '../renderer-files.ts';

const SCHEME = 'app';
const HOST = 'tracelane';
export const PAGE_URL = `${SCHEME}://${HOST}/`;

/** Node's parser gives schemes it does not know no origin, so the two parts are compared. */
export function isOwnOrigin(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === `${SCHEME}:` && parsed.host === HOST;
}

/** Once, before the app is ready. A standard scheme has an origin; a secure one has the clipboard. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function serveRenderer(folder: string): void {
  protocol.handle(SCHEME, async ({ method, url }) => {
    const headers = securityHeaders();
    if (method !== 'GET') return new Response(null, { status: 405, headers });
    const file = isOwnOrigin(url) ? await readRendererFile(folder, new URL(url).pathname) : undefined;
    return file
      ? new Response(file.bytes, { headers: { ...headers, 'content-type': file.type } })
      : new Response(null, { status: 404, headers });
  });
}

/** The app's own scheme: the window's files under an origin of their own, instead of `file:` and its privileges. */
import { protocol } from 'electron';
import { readRendererFile, securityHeaders, type RendererFile } from '../renderer-files.ts';

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

/** `openingPage`: what stands in the place of the window's page, as long as there is one. */
export function serveRenderer(folder: string, openingPage: () => RendererFile | undefined): void {
  protocol.handle(SCHEME, async ({ method, url }) => {
    const headers = securityHeaders();
    if (method !== 'GET') return new Response(null, { status: 405, headers });
    const path = isOwnOrigin(url) ? new URL(url).pathname : undefined;
    const early = path === '/' ? openingPage() : undefined;
    const file = early ?? (path === undefined ? undefined : await readRendererFile(folder, path));
    return file
      ? new Response(file.bytes, { headers: { ...headers, 'content-type': file.type } })
      : new Response(null, { status: 404, headers });
  });
}

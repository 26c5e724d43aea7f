/**
 * What a window may not do, for every window there will ever be: go elsewhere, open another, embed one, ask for a device or
 * the network, save what is not ours. A page that a trace had taken over would find nothing here to work with.
 */
import { app, session, type WebContents } from 'electron';
import { askBeforeLinks } from './links.ts';
import { isOwnOrigin, PAGE_URL } from './scheme.ts';

export function guardWindows(): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

function guardContents(contents: WebContents): void {
  // Reloading the page is the only navigation; `will-frame-navigate` comes for the main frame, too.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || event.url !== PAGE_URL) event.preventDefault();
  });
  contents.on('will-navigate', (event) => {
    if (event.url !== PAGE_URL) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  askBeforeLinks(contents);
}

/** After the app is ready: there is no session before. */
export function guardSession(): void {
  const { defaultSession } = session;
  const allowed = (permission: string, url: string) => permission === 'clipboard-sanitized-write' && isOwnOrigin(url);
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(allowed(permission, requestingUrl)),
  );
  defaultSession.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    allowed(permission, requestingOrigin),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  // The content policy says the same; this holds for what a policy does not see, such as a navigation or `file:`.
  defaultSession.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !isLocal(url) }));
  // What the window made itself, such as a comparison, may be saved.
  defaultSession.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) event.preventDefault();
  });
}

const isOwnBlob = (url: string): boolean => url.startsWith('blob:') && isOwnOrigin(url.slice('blob:'.length));

function isLocal(url: string): boolean {
  return isOwnOrigin(url) || isOwnBlob(url) || /^(?:data|devtools):/.test(url);
}

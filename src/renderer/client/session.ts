/**
 * What opens the headless host to this page: a code in the address is exchanged for a token, once, and taken out of it. The token is
 * kept for this origin, port included; a cookie would be sent to every port of this machine.
 */

/** Of all pages of this origin: a second tab needs no address of its own. */
const KEPT = 'tracelane.token';
/** See the guard of the headless host. */
const CODE_HEADER = 'tracelane-code';
const [PROTOCOL, TOKEN_PROTOCOL] = ['tracelane', 'tracelane.token.'];

let token = storedToken();
let exchange: Promise<void> | undefined;

/** The WebSocket protocols that open the host. Resolves once a code in the address was exchanged. */
export async function openingProtocols(): Promise<string[]> {
  await (exchange ??= exchangeCode());
  // Another tab may have been opened with an address of a later start.
  token = storedToken() ?? token;
  return token === undefined ? [PROTOCOL] : [PROTOCOL, TOKEN_PROTOCOL + token];
}

async function exchangeCode(): Promise<void> {
  const address = new URL(location.href);
  const code = address.searchParams.get('code');
  if (code === null) return;
  address.searchParams.delete('code');
  history.replaceState(history.state, '', address);
  const answer = await fetch('/session', { method: 'POST', headers: { [CODE_HEADER]: code } }).catch(() => undefined);
  // An address that was used before: this browser may have what it was exchanged for.
  if (answer?.ok !== true) return;
  token = await answer.text();
  try {
    localStorage.setItem(KEPT, token);
  } catch {
    // Then this tab alone is open, until it is loaded again.
  }
}

function storedToken(): string | undefined {
  try {
    return localStorage.getItem(KEPT) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Faults of the window itself: what its users can tell of one. What the program answers is not among them. */
import type { AppInfo } from '../../shared/rpc/contract.ts';
import { useApp } from './app.ts';

export interface Fault {
  /** What failed, as the subject of a sentence: `The Compare tab`. */
  readonly what: string;
  readonly error: unknown;
  /** React's list of the components around it. */
  readonly components?: string | null;
}

/** Code that is loaded when it is first needed did not come. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
}

/** Where the window stood. */
export interface Place {
  readonly info: Pick<AppInfo, 'version' | 'host' | 'platform'> | null;
  readonly browser: string;
  readonly origin: string;
  readonly trace: string | null;
  readonly centre: string;
  readonly pane: string;
  readonly dialog: string | null;
}

const MAX_MESSAGE = 300;
const MAX_LINES = 30;

/** The fault as one sentence. */
export function faultSentence({ what, error }: Pick<Fault, 'what' | 'error'>): string {
  if (error instanceof LoadError) return `${what} could not be loaded.`;
  const message = messageOf(error);
  return `${what} failed: ${/[.!?]$/.test(message) ? message : `${message}.`}`;
}

/**
 * The report that can be copied. Pure. Messages of errors quote what they stumbled over, which may be a part of a request,
 * an answer or a key: of a quotation only what looks like a name of the program's own is kept.
 */
export function faultReport({ what, error, components }: Fault, place: Place): string {
  const { info } = place;
  const cause = error instanceof Error && error.cause !== undefined ? `\nCause: ${named(error.cause)}` : '';
  const stack = stackOf(error, place.origin);
  return [
    `Fault in the Tracelane window: ${what}`,
    `Version: ${info ? `${info.version}, ${info.host}, ${info.platform}` : 'unknown, the program had not responded'}`,
    `Browser: ${place.browser}`,
    `Trace: ${place.trace ?? 'none'}`,
    `Tab: ${place.centre}; pane: ${place.pane}; dialog: ${place.dialog ?? 'none'}`,
    `Error: ${named(error)}${cause}`,
    stack === '' ? 'Stack: none' : `Stack:\n${stack}`,
    ...(components ? [`Components:\n${linesOf(components, place.origin)}`] : []),
    '',
  ].join('\n');
}

/** The report of a fault that came just now. */
export function reportNow(fault: Fault): string {
  const { info, selected, centre, pane, overlay } = useApp.getState();
  return faultReport(fault, {
    info,
    browser: navigator.userAgent,
    origin: location.origin,
    trace: selected,
    centre,
    pane,
    dialog: overlay?.id ?? null,
  });
}

const named = (error: unknown): string => `${error instanceof Error ? error.name : typeof error}: ${messageOf(error)}`;

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === 'string' ? error : 'it gave no message';
  const clean = withoutQuotations(text);
  return clean.length > MAX_MESSAGE ? `${clean.slice(0, MAX_MESSAGE)}…` : clean;
}

/** One character gives nothing away, and names the token that was not expected. */
const NAME = /^(?:[\w$.]{1,40}|.)$/;
/** JSON is quoted with its own quotation marks unmasked: from the first to the last of them counts as one. */
const DOUBLY_QUOTED = /"([\s\S]*)"|"([^"]*)$/;
/** An apostrophe inside a word opens none, and one that is never closed takes the rest. */
const QUOTED = /(?<!\w)(['`])([\s\S]*?)(?:\1(?!\w)|$)/g;
/** As keys and tokens look. */
const TOKEN = /(?=[\w+/=-]*\d)[\w+/=-]{20,}/g;

const leftOut = (text: string): string => `[${text.length} characters left out]`;

const withoutQuotations = (text: string): string =>
  text
    .replace(DOUBLY_QUOTED, (whole, inside: string | undefined, rest: string) =>
      inside !== undefined && NAME.test(inside) ? whole : `"${leftOut(inside ?? rest)}"`,
    )
    .replaceAll(QUOTED, (whole, quote: string, inside: string) =>
      NAME.test(inside) ? whole : `${quote}${leftOut(inside)}${quote}`,
    )
    .replaceAll(TOKEN, leftOut);

/** Without its first lines, which repeat the message. */
function stackOf(error: unknown, origin: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return '';
  const at = error.stack.indexOf(error.message);
  return linesOf(at < 0 ? error.stack : error.stack.slice(at + error.message.length), origin);
}

const linesOf = (text: string, origin: string): string =>
  text
    .split('\n')
    .filter((line) => /^\s+at |@\S*:\d+:\d+$/.test(line) && line.length < 500)
    .slice(0, MAX_LINES)
    .map((line) => `  ${line.trim().replaceAll(origin, '')}`)
    .join('\n');

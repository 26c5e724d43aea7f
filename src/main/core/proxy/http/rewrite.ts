/**
 * What a proxy changes in the head of a request, and nothing else: the target's path and the Host, which name another server
 * to the client than to the provider, and the fields that are meant for one connection alone (RFC 9110, 7.6.1). Each client
 * connection has one connection to the provider for itself, so that `connection: close` or `keep-alive` says the same on both.
 */
import type { HeadChange } from '../../../../shared/model/capture.ts';
import { field, tokensOf, type Field, type Head, type RequestLine } from './head.ts';

export interface RewriteSetup {
  /** The path and query that the provider gets. */
  readonly target: string;
  readonly host: string;
  /** The endpoint's own key, and the names of the fields that it takes the place of. */
  readonly credential?: {
    readonly field: readonly [name: string, value: string];
    readonly replaces: ReadonlySet<string>;
  };
}

export interface Rewritten {
  readonly head: Head;
  readonly changes: readonly HeadChange[];
}

/** Options of a connection that hold on both sides of this proxy. */
const SHARED_OPTIONS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', 'te', 'http2-settings']);
/** Fields that a client says to its proxy only. */
const FOR_PROXIES: ReadonlySet<string> = new Set(['proxy-connection', 'proxy-authorization', 'proxy-authenticate']);

export function rewrittenRequest(head: Head & { readonly line: RequestLine }, setup: RewriteSetup): Rewritten {
  const { method, target, version } = head.line;
  const changes: HeadChange[] = [];
  if (setup.target !== target) changes.push({ field: 'path', change: 'replaced' });
  const named = tokensOf(head, 'connection').filter((option) => !SHARED_OPTIONS.has(option));
  const fields = head.fields.flatMap((one): readonly Field[] => {
    const lower = one.name.toLowerCase();
    if (lower === 'host') return [replaced(one, setup.host, changes)];
    if (FOR_PROXIES.has(lower) || (named.includes(lower) && lower !== 'connection')) return removed(one, changes);
    if (lower === 'connection' && named.length > 0) return withoutOptions(one, changes);
    return [one];
  });
  return {
    head: {
      ...head,
      startLine: setup.target === target ? head.startLine : `${method} ${setup.target} HTTP/${version}\r\n`,
      fields: setup.credential
        ? withCredential(fields, setup.credential.field, setup.credential.replaces, changes)
        : fields,
    },
    changes,
  };
}

/**
 * The head of an answer without the fields that its `connection` names for one connection alone; null where there is none, so
 * that its bytes stay as they are.
 */
export function rewrittenAnswer(head: Head): Rewritten | null {
  const named = tokensOf(head, 'connection').filter((option) => !SHARED_OPTIONS.has(option));
  if (named.length === 0) return null;
  const changes: HeadChange[] = [];
  const fields = head.fields.flatMap((one): readonly Field[] => {
    const lower = one.name.toLowerCase();
    if (lower === 'connection') return withoutOptions(one, changes);
    return named.includes(lower) ? removed(one, changes) : [one];
  });
  return { head: { ...head, fields }, changes };
}

function replaced(one: Field, value: string, changes: HeadChange[]): Field {
  if (one.value === value) return one;
  changes.push({ field: one.name, change: 'replaced' });
  return field(one.name, value);
}

function removed(one: Field, changes: HeadChange[]): readonly Field[] {
  changes.push({ field: one.name, change: 'removed' });
  return [];
}

function withoutOptions(one: Field, changes: HeadChange[]): readonly Field[] {
  const kept = one.value
    .split(',')
    .map((option) => option.trim())
    .filter((option) => SHARED_OPTIONS.has(option.toLowerCase()));
  if (kept.length === 0) return removed(one, changes);
  return [replaced(one, kept.join(', '), changes)];
}

/** In the place of the first field that it replaces. */
function withCredential(
  fields: readonly Field[],
  [name, value]: readonly [string, string],
  replaces: ReadonlySet<string>,
  changes: HeadChange[],
): readonly Field[] {
  const isReplaced = (one: Field): boolean => replaces.has(one.name.toLowerCase());
  const first = fields.findIndex(isReplaced);
  return fields.flatMap((one, at) => {
    if (!isReplaced(one)) return [one];
    if (at !== first) return removed(one, changes);
    const same = one.name.toLowerCase() === name;
    if (!same) changes.push({ field: one.name, change: 'removed' });
    changes.push({ field: name, change: same ? 'replaced' : 'added' });
    return [field(same ? one.name : name, value)];
  });
}

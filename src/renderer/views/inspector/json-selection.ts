/**
 * Which value of an event's JSON is the delta, and where its bytes are: the one thing that is marked in the parsed text and
 * in the raw bytes alike. Pure.
 */
import type { ByteRange } from '../../components/hex.ts';
import { jsonMembers, type JsonMember } from '../../components/json-members.ts';

/** Names under which the providers put what is new. */
const DELTA_KEYS: ReadonlySet<string> = new Set([
  'partial_json',
  'text',
  'thinking',
  'signature',
  'arguments',
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'delta',
  'data',
]);
/** Above this many UTF-16 units no value is looked for. */
const LONGEST = 512 * 1024;

/** Number of the member that holds the delta whose beginning is `preview`; null: none is told. */
export function deltaMember(text: string, members: readonly JsonMember[], preview: string): number | null {
  const at = members.findLastIndex((member) => {
    if (!member.leaf || member.key === null || !DELTA_KEYS.has(member.key) || text[member.valueStart] !== '"')
      return false;
    const value = stringOf(text.slice(member.valueStart, member.end));
    return preview === '' ? value === '' : value !== null && value.startsWith(preview);
  });
  return at < 0 ? null : at;
}

function stringOf(json: string): string | null {
  try {
    return JSON.parse(json) as string;
  } catch {
    return null;
  }
}

/** The members of an event's indented JSON; none of one that is too long. */
export const membersOf = (json: string): readonly JsonMember[] => (json.length > LONGEST ? [] : jsonMembers(json));

/**
 * The bytes of member `number` in a frame that begins at `start` of the body. Null where they are not in one piece: JSON
 * over several data lines, or bytes that are not UTF-8.
 */
export function bytesOfMember(frame: Uint8Array, start: number, number: number): ByteRange | null {
  if (frame.length > LONGEST) return null;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame);
  } catch {
    return null;
  }
  const lines = [...text.matchAll(/(?:^|[\r\n])data:/g)];
  if (lines.length !== 1) return null;
  const begin = lines[0]!.index + lines[0]![0].length;
  const end = text.slice(begin).search(/[\r\n]/);
  const json = end < 0 ? text.slice(begin) : text.slice(begin, begin + end);
  const member = jsonMembers(json)[number];
  if (!member) return null;
  const size = (length: number) => new TextEncoder().encode(text.slice(0, length)).length;
  return [start + size(begin + member.start), start + size(begin + member.end)];
}

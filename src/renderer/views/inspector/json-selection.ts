/** Which value of an event's JSON is the delta: the one thing that is marked in the parsed text and in the raw bytes alike. Pure. */
import { jsonMembers, type JsonMember } from '../../../shared/json/json-members.ts';

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

/** Which value of an event's JSON is the delta: the one thing that is marked in the parsed text and in the raw bytes alike. Pure. */
import { jsonMembers, type JsonMember } from '../../../shared/json/json-members.ts';
import { parseJson } from '../../../shared/json/json-object.ts';

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

/** Above this many lines, which are values, an event that is too long is not read at all. */
const MOST_LINES = 2_000;

/** The value of an event's indented JSON; null of one that would take too long to read, as a long text alone does not. */
export function valueOf(json: string): unknown {
  if (json.length <= LONGEST) return parseJson(json);
  let lines = 0;
  for (let at = json.indexOf('\n'); at >= 0; at = json.indexOf('\n', at + 1)) if (++lines > MOST_LINES) return null;
  return parseJson(json);
}

/** The members of an event's indented JSON; none of one that is too long. */
export const membersOf = (json: string): readonly JsonMember[] => (json.length > LONGEST ? [] : jsonMembers(json));

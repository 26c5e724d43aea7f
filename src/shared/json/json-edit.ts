/** Puts fields into the text of a JSON object, and takes them out, and leaves every other character as it was written. */
import { jsonMembers, type JsonMember } from './json-members.ts';
import { objectOf } from './json-object.ts';

/**
 * Sets the field at a path that leads through objects; those that are missing are made. A new field goes to the end of its
 * object, set as the others are. `text` must be the JSON of an object; what stands on the way and is no object is replaced.
 */
export function withField(text: string, path: readonly [string, ...string[]], value: unknown): string {
  const members = jsonMembers(text);
  let parent = -1;
  for (let at = 0; at < path.length; at++) {
    const rest = path.slice(at + 1).reduceRight((inner, name) => ({ [name]: inner }), value);
    const number = numberOf(members, parent, path[at]!);
    if (number < 0) return inserted(text, members, parent, path[at]!, rest);
    const member = members[number]!;
    const isLast = at === path.length - 1;
    if (isLast || objectOf(JSON.parse(text.slice(member.valueStart, member.end))) === null)
      return text.slice(0, member.valueStart) + JSON.stringify(rest) + text.slice(member.end);
    parent = number;
  }
  return text;
}

/** Takes out a field of the object itself, however often it is there, with its comma. */
export function withoutField(text: string, name: string): string {
  let left = text;
  for (;;) {
    const members = jsonMembers(left);
    const number = numberOf(members, -1, name);
    if (number < 0) return left;
    const own = members.filter(({ parent }) => parent === -1);
    const { start, end } = members[number]!;
    const next = own.find((member) => member.start > start);
    const before = own.findLast((member) => member.start < start);
    // With what parts it from the next field; the last one with what parts it from the one before.
    left = next ? left.slice(0, start) + left.slice(next.start) : left.slice(0, before?.end ?? start) + left.slice(end);
  }
}

/** The last of repeated keys is the one that counts; -1 without any. */
const numberOf = (members: readonly JsonMember[], parent: number, name: string): number =>
  members.findLastIndex((member) => member.parent === parent && member.key !== null && keyOf(member.key) === name);

const keyOf = (written: string): unknown => JSON.parse(`"${written}"`);

function inserted(text: string, members: readonly JsonMember[], parent: number, name: string, value: unknown): string {
  const open = parent < 0 ? text.indexOf('{') : members[parent]!.valueStart;
  const last = members.findLast((member) => member.parent === parent);
  const field = (colon: string): string => `${JSON.stringify(name)}${colon}${JSON.stringify(value)}`;
  if (!last) return text.slice(0, open + 1) + field(': ') + text.slice(open + 1);
  const colon = /^\s*:\s*/.exec(text.slice(last.start + last.key!.length + 2, last.valueStart))?.[0] ?? ':';
  // What stands before the last field on its line, or between it and the comma.
  const space = /\s*$/.exec(text.slice(open + 1, last.start))![0];
  return `${text.slice(0, last.end)},${space}${field(colon)}${text.slice(last.end)}`;
}

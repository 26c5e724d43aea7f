/** Rules that hold for every API on what arguments of a tool call parsers read in more than one way. */
import { jsonMembers, type JsonMember } from '../json/json-members.ts';
import type { WireBlock, WireOutcome } from '../model/messages.ts';
import { callName, callsOf } from './call-rules.ts';
import { chat, chatCall, chatEnd } from './example-bodies.ts';
import type { LintRule } from './rule.ts';

const MAX_SHOWN = 40;

const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Calls whose arguments came whole, and are JSON. */
const readable = (outcome: WireOutcome): readonly WireBlock[] =>
  callsOf(outcome).filter(({ valid, closed }) => closed && valid === true);

/** Two members of one object with the same key, the first that there are. */
function keyTwice(members: readonly JsonMember[]): readonly [JsonMember, JsonMember] | null {
  const seen = new Map<string, JsonMember>();
  for (const member of members) {
    if (member.key === null) continue;
    const place = `${member.parent}/${member.key}`;
    const before = seen.get(place);
    if (before) return [before, member];
    seen.set(place, member);
  }
  return null;
}

/** An integer of so many digits may be one that no number of 64 bits is equal to. */
const MANY_DIGITS = /\d{16}/;
/** Of a longer integer no number of 64 bits has the size. */
const MAX_DIGITS = 309;

/** Whether readers that keep numbers in 64 bits with a floating point make another integer of it. */
function isRounded(literal: string): boolean {
  if (!/^-?\d{16,}$/.test(literal)) return false;
  if (literal.length > MAX_DIGITS) return true;
  return BigInt(Number(literal)) !== BigInt(literal);
}

export const ARGUMENT_RULES: readonly LintRule[] = [
  {
    id: 'arguments-key-twice',
    strict: 'warning',
    lenient: 'warning',
    help: 'An object in the arguments of a call has one key twice. JSON does not say which of the two counts.',
    advice:
      'JSON.parse and json.loads keep the last and say nothing, and other parsers keep the first or refuse the text: what was checked may not be what runs. Send an error back as the result of the call, so that the model can try again.',
    example: chat(chatCall(0, 'a', 'f', '{"path":"/a","path":"/b"}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{"path":"/a","to":{"path":"/b"}}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of readable(outcome)) {
          const pair = keyTwice(jsonMembers(one.text));
          if (!pair) continue;
          const [before, after] = pair.map(({ valueStart, end }) => shown(one.text.slice(valueStart, end)));
          report(
            one.lastEvent,
            `The arguments of ${callName(one)} have the key "${shown(pair[0].key!)}" twice in one object: with ${before}, and with ${after}.`,
          );
        }
      },
    }),
  },
  {
    id: 'arguments-number-rounded',
    strict: 'warning',
    lenient: 'info',
    help: 'The arguments of a call have an integer beyond 2^53 that a number of JavaScript cannot hold. Ids of messages, users and orders are that long.',
    advice:
      'JSON.parse gives the nearest integer that it has, which is the id of something else; Python keeps it as it is. Let the schema of the tool ask for such a value as text.',
    example: chat(chatCall(0, 'a', 'f', '{"id":9007199254740993}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{"id":"9007199254740993"}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of readable(outcome)) {
          if (!MANY_DIGITS.test(one.text)) continue;
          const found = jsonMembers(one.text)
            .map(({ valueStart, end }) => one.text.slice(valueStart, end))
            .find(isRounded);
          if (found !== undefined)
            report(
              one.lastEvent,
              `The arguments of ${callName(one)} have the number ${shown(found)}, of which JavaScript makes ${shown(String(Number(found)))}.`,
            );
        }
      },
    }),
  },
];

/** Rules that hold for every API on what arguments of a tool call parsers read in more than one way. */
import { jsonMembers, type JsonMember } from '../json/json-members.ts';
import { parseJson } from '../json/json-object.ts';
import type { WireBlock, WireOutcome } from '../model/messages.ts';
import { callName, callsOf } from './call-rules.ts';
import { chat, chatCall, chatEnd } from './example-bodies.ts';
import type { LintCheck, LintRule, LintStream, Report } from './rule.ts';

const MAX_SHOWN = 40;

const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Calls whose arguments came whole, and are JSON. */
const readable = (outcome: WireOutcome): readonly WireBlock[] =>
  callsOf(outcome).filter(({ valid, closed }) => closed && valid === true);

/** Fields that have arguments as an object. */
const OBJECTS: ReadonlySet<string | null> = new Set(['args', 'arguments', 'input']);

/** Arguments as they were sent: those that came as an object were read on their way, and keep neither a key nor a digit too many. */
class SentArguments {
  readonly #stream: LintStream;
  /** Those of one event, by the text that they were read as: an event may have many calls. */
  #event: number | null = null;
  #objects: ReadonlyMap<string, string> = new Map();

  constructor(stream: LintStream) {
    this.#stream = stream;
  }

  of({ text, firstEvent }: WireBlock): string {
    if (firstEvent !== this.#event) {
      this.#event = firstEvent;
      this.#objects = objectsIn(this.#stream.frameAt(firstEvent)?.data ?? '');
    }
    return this.#objects.get(text) ?? text;
  }
}

function objectsIn(data: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let past = 0;
  for (const { key, leaf, valueStart, end } of jsonMembers(data)) {
    // What stands within the arguments is none.
    if (leaf || valueStart < past || !OBJECTS.has(key)) continue;
    past = end;
    const sent = data.slice(valueStart, end);
    found.set(JSON.stringify(parseJson(sent)), sent);
  }
  return found;
}

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

/** A check that looks at the arguments of each call that has them whole, as they were sent. */
const eachArguments = (look: (call: WireBlock, text: string, report: Report) => void): LintCheck => ({
  end(stream, report) {
    const sent = new SentArguments(stream);
    for (const call of readable(stream.outcome)) look(call, sent.of(call), report);
  },
});

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
    check: () =>
      eachArguments((call, text, report) => {
        const pair = keyTwice(jsonMembers(text));
        if (!pair) return;
        const [before, after] = pair.map(({ valueStart, end }) => shown(text.slice(valueStart, end)));
        report(
          call.lastEvent,
          `The arguments of ${callName(call)} have the key "${shown(pair[0].key!)}" twice in one object: with ${before}, and with ${after}.`,
        );
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
    check: () =>
      eachArguments((call, text, report) => {
        if (!MANY_DIGITS.test(text)) return;
        const found = jsonMembers(text)
          .map(({ valueStart, end }) => text.slice(valueStart, end))
          .find(isRounded);
        if (found !== undefined)
          report(
            call.lastEvent,
            `The arguments of ${callName(call)} have the number ${shown(found)}, of which JavaScript makes ${shown(String(Number(found)))}.`,
          );
      }),
  },
];

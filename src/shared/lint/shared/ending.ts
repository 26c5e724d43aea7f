/** Rules of several APIs on how an answer ends: its reason, its terminator, and what comes after. */
import { stringOf, type JsonObject } from '../../json/json-object.ts';
import { nearestName } from '../../text/nearest.ts';
import { chat, chatEnd, chatText, chunk } from '../example-bodies.ts';
import { isDone, type Examples, type LintEvent, type LintRule } from '../rule.ts';

/** `endOf`: what an event is called that ends the stream; null for every other. */
export const afterTerminator = (endOf: (event: LintEvent) => string | null, examples: Examples): LintRule => ({
  id: 'after-terminator',
  strict: 'warning',
  lenient: 'info',
  help: 'Data follows the event that ends the stream.',
  pastEnd: true,
  advice:
    'Clients stop reading there, as the openai SDK does at [DONE], and lose what follows; others, as the Anthropic SDK, append it. Look at what was sent too late, and report it to the server.',
  ...examples,
  check: () => {
    let ended: string | null = null;
    return {
      settled: true,
      event(event, report) {
        const { frame } = event;
        // A Responses stream of a compatible server may end with [DONE] as well.
        if (ended !== null && frame.dispatches && !(isDone(frame.data) && ended !== '[DONE]'))
          report(frame, `This event follows ${ended}.`);
        ended = endOf(event) ?? ended;
      },
    };
  },
});

export const AFTER_DONE = afterTerminator(({ frame }) => (isDone(frame.data) ? '[DONE]' : null), {
  example: chat(chunk({ role: 'assistant', content: 'Hi' }), chatEnd()[0], '[DONE]', chunk({ content: '!' })),
  counterexample: chatText('Hi'),
});

/** For APIs of events that are not ended by [DONE]. */
export const foreignDone = (advice: string, examples: Examples): LintRule => ({
  id: 'done-foreign',
  strict: 'warning',
  lenient: 'info',
  help: 'The stream ends with [DONE], which is the terminator of Chat Completions and no event of this API. A gateway that speaks several APIs ends all of them alike.',
  advice,
  pastEnd: true,
  ...examples,
  check: () => ({
    event({ frame }, report) {
      if (isDone(frame.data)) report(frame, 'This event is [DONE], which this API does not have.');
    },
  }),
});

/** For APIs whose finish reason is not what ends the stream. */
export const CONTENT_AFTER_FINISH: LintRule = {
  id: 'content-after-finish',
  strict: 'error',
  lenient: 'warning',
  help: 'Content follows the reason why the answer ended.',
  advice:
    'Clients that act on the reason never see it: they run the tools, or close the answer. Read on up to the terminator, and report it to the server.',
  example: chat(chunk({ role: 'assistant', content: 'Hi' }), chatEnd()[0], chunk({ content: ' there' }), '[DONE]'),
  counterexample: chatText('Hi', ' there'),
  check: () => {
    const choices = new Map<string, number>();
    const finished = new Map<number, string | null>();
    return {
      message(said, event, report) {
        if (said.message_type === 'block_start') choices.set(said.block, said.choice);
        if (said.message_type === 'finish' && said.finish.raw !== null) finished.set(said.choice, said.finish.raw);
        // A message that begins anew has its end before it.
        if (said.message_type === 'event' && said.type === 'message') finished.clear();
        if (finished.size === 0 || !('block' in said) || said.message_type === 'block_stop') return;
        const choice = choices.get(said.block) ?? 0;
        const reason = finished.get(choice);
        if (reason === undefined || !adds(said)) return;
        report(event, `Content of choice ${choice} comes after its finish reason, ${reason}.`, String(choice));
      },
    };
  },
};

/** Whether a message of a block adds content to it. */
function adds(said: { readonly message_type: string } & JsonObject): boolean {
  if (said.message_type === 'tool_call_message') return true;
  return ['content', 'reasoning'].some((field) => Boolean(said[field]));
}

/** `reasonsOf`: the finish reasons that an event says, with their choices. `renews`: whether an event begins another answer. */
export const finishTwice = (
  reasonsOf: (data: JsonObject, type: string) => readonly { readonly choice: number; readonly reason: string }[],
  renews: (type: string) => boolean,
  examples: Examples,
): LintRule => ({
  id: 'finish-twice',
  strict: 'warning',
  lenient: 'info',
  help: 'The answer has two finish reasons: a proxy or a fallback ended it a second time.',
  advice:
    'Clients that keep the last one, as the SDKs do, may lose a tool call that the first announced; clients that act on the first act too early. Go by the calls themselves, and report it to the server.',
  ...examples,
  check: () => {
    const reasons = new Map<number, string>();
    return {
      settled: true,
      event({ frame, data, type }, report) {
        if (renews(type)) reasons.clear();
        for (const { choice, reason } of data ? reasonsOf(data, type) : []) {
          const before = reasons.get(choice);
          if (before !== undefined)
            report(
              frame,
              before === reason
                ? `The answer has two finish reasons: ${reason} comes again.`
                : `The answer has two finish reasons: ${before}, and now ${reason}.`,
              String(choice),
            );
          reasons.set(choice, reason);
        }
      },
    };
  },
});

/** `words`: the reasons that the API has. `wordOf`: the one in a reason that says more. */
export const finishWord = (
  words: readonly string[],
  field: string,
  examples: Examples,
  wordOf = (raw: string): string => raw,
): LintRule => ({
  id: 'finish-unknown',
  strict: 'warning',
  lenient: 'info',
  help: "The finish reason is not one that the API has: it is spelt in another way, or it is another API's word, passed on by a gateway.",
  advice:
    'Clients that know the words of the API alone take it for an error, or for an answer that goes on. Map it to the word of the API, and report it to the server.',
  ...examples,
  check: () => ({
    hears: ['finish'],
    message(said, event, report) {
      if (said.message_type !== 'finish' || said.finish.raw === null || words.includes(wordOf(said.finish.raw))) return;
      const { raw, unified } = said.finish;
      const near = words.find((word) => word === SAME_AS[raw.toLowerCase()]) ?? nearestWord(raw, words);
      if (unified === 'error') return;
      report(
        event,
        `${JSON.stringify(raw)} is no ${field} of this API${near === null ? '' : `; the nearest is ${near}`}.`,
        raw,
      );
    },
  }),
});

/** A word that is much longer than the one that it contains means something else. */
const MAX_LONGER = 4;

function nearestWord(raw: string, words: readonly string[]): string | null {
  const near = nearestName(raw, words);
  return near !== null && raw.length - near.length <= MAX_LONGER ? near : null;
}

/** Words of one API that mean what those of another do. */
const SAME_AS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  eos: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  tool_calls: 'tool_use',
  stop: 'end_turn',
  length: 'max_tokens',
};

/** `reasonOf`: a reason that an event has in another place than its own, with that place; null where there is none. */
export const finishElsewhere = (
  field: string,
  reasonOf: (data: JsonObject, type: string) => { readonly where: string; readonly reason: string } | null,
  examples: Examples,
): LintRule => ({
  id: 'finish-elsewhere',
  strict: 'error',
  lenient: 'warning',
  help: 'The reason why the answer ended has another name or place than in the API: camel case, the name of another API, the delta instead of the choice.',
  advice:
    'No client looks for it there: the answer looks as if it had been cut. Read it from where it is, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      const found = data && !data['error'] ? reasonOf(data, type) : null;
      if (found) report(frame, `There is no ${field}; ${found.where}: ${found.reason}.`, found.where);
    },
  }),
});

/** The first field of an object that is a text and one of some. */
export function firstText(
  holder: JsonObject | null,
  fields: ReadonlySet<string>,
): { readonly field: string; readonly text: string } | null {
  if (holder)
    for (const field in holder) {
      const text = fields.has(field) ? stringOf(holder[field]) : null;
      if (text) return { field, text };
    }
  return null;
}

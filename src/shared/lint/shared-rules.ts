/** Rules that several APIs share and others have no use for: each provider lists those that hold for it. */
import { isDone, type LintEvent, type LintRule } from './rule.ts';

/** For streams that end with `[DONE]`. */
export const DONE_MISSPELT: LintRule = {
  id: 'done-misspelt',
  strict: 'error',
  lenient: 'error',
  help: 'Only data that is exactly [DONE] ends an OpenAI stream. Anything near it is read as broken JSON.',
  check: () => ({
    event({ frame }, report) {
      if (!isDone(frame.data) && frame.data.length < 16 && /^\s*"?\[done\]"?\s*$/i.test(frame.data))
        report(frame, `${JSON.stringify(frame.data)} is not the terminator [DONE].`);
    },
  }),
};

/** For events that are named twice: by the frame and in their data. */
export const NAME_AND_TYPE: LintRule = {
  id: 'name-and-type',
  strict: 'error',
  lenient: 'warning',
  help: "The event's name and the type in its data differ. SDKs go by one or the other, so that two clients read two different streams.",
  check: () => ({
    event({ frame, data, type }, report) {
      if (data && typeof data['type'] === 'string' && frame.name !== '' && frame.name !== type)
        report(frame, `The event is named ${frame.name}, its data says ${type}.`);
    },
  }),
};

/** `endOf`: what an event is called that ends the stream; null for every other. */
export const afterTerminator = (endOf: (event: LintEvent) => string | null): LintRule => ({
  id: 'after-terminator',
  strict: 'warning',
  lenient: 'info',
  help: 'Data follows the terminator. The openai SDK ignores it, the Anthropic SDK appends it.',
  check: () => {
    let ended: string | null = null;
    return {
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

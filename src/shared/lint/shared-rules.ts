/** Rules that several APIs share and others have no use for: each provider lists those that hold for it. */
import { isDone, type LintEvent, type LintRule } from './rule.ts';

/** For events that are named twice: by the frame and in their data. */
export const NAME_AND_TYPE: LintRule = {
  id: 'name-and-type',
  strict: 'error',
  lenient: 'warning',
  help: "The event's name and the type in its data differ. SDKs use one or the other, so two clients can read two different streams.",
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

/** One piece of streamed text, and the block it belongs to. */
export interface TextPiece {
  readonly block: string;
  readonly text: string;
}

/** Shorter texts repeat by chance: "ha", "ha". */
const MIN_REPEATED = 8;
/** So many deltas in a row, each with all text before it, are no chance. */
const MIN_CUMULATIVE = 4;

/** A server that sends the whole text again after its deltas. `pieceOf`: the piece of text that an event adds. */
export const textRepeated = (pieceOf: (event: LintEvent) => TextPiece | null): LintRule => ({
  id: 'text-repeated',
  strict: 'error',
  lenient: 'warning',
  help: 'A delta repeats all of the text before it. The server sends the whole text at the end as if it were new; clients show the answer twice.',
  check: () => {
    const texts = new Map<string, { text: string; pieces: number }>();
    return {
      event(event, report) {
        const piece = pieceOf(event);
        if (!piece || piece.text === '') return;
        const before = texts.get(piece.block);
        if (!before) return void texts.set(piece.block, { text: piece.text, pieces: 1 });
        // The lengths nearly always differ, and then the pieces are never joined.
        if (
          before.pieces > 1 &&
          piece.text.length >= MIN_REPEATED &&
          piece.text.length === before.text.length &&
          piece.text === before.text
        )
          report(event.frame, `This delta repeats all ${piece.text.length} characters of the text before it.`);
        before.text += piece.text;
        before.pieces++;
      },
    };
  },
});

/** A server that sends with each delta all of the text so far. */
export const textCumulative = (pieceOf: (event: LintEvent) => TextPiece | null): LintRule => ({
  id: 'text-cumulative',
  strict: 'error',
  lenient: 'error',
  help: 'Each delta holds the whole text so far instead of what is new. Clients that join deltas, as the protocol says, show everything many times.',
  check: () => {
    const last = new Map<string, { text: string; grown: number }>();
    return {
      event(event, report) {
        const piece = pieceOf(event);
        if (!piece || piece.text === '') return;
        const { block, text } = piece;
        const before = last.get(block);
        const grows = before !== undefined && text.length > before.text.length && text.startsWith(before.text);
        const grown = grows ? before.grown + 1 : 1;
        last.set(block, { text, grown });
        if (grown === MIN_CUMULATIVE && text.length >= MIN_REPEATED)
          report(
            event.frame,
            `This delta is the ${ordinal(grown)} in a row that begins with all of the one before it.`,
          );
      },
    };
  },
});

const ordinal = (count: number): string => `${count}th`;

/** For APIs in which the arguments of a call come as text, or not at all. */
export const ARGUMENTS_EMPTY: LintRule = {
  id: 'arguments-empty',
  strict: 'warning',
  lenient: 'info',
  help: 'A call was closed with empty arguments. Empty text is not JSON: a client that parses it fails, where {} would be right for a tool without parameters.',
  check: () => ({
    end(outcome, report) {
      for (const { kind, type, closed, text, name, block, lastEvent } of outcome.blocks)
        if (kind === 'tool' && closed && text === '' && (type === 'function' || type === 'function_call'))
          report(lastEvent, `The arguments of ${name ?? block} are empty text, which is not JSON.`);
    },
  }),
};

/** Rules on the text of an answer that hold for every API: what stands in it that should be elsewhere, what is in it twice, and characters that were lost. */
import type { BlockKind, WireBlock, WireMessage, WireOutcome } from '../model/messages.ts';
import type { Frame } from '../model/stream.ts';
import { chat, chatEnd, chatText, chunk } from './example-bodies.ts';
import type { LintCheck, LintRule, LintStream, Report } from './rule.ts';
import { mojibakeIn } from './mojibake.ts';
import {
  begunMark,
  borderTag,
  callInJson,
  callInPython,
  callMark,
  formatMark,
  isQuoted,
  reactCall,
  reasoningMark,
} from './text-markup.ts';

const ofKind = ({ blocks }: WireOutcome, kind: BlockKind): readonly WireBlock[] =>
  blocks.filter((block) => block.kind === kind);

/** One piece of streamed text, with the block that it was added to. */
interface Piece {
  readonly block: string;
  readonly choice: number;
  readonly kind: 'text' | 'reasoning' | 'refusal' | 'tool';
  readonly text: string;
  readonly event: number | null;
}

/** A check that looks at each piece of text that is not empty. */
function eachPiece(look: (piece: Piece, report: Report) => void): Required<Pick<LintCheck, 'hears' | 'message'>> {
  const choices = new Map<string, number>();
  return {
    hears: ['block_start', ...(Object.keys(KINDS) as WireMessage['message_type'][])],
    message(message, event, report) {
      if (message.message_type === 'block_start') choices.set(message.block, message.choice);
      const kind = KINDS[message.message_type];
      if (kind === undefined) return;
      const text = textOf(message);
      if (text === '') return;
      const { block } = message as { readonly block: string };
      look({ block, choice: choices.get(block) ?? 0, kind, text, event }, report);
    },
  };
}

/** What kind of text a message brings. */
const KINDS: Readonly<Partial<Record<WireMessage['message_type'], Piece['kind']>>> = {
  assistant_message: 'text',
  reasoning_message: 'reasoning',
  refusal_message: 'refusal',
  tool_call_message: 'tool',
};

function textOf(message: WireMessage): string {
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return message.content;
    case 'reasoning_message':
      return message.reasoning;
    case 'tool_call_message':
      return message.tool_call.arguments ?? '';
    default:
      return '';
  }
}

/** Shorter texts repeat by chance: "ha", "ha". */
const MIN_REPEATED = 8;
/** A whole block that says what another one says is no chance from here on. */
const MIN_REPEATED_BLOCK = 20;
/** Nor is a block that begins with all of the text before it. */
const MIN_BEGUN_AGAIN = 24;
/** So many deltas in a row, each with all text before it, are no chance. */
const MIN_CUMULATIVE = 4;

/** Blanks around a text that is sent again without them. */
const MAX_BLANKS = 4;

/** What a choice has said so far, and where in it the block at hand begins. */
interface Said {
  text: string;
  pieces: number;
  block: string;
  start: number;
  ofBlock: number;
}

/** The lengths nearly always differ, and then the pieces are never joined. One piece that says what one before it said is chance. */
function saysAgain({ text, pieces, start, ofBlock }: Said, piece: string): boolean {
  return (
    (pieces > 1 && Math.abs(piece.length - text.length) <= MAX_BLANKS && piece.trim() === text.trim()) ||
    (ofBlock > 1 && piece.length === text.length - start && text.endsWith(piece))
  );
}

/** Where the character at an offset came, with the block as a whole for one that nothing brought. */
const placeOf = ({ eventAt }: LintStream, { block, firstEvent }: WireBlock, at: number): number =>
  eventAt(block, at) ?? firstEvent;

export const TEXT_RULES: readonly LintRule[] = [
  {
    id: 'call-markup-in-text',
    strict: 'error',
    lenient: 'warning',
    help: "The text contains a tool call as the model writes it: between tags, after a marker, or as bare JSON. The server should have made a tool call of it; its parser did not recognize the markup, or none is configured for the model (llama.cpp's --jinja, vLLM's --tool-call-parser).",
    advice:
      'The user reads it as text, and a call that comes as text alone is run by no client. Configure the parser for this model, or parse the markup yourself.',
    example: chatText('<tool_', 'call>{"name":"f","arguments":{}}', '</tool_call>'),
    counterexample: chatText('A tool call is written as JSON, ', 'or between `<tool_call>` tags.'),
    check: ({ offered }) => ({
      end(stream, report) {
        const { outcome } = stream;
        const calling = new Set(ofKind(outcome, 'tool').map(({ choice }) => choice));
        for (const one of outcome.blocks) {
          // What a model considers while it reasons need not be a call; without any call it was meant as one.
          if (one.kind !== 'text' && (one.kind !== 'reasoning' || calling.has(one.choice))) continue;
          const none = calling.has(one.choice) ? '' : ', and the answer has no tool call';
          const mark = callMark(one.text);
          const name = mark || one.kind !== 'text' ? null : callInJson(one.text);
          if (mark)
            report(
              placeOf(stream, one, mark.at),
              `The ${one.kind} ${one.block} contains tool-call markup (${mark.text}) at character ${mark.at}${none}.`,
            );
          else if (name !== null && none !== '')
            report(one.firstEvent, `The text ${one.block} is nothing but a call of ${name} in JSON${none}.`);
          else if (name !== null && ofKind(outcome, 'tool').some((call) => call.name === name))
            report(
              one.firstEvent,
              `The text ${one.block} is nothing but a call of ${name} in JSON, which comes as a tool call as well.`,
            );
          else if (one.kind === 'text' && none !== '' && callInPython(one.text) !== null)
            report(
              one.firstEvent,
              `The text ${one.block} is nothing but a call of ${callInPython(one.text)!} as Python writes one${none}.`,
            );
          else if (one.kind === 'text' && none !== '' && offered?.length !== 0) {
            // Without tools in the request this is how the client asked for it.
            const react = reactCall(one.text);
            if (react)
              report(
                placeOf(stream, one, react.at),
                `The text ${one.block} calls ${react.name} as text, by "Action:" and "Action Input:", at character ${react.at}${none}.`,
              );
          }
        }
      },
    }),
  },
  {
    id: 'format-markup-in-text',
    strict: 'warning',
    lenient: 'warning',
    help: "The text contains markers of the model's chat format: channels, turns, ends. The server should have removed them; its chat template does not fit the model, or a stop token is missing from its configuration.",
    advice:
      'Clients show the markers, and sent back in the history they confuse the model. Check the chat template and the stop tokens of the server.',
    example: chatText('<|chan', 'nel|>final<|message|>', 'Hi'),
    counterexample: chatText('The channel is final.'),
    check: () => ({
      end(stream, report) {
        for (const one of ofKind(stream.outcome, 'text')) {
          const mark = formatMark(one.text);
          const begun = mark ? null : begunMark(one.text);
          if (mark)
            report(
              placeOf(stream, one, mark.at),
              `The text ${one.block} contains a marker of the model's chat format (${mark.text}) at character ${mark.at}.`,
            );
          else if (begun)
            report(
              placeOf(stream, one, begun.at),
              `The text ${one.block} ends within a marker (${begun.text}) at character ${begun.at}: its other half was taken for markup, or lost.`,
            );
        }
      },
    }),
  },
  {
    id: 'reasoning-in-text',
    strict: 'warning',
    lenient: 'warning',
    help: "The reasoning is in the text of the answer, between tags. A server that is configured for its model sends it in a field or block of its own (vLLM's --reasoning-parser, llama.cpp's --reasoning-format).",
    advice:
      'Clients show it as the answer, and send it back in the history. Configure the reasoning parser for this model, or cut the text at the closing tag.',
    example: chatText('<th', 'ink>', 'Hm', '</think>', 'Hi'),
    counterexample: chatText('I think so.'),
    check: () => ({
      end(stream, report) {
        for (const one of ofKind(stream.outcome, 'text')) {
          const mark = reasoningMark(one.text);
          if (mark)
            report(
              placeOf(stream, one, mark.at),
              `The text ${one.block} contains reasoning between tags (${mark.text}) at character ${mark.at}.`,
            );
        }
      },
    }),
  },
  {
    id: 'tag-in-reasoning',
    strict: 'info',
    lenient: null,
    help: 'The reasoning has the tag of the model that opens or closes it. The server cut the output between deltas, or found the tag together with other text.',
    advice:
      'Clients show the tag, and sent back in the history it may end the reasoning of the next turn too early. Cut it off, and report it to the server.',
    example: chat(
      chunk({ role: 'assistant', reasoning_content: 'Hm</think>' }),
      chunk({ content: 'Hi' }),
      ...chatEnd(),
    ),
    counterexample: chat(
      chunk({ role: 'assistant', reasoning_content: 'They ask for `</think>`.' }),
      chunk({ content: 'Hi' }),
      ...chatEnd(),
    ),
    check: () => ({
      end(stream, report) {
        for (const one of ofKind(stream.outcome, 'reasoning')) {
          const mark = borderTag(one.text);
          if (mark)
            report(
              placeOf(stream, one, mark.at),
              `The reasoning ${one.block} ${mark.at === 0 ? 'begins' : 'ends'} with its tag (${mark.text}).`,
            );
        }
      },
    }),
  },
  {
    id: 'reasoning-equals-text',
    strict: 'warning',
    lenient: 'info',
    help: 'The reasoning and the text of the answer are the same, character by character. A server or gateway copies one field into the other, for clients that know only one of them.',
    advice:
      'Clients that show both show the answer twice. Read the text alone where the two are equal, and report it to the server.',
    example: chat(
      chunk({ role: 'assistant', reasoning_content: 'The answer is forty-two.' }),
      chunk({ content: 'The answer is forty-two.' }),
      ...chatEnd(),
    ),
    counterexample: chat(
      chunk({ role: 'assistant', reasoning_content: 'They ask for the answer.' }),
      chunk({ content: 'The answer is forty-two.' }),
      ...chatEnd(),
    ),
    check: () => ({
      end({ outcome }, report) {
        for (const choice of new Set(outcome.blocks.map((block) => block.choice))) {
          const joined = (kind: BlockKind): string =>
            ofKind(outcome, kind)
              .filter((block) => block.choice === choice)
              .map(({ text }) => text)
              .join('');
          const text = joined('text');
          if (text.length >= MIN_REPEATED_BLOCK && joined('reasoning') === text)
            report(
              ofKind(outcome, 'reasoning').find((block) => block.choice === choice)!.firstEvent,
              `The reasoning and the text are the same ${text.length} characters.`,
            );
        }
      },
    }),
  },
  {
    id: 'text-repeated',
    strict: 'error',
    lenient: 'warning',
    help: 'A delta, or a block, repeats all of the text before it. The server or a gateway sends the whole text at the end as if it were new.',
    advice:
      'Clients join it to what they have and show the answer twice. Drop a delta that equals all of the text before it, and report it to the server.',
    example: chatText('The answer is ', 'forty-two.', 'The answer is forty-two.'),
    counterexample: chatText('The answer is ', 'forty-two.', ' The question is unknown.'),
    check: () => {
      const texts = new Map<string, Said>();
      const told = new Set<string>();
      return {
        ...eachPiece(({ block, choice, kind, text, event }, report) => {
          if (kind === 'tool') return;
          const key = `${choice}/${kind}`;
          let said = texts.get(key);
          if (!said) texts.set(key, (said = { text: '', pieces: 0, block, start: 0, ofBlock: 0 }));
          if (said.block !== block) [said.block, said.start, said.ofBlock] = [block, said.text.length, 0];
          if (text.length >= MIN_REPEATED && saysAgain(said, text)) {
            told.add(key);
            report(event, `This delta repeats all ${text.length} characters of the ${kind} before it.`, key);
          }
          said.text += text;
          said.pieces++;
          said.ofBlock++;
        }),
        end({ outcome }, report) {
          const before = new Map<string, string>();
          for (const { block, kind, choice, text, firstEvent, lastEvent } of outcome.blocks) {
            if (kind !== 'text' && kind !== 'reasoning') continue;
            const key = `${choice}/${kind}`;
            const half = text.length / 2;
            // A third piece of the same would be a model in a loop.
            if (half >= MIN_REPEATED_BLOCK && texts.get(key)!.pieces === 2 && text.slice(0, half) === text.slice(half))
              report(lastEvent, `The ${kind} ${block} is the same ${half} characters twice.`);
            const said = before.get(key) ?? '';
            if (!told.has(key) && text.length >= MIN_REPEATED_BLOCK && text === said && texts.get(key)!.pieces > 2)
              report(
                firstEvent,
                `The ${kind} ${block} repeats all ${text.length} characters of the ${kind} before it.`,
              );
            else if (
              kind === 'text' &&
              said.length >= MIN_BEGUN_AGAIN &&
              text.length > said.length &&
              text.startsWith(said)
            )
              report(
                firstEvent,
                `The ${kind} ${block} begins with all ${said.length} characters of the ${kind} before it, and goes on.`,
              );
            before.set(key, said + text);
          }
        },
      };
    },
  },
  {
    id: 'text-cumulative',
    strict: 'error',
    lenient: 'error',
    help: 'Each delta holds the whole text so far instead of what is new.',
    advice:
      'Clients join deltas, as the protocol says, and show the beginning of the answer again with each. Take what each delta adds to the one before it, and report it to the server.',
    example: chatText('The', 'The answer', 'The answer is', 'The answer is 42.'),
    counterexample: chatText('The', ' answer', ' is', ' 42.'),
    check: () => {
      const last = new Map<string, { text: string; grown: number; pieces: number; event: number | null }>();
      const pieces = eachPiece(({ block, kind, text, event }, report) => {
        if (kind === 'tool') return;
        const before = last.get(block);
        const grows = before !== undefined && text.length > before.text.length && text.startsWith(before.text);
        const grown = grows ? before.grown + 1 : 1;
        last.set(block, { text, grown, pieces: (before?.pieces ?? 0) + 1, event });
        if (grown === MIN_CUMULATIVE && text.length >= MIN_REPEATED)
          report(
            event,
            `This delta is the ${grown}th in a row that begins with all of the ${kind} of the one before it.`,
            block,
          );
      });
      return {
        ...pieces,
        end(_stream, report) {
          // A short answer has no more deltas.
          for (const [block, { text, grown, pieces: count, event }] of last)
            if (grown === count && grown === MIN_CUMULATIVE - 1 && text.length >= MIN_REPEATED)
              report(event, `Each of the ${count} deltas of ${block} begins with all of the one before it.`, block);
        },
      };
    },
  },
  {
    id: 'replacement-character',
    strict: 'warning',
    lenient: 'warning',
    help: 'The answer contains U+FFFD, which stands for a character that could not be decoded. It is lost for good. Where it stands in the JSON itself, the server lost the character before it wrote the event: it decoded each token alone, and emoji and other characters of several bytes are made of several tokens. Where the bytes of the body are not UTF-8, they were cut or changed on the way.',
    advice: 'Clients show it as it is: �. Update the server, or report it there with the bytes of this event.',
    example: chatText('Hi ', '\uFFFD\uFFFD'),
    counterexample: chatText('Hi ', '🙂'),
    check: ({ faults }) => ({
      end(stream, report) {
        for (const one of stream.outcome.blocks) {
          const at = one.text.indexOf('\uFFFD');
          if (at < 0) continue;
          const count = one.text.split('\uFFFD').length - 1;
          const event = placeOf(stream, one, at);
          const frame = stream.frameAt(event);
          // Bytes that are not UTF-8 have a rule of their own, which names their place.
          const bad = faults.all.some(
            ({ id, start, end }) => id === 'not-utf8' && frame && start < frame.end && end > frame.start,
          );
          report(
            event,
            `The ${one.kind} ${one.block} contains U+FFFD ${count === 1 ? 'once' : `${count} times`}, first at character ${at}: ${
              bad
                ? 'the bytes there are not UTF-8'
                : `${sentAs(frame)}, so that the character was lost before it was sent`
            }.`,
            one.block,
          );
        }
      },
    }),
  },
  {
    id: 'mojibake',
    strict: 'warning',
    lenient: 'warning',
    help: 'The answer contains text whose UTF-8 was read in another encoding before it was written into the JSON: Ã© stands for é, â€™ for an apostrophe. A proxy or a library took the bytes of the stream for Latin-1 or Windows-1252, as HTTP libraries do where the content type names no charset.',
    advice:
      'Clients show it as it is. Decode as UTF-8 what reads the stream on its way, whatever the header says; text that is broken already can be encoded back.',
    example: chatText('Un caf', '\u00c3\u00a9'),
    counterexample: chatText('Un caf', '\u00e9'),
    check: () => ({
      end(stream, report) {
        for (const one of stream.outcome.blocks) {
          const found = mojibakeIn(one.text);
          if (!found || isQuoted(one.text, found.at)) continue;
          const meant = found.meant === null ? '' : `: ${JSON.stringify(found.meant)} was meant`;
          report(
            placeOf(stream, one, found.at),
            `The ${one.kind} ${one.block} has ${JSON.stringify(found.text)} at character ${found.at}, where UTF-8 was read in another encoding${meant}.`,
            one.block,
          );
        }
      },
    }),
  },
  {
    id: 'half-character',
    strict: 'warning',
    lenient: 'info',
    help: 'An event ends or begins in the middle of a character: half of a surrogate pair is alone in its JSON. Servers that cut text by UTF-16 code units, as JavaScript, Java and C# do, cut emoji in two this way.',
    advice:
      'Clients that write each delta by itself show two replacement characters in place of an emoji, and encoders that take UTF-8 alone fail on it. Join the deltas before you encode them, and report it to the server.',
    example: chatText('Hi \ud83d', '\ude42'),
    counterexample: chatText('Hi 🙂'),
    check: () => {
      const open = new Map<string, { event: number | null; text: string }>();
      let lost: { readonly event: number | null }[] = [];
      const loose: Frame[] = [];
      let joined = false;
      return {
        event({ frame }) {
          // Only an escape can say half a character: bytes that do are no UTF-8.
          if (!frame.data.includes('\\u') || !/\\u[dD][89a-fA-F]/.test(frame.data)) return;
          if (frame.payload.ok && hasHalf(frame.payload.value)) loose.push(frame);
        },
        ...eachPiece(({ block, text, event }, report) => {
          const before = open.get(block);
          if (!before && text.isWellFormed()) return;
          if (before) {
            open.delete(block);
            const character = before.text + text.charAt(0);
            if (character.isWellFormed()) {
              joined = true;
              report(
                before.event,
                `This event ends with half of ${character}, and event ${event} begins with the other half.`,
                'joined',
              );
            } else lost.push(before);
          }
          if (isHigh(text.charCodeAt(text.length - 1))) open.set(block, { event, text: text.slice(-1) });
          if (text.isWellFormed()) return;
          const inner = text.slice(before && isLow(text.charCodeAt(0)) ? 1 : 0, open.has(block) ? -1 : undefined);
          if (!inner.isWellFormed()) lost.push({ event });
        }),
        end(_stream, report) {
          lost = [...lost, ...open.values()];
          for (const { event } of lost)
            report(event, 'This event contains half of a character, and no event brings the other half.', 'lost');
          // Halves in what is no text of a block: a name, an id, a field of the vendor's own.
          if (lost.length === 0 && !joined)
            for (const frame of loose) report(frame, 'A text of this event contains half of a character.', 'loose');
        },
      };
    },
  },
  {
    id: 'refusal',
    strict: 'info',
    lenient: null,
    help: 'The model refused, in a field or part of its own, and the answer has no text beside the refusal.',
    advice: 'Clients that read the text alone show an empty answer. Show the refusal in its place.',
    example: chat(chunk({ role: 'assistant', refusal: 'I cannot help with that.' }), ...chatEnd()),
    counterexample: chatText('I cannot help with that.'),
    check: () => ({
      end({ outcome }, report) {
        for (const one of ofKind(outcome, 'refusal'))
          if (!outcome.blocks.some(({ kind, choice, text }) => kind === 'text' && choice === one.choice && text !== ''))
            report(one.firstEvent, `The answer is a refusal of ${one.text.length} characters and has no text.`);
      },
    }),
  },
];

/** How the data of an event writes U+FFFD. */
function sentAs(frame: Frame | undefined): string {
  if (frame && /\\ufffd/i.test(frame.data)) return 'the JSON has it as the escape \\ufffd';
  return 'the JSON has it as a character, in the bytes EF BF BD';
}

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasHalf);
}

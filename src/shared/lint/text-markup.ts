/**
 * Markup that models write in their text and that servers should have taken out of it: tool calls, marks of the chat format,
 * tags around reasoning. The forms are those of the chat templates of open models.
 */

/** A tool call, in the markup of Hermes, Qwen, GLM, DeepSeek, Kimi, Mistral, Llama, Granite, MiniMax, Cohere, Gemma and others. */
const CALL: readonly RegExp[] = [
  /<\/?(?:[a-z]+:)?tool_?calls?>|<\/?TOOLCALL>|<tools?_?code>/g,
  /<\|?\/?tool_?calls?(?:_section)?(?:_(?:begin|start|end|argument_begin))?\|?>|<\|tool_call\|?>|<\|tools_prefix\|>/g,
  /<function=[\w.:-]+>?|<\/?function_calls?>|<\/?(?:\w+:)?invoke(?: name=|>)|<\|?(?:start|end)_function_call\|?>|<｜DSML｜/g,
  /<[｜|]tool[▁_](?:calls?|sep|outputs?)(?:[▁_](?:begin|end))?[｜|]>/g,
  /\[\/?TOOL_CALLS?\]|\[TOOL_REQUEST\]|<\|python_tag\|>|<\|action_start\|>|<\|START_ACTION\|>|\bfunctools\[\{|^```tool_(?:code|call)\b|\bdefault_api\.\w+\(|\bAction: ```json\s*\[|\bto=functions\.\w/gm,
];
/** Marks of a chat format: channels, turns, ends; and tokens as the tokenizer has them, for bytes and for words with their blank. */
const FORMAT =
  /<\|[a-zA-Z]\w{1,40}\|>|<(?:start|end)_of_turn>|<｜[^｜>\n]{1,40}｜>|<\/s>|^\s*<s>|(?:<eos>|\[EOS\])(?=\s*$)|^\s*(?:<bos>|\[BOS\])|(?:<pad>){2,}|(?:<unk>){2,}|<0x[0-9A-F]{2}>|(?:▁\p{L}+){3,}|(?:Ġ\p{L}+){2,}|\[\/?INST\]|<turn\|>|<\|turn>|<channel\|>|<\|channel>|\]~b\]|\bassistant(?:final|commentary)(?=[A-Z<{])/gu;
/** Marks of a format that are of tool calls as well, which have a name of their own. */
const OF_CALLS = /tool|python_tag|function_call|action_|DSML/i;
const TAG = '(?:[a-z]+:)?(?:think|thinking|thought|reasoning|reason|reflection|scratchpad|inner_monologue)';
const REASONING = new RegExp(
  `^\\s*<${TAG}>|</${TAG}>|^\\s*\\[THINK\\]|\\[/THINK\\]|◁/?think▷|<\\|(?:START|END)_THINKING\\|>|<\\|(?:begin|end)_of_thought\\|>`,
  'gi',
);

/** A mark and where it begins, in UTF-16 code units. */
export interface Mark {
  readonly text: string;
  readonly at: number;
}

/** The first mark of a tool call. */
export function callMark(text: string): Mark | null {
  return first(
    text,
    CALL.flatMap((markup) => [...text.matchAll(markup)]),
  );
}

/** The first mark of a chat format that is not one of a tool call. */
export function formatMark(text: string): Mark | null {
  return first(
    text,
    [...text.matchAll(FORMAT)].filter((match) => !OF_CALLS.test(match[0]) && !closesHtml(text, match)),
  );
}

/** The first tag of reasoning: one that opens the text, or one that closes. */
export function reasoningMark(text: string): Mark | null {
  return first(text, [...text.matchAll(REASONING)]);
}

/** The beginning of a marker at the end of a text, with a word that markers have. */
const BEGUN =
  /<\|(?=\w*(?:action|assistant|box|call|channel|end|eo[mt]|header|im_|message|plugin|python|return|start|system|think|tool|user))\w+\|?\s*$/gi;

/** A marker that is begun at the end of a text and not closed there. */
export const begunMark = (text: string): Mark | null => first(text, [...text.matchAll(BEGUN)]);

const BORDER = new RegExp(`^\\s*<${TAG}>|</${TAG}>\\s*$|^\\s*\\[THINK\\]|\\[/THINK\\]\\s*$`, 'gi');

/** A tag of reasoning at the beginning or at the end of what is reasoning already. */
export const borderTag = (text: string): Mark | null => first(text, [...text.matchAll(BORDER)]);

/** The end of a sentence is written like the end of text that HTML strikes out. */
const closesHtml = (text: string, { 0: mark, index }: RegExpExecArray): boolean =>
  mark === '</s>' && /<s(?: [^>]*)?>(?:(?!<\/s>)[^])*$/.test(text.slice(0, index));

/** A text that speaks of markup may have any amount of it. */
const MAX_MARKS = 50;

/** Of some matches the first that is not quoted as code: an answer about markup may well name it. */
function first(text: string, matches: readonly RegExpExecArray[]): Mark | null {
  const found = matches
    .toSorted((a, b) => a.index - b.index)
    .slice(0, MAX_MARKS)
    .map((match) => ({ text: match[0].trim(), at: match.index + match[0].length - match[0].trimStart().length }))
    .find(({ at }) => !isQuoted(text, at));
  return found ?? null;
}

/** A line that opens or closes a block of code. */
const FENCE = /^[ \t]*```.*$/m;
/** Whether a place is inside of a block of code, or of backticks on its line. */
export function isQuoted(text: string, at: number): boolean {
  const before = text.slice(0, at);
  if (before.split(FENCE).length % 2 === 0) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return line.split('`').length % 2 === 0;
}

/** A step of ReAct, the way of calling tools in plain text: the tool's name as its action, and its input. */
const REACT = /^[ \t*]*Action:?\**:?[ \t]*`?([\w.-]+)`?(?:\(\))?[ \t]*\r?\n+[ \t*]*Action Input:?\**:?[ \t]*\S/gm;

/** The first call in the form of ReAct, with the name of its tool. */
export function reactCall(text: string): (Mark & { readonly name: string }) | null {
  const matches = [...text.matchAll(REACT)];
  const mark = first(text, matches);
  return mark && { ...mark, text: 'Action:', name: matches.find((match) => match[0].trim() === mark.text)![1]! };
}

/** A text that is nothing but calls as Python writes them, in a list, as Llama and others do; the first one's name, else null. */
export function callInPython(text: string): string | null {
  const call = String.raw`[A-Za-z_][\w.]*\((?:\s*\w+\s*=[^()]*)?\)`;
  const found =
    text.length > MAX_CALLS
      ? null
      : new RegExp(String.raw`^\s*\[\s*(?=([\w.]+))${call}(?:\s*,\s*${call})*\s*\]\s*$`).exec(text);
  return found?.[1] ?? null;
}

/** Characters of calls; a longer text is an answer. */
const MAX_CALLS = 4_000;

/** A text that is nothing but a tool call in JSON, as Llama and others write it; its name, else null. */
export function callInJson(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^```(?:json)?\s*|\s*```$/g, '')
    .trim();
  if (!/^[{[]/.test(bare) || !/[}\]]$/.test(bare)) return null;
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    return null;
  }
  const one = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  if (typeof one !== 'object' || one === null) return null;
  const fields = one as Readonly<Record<string, unknown>>;
  const inner = fields['function'];
  const { name, ...rest } = (typeof inner === 'object' && inner !== null ? inner : fields) as Record<string, unknown>;
  const given = rest['arguments'] ?? rest['parameters'];
  return typeof name === 'string' && typeof given === 'object' && given !== null && Object.keys(rest).length <= 2
    ? name
    : null;
}

/**
 * Markup that models write in their text and that servers should have taken out of it: tool calls, marks of the chat format,
 * tags around reasoning. The forms are those of the chat templates of open models.
 */

/** A tool call, in the markup of Hermes, Qwen, GLM, DeepSeek, Kimi, Mistral, Llama, Granite, MiniMax, Cohere, Gemma and others. */
const CALL: readonly RegExp[] = [
  /<\/?(?:[a-z]+:)?tool_?calls?>|<\/?TOOLCALL>|<tools?_?code>/,
  /<\|?\/?tool_?calls?(?:_section)?(?:_(?:begin|start|end|argument_begin))?\|?>|<\|tool_call\|?>|<\|tools_prefix\|>/,
  /<function=[\w.:-]+>?|<\/?function_calls?>|<\/?(?:\w+:)?invoke(?: name=|>)|<\|?(?:start|end)_function_call\|?>|<｜DSML｜/,
  /<[｜|]tool[▁_](?:calls?|sep|outputs?)(?:[▁_](?:begin|end))?[｜|]>/,
  /\[\/?TOOL_CALLS?\]|\[TOOL_REQUEST\]|<\|python_tag\|>|<\|action_start\|>|<\|START_ACTION\|>|\bfunctools\[\{|^```tool_code\b|\bto=functions\.\w/m,
];
/** Marks of a chat format: channels, turns, ends. */
const FORMAT =
  /<\|[a-zA-Z][a-zA-Z_]{1,40}\|>|<(?:start|end)_of_turn>|<｜[^｜>\n]{1,40}｜>|<\/?s>(?=\s*$)|\[\/?INST\]|<turn\|>|<\|turn>|\]~b\]|\bassistant(?:final|commentary)(?=[A-Z<{])/g;
/** Marks of a format that are of tool calls as well, which have a name of their own. */
const OF_CALLS = /tool|python_tag|function_call|action_|DSML/i;
const TAG = '(?:[a-z]+:)?(?:think|thinking|thought|reasoning|reason|reflection|scratchpad|inner_monologue)';
const REASONING = new RegExp(
  `^\\s*<${TAG}>|</${TAG}>|^\\s*\\[THINK\\]|\\[/THINK\\]|◁/?think▷|<\\|(?:START|END)_THINKING\\|>|<\\|(?:begin|end)_of_thought\\|>`,
  'i',
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
    CALL.map((markup) => markup.exec(text)),
  );
}

/** The first mark of a chat format that is not one of a tool call. */
export function formatMark(text: string): Mark | null {
  return first(
    text,
    [...text.matchAll(FORMAT)].filter(([mark]) => !OF_CALLS.test(mark)),
  );
}

/** The first tag of reasoning: one that opens the text, or one that closes. */
export function reasoningMark(text: string): Mark | null {
  return first(text, [REASONING.exec(text)]);
}

/** Of some matches the first that is not quoted as code: an answer about markup may well name it. */
function first(text: string, matches: readonly (RegExpExecArray | null)[]): Mark | null {
  const marks = matches
    .filter((match) => match !== null)
    .map((match) => ({ text: match[0].trim(), at: match.index + match[0].length - match[0].trimStart().length }))
    .filter(({ at }) => !isQuoted(text, at));
  return marks.toSorted((a, b) => a.at - b.at)[0] ?? null;
}

/** A line that opens or closes a block of code. */
const FENCE = /^[ \t]*```.*$/m;
/** Whether a place is inside of a block of code, or of backticks on its line. */
function isQuoted(text: string, at: number): boolean {
  const before = text.slice(0, at);
  if (before.split(FENCE).length % 2 === 0) return true;
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return line.split('`').length % 2 === 0;
}

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

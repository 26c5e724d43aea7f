/**
 * What the adapters do that looks wrong, and is kept because showing it is what the lanes are for (docs/adapters.md, 11). The
 * code names a quirk where it acts on it, as `quirk: <id>`; a test checks that each is named there and in this list.
 */
export const QUIRKS = {
  'output-tokens-twice':
    'message_start and each message_delta are added up, though the provider’s count is cumulative: the first part counts twice.',
  'arguments-run-together':
    'The arguments of all tool calls go into one text that is never reset, so two calls become one that is no valid JSON.',
  'text-lost':
    'Legacy drops the answer’s text: always on OpenAI, and on Anthropic unless inner thoughts travel in the tool arguments.',
  'text-turned-into-reasoning':
    'Legacy Anthropic emits the answer’s text as reasoning when inner thoughts travel in the tool arguments.',
  'tag-leaks':
    'A </thinking> is only taken out of the text with the ten characters before it; one cut differently leaks in part.',
  'arguments-never-released':
    'Legacy OpenAI holds the arguments that come with a name until a later fragment; a call in one fragment never shows them.',
  'approval-lost-after-name':
    'Legacy OpenAI asks the held name whether to approve, which is cleared by then: all but the first message are plain tool calls.',
  'approval-for-all': 'Simple OpenAI asks for approval of every tool as soon as any tool needs it.',
  'escapes-not-decoded':
    'Legacy OpenAI takes thoughts and messages out of the arguments without decoding escapes: \\n stays two characters.',
  'trailing-blank-lost':
    'Legacy OpenAI strips blanks at the end of each piece of a message: a streamed word loses its space.',
  'arguments-emitted-again': 'Legacy Anthropic releases the held arguments and then emits the current delta once more.',
  'otid-one-higher':
    'The bump of an approval delta is on the tool call’s type, so it is one index higher than the message before it.',
  'otid-not-bumped':
    'Simple Responses gives each message the driver’s index as it stands, so a message of a new kind shares the last one’s.',
  'otid-ends-stream': 'The 129th change of kind ends the stream: the index has seven bits.',
  'cut-escape-repeats':
    'Where a delta ends inside an escape the value is dropped for that parse, and the next one emits all of it again.',
  'unknown-block-is-text':
    'A block, delta, item or part of a type not known in 2025 is read as the first known one: text, output_text, message.',
  'server-tool-ends-stream':
    'A server tool streams its input outside of TOOL_USE, which both Anthropic interfaces take for a broken stream.',
  'plain-reasoning-ends-after':
    'A reasoning item without encrypted content is an error after the stream, when everything has been emitted.',
  'blank-line-dispatches':
    'Once an id was given, every blank line dispatches an event with empty data, which is no JSON and ends the stream.',
  'bom-loses-first-line': 'A byte order mark becomes part of the first line’s field name, so that line is lost.',
  'done-by-prefix': 'Any data that starts with [DONE] ends an OpenAI stream.',
  'error-event-passes': 'An OpenAI event named error passes unless its data has an error member.',
} as const satisfies Readonly<Record<string, string>>;

export type QuirkId = keyof typeof QUIRKS;

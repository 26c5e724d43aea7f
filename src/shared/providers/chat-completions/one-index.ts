/**
 * Tool calls of Chat Completions that share an index. Gateways that convert whole calls number each from 0, and others give
 * every fragment of one call an id of its own. openai-python and openai-node join both by the index; here the id says which call a
 * fragment belongs to, as long as it can.
 */
import { isJson } from '../../json/json-object.ts';
import { PYTHON, StrictReader } from '../../json/strict-reader.ts';

/** A call so far, and a fragment that may go on with it. */
interface Part {
  readonly name: string | null;
  readonly text: string;
}

/** Whether a fragment with an id that was not there before goes on with the call that has its index. */
export function goesOn(call: Part, fragment: Part): boolean {
  if (fragment.name !== null && (fragment.name !== call.name || call.text === '')) return false;
  if (call.text !== '' && isJson(call.text)) return false;
  // Only an opening brace can begin arguments, and within others it stands in few places.
  return !fragment.text.trimStart().startsWith('{') || beginsJson(call.text + fragment.text);
}

/** Whether the text is JSON as far as it goes. */
function beginsJson(text: string): boolean {
  const reader = new StrictReader(PYTHON);
  reader.feed(text);
  return !reader.rejected;
}

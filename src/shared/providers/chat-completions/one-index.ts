/**
 * Which call of Chat Completions a fragment belongs to where its index does not tell. Gateways that convert whole calls number
 * each from 0, others give every fragment of one call an id of its own, and others an index of its own. openai-python and
 * openai-node join by the index alone; here the id and the arguments say it, as long as they can.
 */
import { isJson } from '../../json/json-object.ts';
import { PYTHON, StrictReader } from '../../json/strict-reader.ts';

/** A call so far, and a fragment that may go on with it. */
interface Part {
  readonly name: string | null;
  readonly text: string;
}

/**
 * Whether a fragment with an id that was not there before goes on with the call that has its index. `place`: where it stands
 * in the list of its delta. A server that makes an id for each fragment writes one to an event.
 */
export function goesOn(call: Part, fragment: Part, place: number): boolean {
  if (fragment.name !== null && fragment.name !== call.name) return false;
  if (fragment.name !== null && call.text === '' && place > 0) return false;
  if (call.text !== '' && isJson(call.text)) return false;
  // Only an opening brace can begin arguments, and within others it stands in few places.
  return !fragment.text.trimStart().startsWith('{') || beginsJson(call.text + fragment.text);
}

/**
 * Whether a fragment at an index that was not there before goes on with the call before it: it says nothing of its own but
 * arguments, or it repeats what a call has and its arguments can only be the next piece of those that are not complete.
 */
export function drifts(call: Part, fragment: Part & { readonly id: string | null }): boolean {
  if (call.name === null || isJson(call.text)) return false;
  if (fragment.name === null && fragment.id === null) return true;
  if ((fragment.name !== null && fragment.name !== call.name) || call.text === '' || fragment.text === '') return false;
  return !fragment.text.trimStart().startsWith('{') && beginsJson(call.text + fragment.text);
}

/**
 * Whether a fragment without an id begins another call at the index of one that has none either: it has another name once
 * there are arguments, or the name again with arguments that are whole, as those before it are. The same arguments once more are a repetition.
 */
export function beginsAnew(call: Part, fragment: Part): boolean {
  if (call.name === null || fragment.name === null || call.text === '') return false;
  if (call.name !== fragment.name) return true;
  return isWhole(call.text) && isWhole(fragment.text) && call.text.trim() !== fragment.text.trim();
}

/** Arguments that are complete, and no placeholder. */
const isWhole = (text: string): boolean => text.trim().length > 2 && isJson(text);

/** Whether arguments have begun and are not complete, so that more may come. */
export const areCut = (text: string): boolean => text !== '' && !isJson(text) && beginsJson(text);

/** Whether the text is JSON as far as it goes. */
function beginsJson(text: string): boolean {
  const reader = new StrictReader(PYTHON);
  reader.feed(text);
  return !reader.rejected;
}

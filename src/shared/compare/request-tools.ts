/** What a request offers its model to call. */
import { arrayOf, objectOf, stringOf } from '../json/json-object.ts';

/** Names of the tools that a request offers, in the shapes of the three APIs. */
export function requestTools(request: unknown): readonly string[] {
  return arrayOf(objectOf(request)?.['tools']).flatMap((tool) => {
    const fields = objectOf(tool);
    const name = stringOf(objectOf(fields?.['function'])?.['name']) ?? stringOf(fields?.['name']);
    return name === null ? [] : [name];
  });
}

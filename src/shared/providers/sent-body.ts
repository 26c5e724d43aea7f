/** A request's body as it is sent: the text that was written, with the changes that are on, and nothing else touched. */
import { withField, withoutField } from '../json/json-edit.ts';
import type { RequestChange } from '../model/request-change.ts';

/** `written` must be the JSON of an object. */
export function sentBody(written: string, changes: readonly RequestChange[]): string {
  return changes
    .filter(({ where, off }) => where === 'body' && off !== true)
    .reduce((text, { name, value }) => {
      if (value === null) return withoutField(text, name);
      const [first, ...rest] = name.split('.');
      return withField(text, [first!, ...rest], JSON.parse(value));
    }, written);
}

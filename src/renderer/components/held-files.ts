/** What a value holds in itself as text that is a file: one walk for images and sounds. Pure. */

/** Values looked at, files found and levels gone down at most. */
const MOST_VALUES = 2_000;
const MOST_FILES = 8;
const DEEPEST = 12;

/** Where a text stands: its field, the object or list that has the field, and the field of that; empty and null for the value itself. */
export interface HeldAt {
  readonly field: string;
  readonly holder: object | null;
  readonly holderField: string;
}

/** What `fileOf` makes of texts, in the order in which they stand there. Costs the number of values, not their lengths. */
export function filesIn<File>(value: unknown, fileOf: (text: string, at: HeldAt) => File | null): readonly File[] {
  const found: File[] = [];
  let left = MOST_VALUES;
  const look = (one: unknown, depth: number, at: HeldAt): void => {
    if (left-- <= 0 || found.length >= MOST_FILES) return;
    if (typeof one === 'string') {
      const file = fileOf(one, at);
      if (file !== null) found.push(file);
    } else if (typeof one === 'object' && one !== null && depth < DEEPEST)
      for (const [field, held] of Object.entries(one))
        look(held, depth + 1, { field, holder: one, holderField: at.field });
  };
  look(value, 0, { field: '', holder: null, holderField: '' });
  return found;
}

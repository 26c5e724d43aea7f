/** Texts of any characters, for property tests. */
import fc from './properties.ts';

/** A third of them from ASCII, none half a surrogate pair. `fc.string` of the unit `binary` takes seconds to be made. */
const codePoint = fc.oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }));

export const anyText = (
  length: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> => fc.array(codePoint, length).map((all) => String.fromCodePoint(...all));

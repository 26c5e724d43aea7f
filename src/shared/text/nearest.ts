/** The nearest of some names to one that is misspelt. */

/** Letters and digits alone, in lower case: `Get-Weather` and `get_weather` are spelt alike. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/**
 * The name that `given` was probably meant to be: the same but for case and punctuation, one that it ends in
 * (`functions.get_weather`) or contains, else the one with the fewest edits, as long as these are less than half of it.
 * Null when none is near. Names of more than 100 characters are not compared by edits.
 */
export function nearestName(given: string, names: readonly string[]): string | null {
  const spelt = plain(given);
  if (spelt === '') return null;
  const alike =
    names.find((name) => plain(name) === spelt) ??
    names.find((name) => plain(name).length > 2 && spelt.endsWith(plain(name))) ??
    names.find((name) => plain(name).length > 2 && (spelt.includes(plain(name)) || plain(name).includes(spelt)));
  if (alike !== undefined) return alike;
  let nearest: string | null = null;
  let fewest = Math.ceil(Math.min(spelt.length, 100) / 2);
  for (const name of names) {
    const edits = Math.max(spelt.length, name.length) > 100 ? Infinity : editsBetween(spelt, plain(name));
    if (edits < fewest) [nearest, fewest] = [name, edits];
  }
  return nearest;
}

/** How many characters are to be put in, left out or replaced to make `b` of `a`. */
function editsBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const here = [row];
    for (let at = 1; at <= b.length; at++)
      here.push(Math.min(above[at]! + 1, here[at - 1]! + 1, above[at - 1]! + (a[row - 1] === b[at - 1] ? 0 : 1)));
    above = here;
  }
  return above[b.length]!;
}

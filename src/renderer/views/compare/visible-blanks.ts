/** Text with its blanks drawn: a middle dot for a space, ¶ for a line end, an arrow for a tab. */
export const visibleBlanks = (text: string): string =>
  text.replaceAll(' ', '·').replaceAll('\t', '→\t').replaceAll('\r', '¬').replaceAll('\n', '¶\n');

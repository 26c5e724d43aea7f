/** Letters and digits of a title, for a name that any file system takes. */
export function fileName(title: string): string {
  const words = title
    .normalize('NFKD')
    // Accents of Latin, Greek and Cyrillic letters; the vowel signs of other scripts stay.
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return [...words].slice(0, 60).join('') || 'trace';
}

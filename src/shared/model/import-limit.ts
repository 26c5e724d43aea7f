/** The largest stream that is imported: so many characters of text, or bytes. */
export const MAX_IMPORT = 64 * 1024 * 1024;

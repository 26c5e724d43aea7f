/** A share as a length of the drawing's width. */
export const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** The app's origin, and the one that stands in for it in a plain Chromium. */
const APP = 'app://tracelane';
export const STAND_IN = 'https://app.tracelane.invalid';

const swap = (url: string, from: string, to: string): string =>
  url === from || url.startsWith(`${from}/`)
    ? to + url.slice(from.length)
    : url.startsWith(`blob:${from}/`)
      ? `blob:${to}${url.slice(`blob:${from}`.length)}`
      : url;

export const inBrowser = (url: string): string => swap(url, APP, STAND_IN);
export const inProgram = (url: string): string => swap(url, STAND_IN, APP);

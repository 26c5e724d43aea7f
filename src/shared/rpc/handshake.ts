/**
 * The words with which a page in Electron gets its port. The page posts `CONNECT` with a nonce to its own window; the
 * preload asks the program over the one channel of that name, and posts `PORT` with the same nonce and the port.
 */
export const CONNECT = 'tracelane:connect';
export const PORT = 'tracelane:port';
/** The page listens to what the program says: what was said before reaches it now. */
export const LISTENING = 'tracelane:listening';
/** A file that the system opens, on its way to the page: `{ type: FILE, name, base64 }`. */
export const FILE = 'tracelane:file';
/** The menu's choice on its way to the page: `{ type: COMMAND, id }`, a command of the window. */
export const COMMAND = 'tracelane:command';

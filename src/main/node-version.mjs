/**
 * The first thing each entry does: check that this Node can run the program. In plain JavaScript that any Node of the last
 * years reads, and without an import of ours, so that a Node that is too old gets a sentence and not a syntax error.
 */

/** The same as `engines` in package.json, which a test compares. */
export const NODE_MAJOR = 24;

/**
 * Ends the process with a sentence.
 * @param {string} sentence
 * @param {number} code
 * @returns {never}
 */
export function fail(sentence, code = 1) {
  console.error(`tracelane: ${sentence}`);
  process.exit(code);
}

/**
 * Runs what needs the program's other files and packages; ends the process with a sentence where one is not installed.
 * @param {() => Promise<void>} run
 * @param {number} [code] that it ends with then
 */
export async function withParts(run, code) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const [what] = error.message.split(' imported from ');
    fail(`A part of it is missing (${what}). Install Tracelane again; in a clone of it, run npm ci.`, code);
  }
}

/** Ends the process where Node is older than NODE_MAJOR. */
export function checkNode() {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= NODE_MAJOR) return;
  fail(
    `This is Node ${node}, and Node ${NODE_MAJOR} or newer is needed: start Tracelane through npm (\`npm start\`, \`npm test\`, ` +
      '`npm run …`), which uses the Node that `npm ci` installs with the other packages; if that is how you started it, run ' +
      '`npm ci` again with install scripts allowed.',
  );
}

/**
 * The first thing each entry does: check that this Node can run the program. In plain JavaScript that any Node of the last
 * years reads, and without an import of ours, so that a Node that is too old gets a sentence and not a syntax error.
 */

/** The same as `engines` in package.json, which a test compares. */
export const NODE_MAJOR = 24;

/**
 * Ends the process with a sentence.
 * @param {string} sentence
 * @returns {never}
 */
export function fail(sentence) {
  console.error(`tracelane: ${sentence}`);
  process.exit(1);
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

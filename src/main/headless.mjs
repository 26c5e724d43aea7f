/** The headless host's entry: the host is loaded only once this Node is known to read it. */
import { builtFiles } from './built-files.mjs';
import { checkNode, withParts } from './node-version.mjs';

checkNode();
await withParts(async () => {
  const { startHeadless } = await import('./hosts/headless/host.ts');
  await startHeadless(builtFiles(import.meta.url));
});

/** The headless host's entry: the host is loaded only once this Node is known to read it. */
import { builtFiles } from './built-files.mjs';
import { checkNode } from './node-version.mjs';

checkNode();
const { startHeadless } = await import('./hosts/headless/host.ts');
await startHeadless(builtFiles(import.meta.url));

/** The headless host's entry under `npm run dev`, which starts it again and again at one address. */
import { builtFiles } from '../built-files.mjs';
import { startHeadless } from '../hosts/headless/host.ts';

const { TRACELANE_DEV_PORT: port, TRACELANE_DEV_TOKEN: token } = process.env;
await startHeadless({
  ...builtFiles(import.meta.url),
  ...(token !== undefined && { resume: { token, ...(port !== undefined && { port: Number(port) }) } }),
});

/** `npm run dev`: the program, built again and reloaded as its sources change. */
import { chooseHost, endWithNpm } from '../launch.mjs';
import { checkRuntime } from '../preflight.mjs';

checkRuntime();
endWithNpm();
const { develop } = await import('./develop.ts');
await develop(chooseHost(process.argv.slice(2)));

/**
 * Exchanges of any shape through the capture proxy: both sides get what the other sent, the tap gets the data, and the certificate
 * says the same. `npm run fuzz -- --only proxy` goes on where this stops.
 */
import fc from '../../support/properties.ts';
import { afterAll, beforeAll, test } from 'vitest';
import { ExchangeRig } from '../../support/exchange-rig.ts';
import { madeConnection } from '../../support/made-exchanges.ts';

const CONNECTIONS = 80;

let rig: ExchangeRig;
beforeAll(async () => {
  rig = await ExchangeRig.open();
});
afterAll(() => rig.close());

test('E2 every byte, every end and every cut passes', async () => {
  await fc.assert(
    fc.asyncProperty(madeConnection, (made) => rig.run(made)),
    { numRuns: CONNECTIONS },
  );
});

/**
 * fast-check as the tests use it. Properties take the same cases in each run, so that a run says something about the change
 * that was made; `PROPERTY_SEED=random npm test`, or a number in place of the word, takes others (docs/decisions/0018-properties-with-a-fixed-seed.md).
 */
import fc from 'fast-check';

const FIXED = 20_260_901;
const asked = process.env['PROPERTY_SEED'];

if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? FIXED : Number(asked) });

export default fc;

/**
 * A program that records as fast as it can until it is killed: run by crash.test.ts, in a process of its own. A line on
 * standard output for each trace that was made and each flush that was acknowledged: `<trace> <reads>`.
 */
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { traceId } from '../../src/shared/model/ids.ts';
import { madeRead } from './made-reads.ts';
import { newTrace, STORE_WORKER } from './traces.ts';

const [dataDir = '', name = '', seed = '1'] = process.argv.slice(2);
const random = new Random(Number(seed));
const store = await openStore({ dataDir, worker: STORE_WORKER });
if (store.problem) throw new Error(store.problem.sentence);

for (let number = 0; ; number++) {
  const id = traceId(`${name}-${number}`);
  await store.createTrace(newTrace({ id }));
  process.stdout.write(`${id} 0\n`);
  let [n, offset] = [0, 0];
  for (let batch = 0; batch < 40; batch++) {
    const reads = Array.from({ length: 1 + random.below(20) }, () => {
      const read = madeRead(id, n++, offset, random.below(3000));
      offset += read.bytes.length;
      return read;
    });
    store.appendReads(id, reads);
    await store.flush();
    process.stdout.write(`${id} ${n}\n`);
  }
  await store.finishTrace(id, {
    endedAtNs: 1,
    ending: { state: 'complete', rule: 'All was sent.' },
    metrics: newTrace().metrics,
  });
}

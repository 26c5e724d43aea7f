/** Traces that a core's capture proxy has made. */
import type { Core } from '../../src/main/core/core.ts';
import type { TraceDetail } from '../../src/shared/model/trace.ts';

export function proxyUrl({ proxy }: Core): string {
  const { state } = proxy;
  if (!state.listening) throw new Error(state.problem);
  return `http://127.0.0.1:${state.port}`;
}

/** Resolves with the latest traces, the newest first, once there are so many that are complete with their certificates. */
export async function captured({ services }: Core, count = 1): Promise<readonly TraceDetail[]> {
  const done = new AbortController();
  const look = async (): Promise<readonly TraceDetail[]> => {
    const { rows } = await services['traces.list']({ filter: 'source:capture', limit: 100 });
    const all = await Promise.all(rows.map(({ id }) => services['traces.get']({ id })));
    return all.filter(({ ending, capture }) => ending !== undefined && capture?.certificate);
  };
  const changes = services['traces.changes']({}, done.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = changes.next();
      const all = await look();
      if (all.length >= count) return all;
      await next;
    }
  } finally {
    done.abort();
  }
}

export async function bodyOf({ services }: Core, { id }: Pick<TraceDetail, 'id'>): Promise<Buffer> {
  const { bytes } = await services['traces.bytes']({ id, start: 0, end: Number.MAX_SAFE_INTEGER });
  return Buffer.from(bytes, 'base64');
}

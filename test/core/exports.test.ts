/** Traces leave one core and are opened in another: over the contract, with the real store on both sides. */
import { expect, test } from 'vitest';
import { endpointId, type TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { ServiceError, type Services } from '../../src/shared/rpc/services.ts';
import { allItems } from '../support/all-items.ts';
import { asking } from '../support/samples.ts';
import { cores } from '../support/core.ts';

const here = cores();
const elsewhere = cores();

async function ran(services: Services, model: string): Promise<TraceId> {
  const { request } = asking(model, 'messages');
  const { id } = await services['runs.start']({
    endpoint: endpointId('sample-anthropic'),
    api: 'messages',
    request,
    options: DEFAULT_OPTIONS,
    source: 'sample',
  });
  await allItems(services, id);
  return id;
}

/** All that a person sees of a trace, but where it lies and came from, and what is worked out of it in the background. */
async function shown(services: Services, id: TraceId): Promise<unknown> {
  const {
    id: _id,
    source: _source,
    imported: _imported,
    endpointId: _endpoint,
    facts: _facts,
    ...detail
  } = await services['traces.get']({ id });
  const { bytes } = await services['traces.bytes']({ id, start: 0, end: 1e9 });
  const comparison = await services['compare.lanes']({ id });
  return { detail, bytes, items: await allItems(services, id), comparison };
}

test.each(['bundle', 'har'])(
  'a %s shows elsewhere what it showed here, to the byte and the nanosecond',
  async (format) => {
    const { services } = await here.open();
    const other = (await elsewhere.open()).services;
    const ids = [
      await ran(services, 'plain-text'),
      await ran(services, 'parallel-tools'),
      await ran(services, 'cut-stream'),
    ];
    const { name, base64 } = await services['exports.make']({
      ids,
      format,
      parts: ['request', 'heads', 'bytes'],
      secrets: 'redact',
    });
    const { traces, others } = await other['traces.import']({ name, base64, again: false });
    expect([traces.length, others]).toEqual([3, 0]);
    for (const [at, id] of ids.entries()) expect(await shown(other, traces[at]!.id)).toEqual(await shown(services, id));

    const again = await other['traces.import']({ name, base64, again: false });
    expect(again.traces.map(({ id, existing }) => [id, existing])).toEqual(traces.map(({ id }) => [id, true]));
  },
);

test('what would leave is said before, and what cannot be made says why', async () => {
  const { services } = await here.open();
  const id = await ran(services, 'plain-text');
  const choice = { ids: [id], parts: ['bytes', 'heads'] as ('bytes' | 'heads')[], secrets: 'redact' as const };
  const preview = await services['exports.preview']({ ...choice, format: 'bundle' });
  expect(preview.manifest).toMatchObject({ included: ['heads', 'bytes'], secrets: 'redact' });
  expect(preview.manifest.traces[0]).toMatchObject({ id, timed: true, parts: ['request', 'heads', 'bytes'] });
  expect(preview.formats.find((format) => format.id === 'curl')).toMatchObject({
    refusal: null,
    missing: expect.stringContaining('request'),
  });
  const refused = services['exports.make']({ ...choice, format: 'curl' });
  await expect(refused).rejects.toBeInstanceOf(ServiceError);
  await expect(refused).rejects.toMatchObject({ code: 'refused' });
  await expect(services['exports.preview']({ ...choice, format: 'none' })).rejects.toMatchObject({
    code: 'unknown-format',
  });
});

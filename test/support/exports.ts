/** Traces to be exported, for tests: made of bytes and times, without a store. */
import type { TraceToExport } from '../../src/main/core/exports/exported.ts';
import { makeExport, previewExport, type ExportChoice, type ExportedFile } from '../../src/main/core/exports/make.ts';
import { pagedTrace } from '../../src/main/core/exports/pages.ts';
import type { RecordedTrace } from '../../src/shared/bundle/recorded-trace.ts';
import type { ExportPreview } from '../../src/shared/rpc/contract.ts';
import { lanesReading } from '../../src/shared/lanes/registry.ts';
import { MetricsMeter } from '../../src/shared/metrics/metrics.ts';
import type { Api, Read } from '../../src/shared/model/stream.ts';
import type { AdapterOptions } from '../../src/shared/model/trace.ts';
import { importedTrace, type ReadTrace } from '../../src/main/core/imports/imported-trace.ts';
import { recognize } from '../../src/main/core/imports/recognize.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { laneSetup } from './lanes.ts';

export function traceToExport(
  api: Api,
  reads: readonly Read[],
  facts: Partial<RecordedTrace> = {},
  options: Partial<AdapterOptions> = {},
): TraceToExport {
  const setup = laneSetup(api, options);
  const bytes = reads.reduce((sum, read) => sum + read.bytes.length, 0);
  return {
    facts: {
      id: 'trace-1',
      title: 'kept',
      renamed: false,
      source: 'run',
      api,
      framing: setup.framing,
      model: 'm',
      startedAt: 1_760_000_000_000,
      timed: true,
      endpoint: setup.endpoint,
      options: setup.options,
      lanes: lanesReading(api),
      messageId: setup.messageId,
      stepId: 'step-1',
      request: setup.request,
      ending: { state: 'complete', rule: 'Said so.' },
      metrics: { ...new MetricsMeter().value(), totalNs: (reads.at(-1)?.tNs ?? 0) + 5_000, reads: reads.length, bytes },
      ...facts,
    },
    reads,
    setup: { ...setup, lanes: lanesReading(api) },
  };
}

/** What an import makes of a file. */
export async function importedAll(name: string, bytes: Uint8Array): Promise<readonly ReadTrace[]> {
  const { streams } = recognize(name, bytes);
  const traces: ReadTrace[] = [];
  for (const stream of streams)
    traces.push(await importedTrace(name, stream, streams.length, { options: DEFAULT_OPTIONS, lanes: null }));
  return traces;
}

/** An export with its pieces joined. */
export async function exported(
  traces: readonly TraceToExport[],
  choice: ExportChoice,
  version: string,
): Promise<Omit<ExportedFile, 'pieces'> & { readonly bytes: Buffer }> {
  const { pieces, ...file } = await makeExport(traces.map(pagedTrace), choice, version);
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return { ...file, bytes: Buffer.concat(parts) };
}

export const previewed = (traces: readonly TraceToExport[], choice: ExportChoice): Promise<ExportPreview> =>
  previewExport(traces.map(pagedTrace), choice);

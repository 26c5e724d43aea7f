/** Comparisons: of the lanes of a trace, of two traces, of all combinations of options; and one as a file. */
import { cutCells } from '../../../../shared/compare/cut-cells.ts';
import { comparisonHtml } from '../../../../shared/compare/html.ts';
import { compareLanes } from '../../../../shared/compare/lanes.ts';
import { optionsMatrix } from '../../../../shared/compare/matrix.ts';
import { readAll } from '../../../../shared/compare/read-all.ts';
import type { CompareResult } from '../../../../shared/compare/result.ts';
import { checkLength } from '../../../../shared/compare/too-long.ts';
import { compareTraces, type TraceToCompare } from '../../../../shared/compare/traces.ts';
import { WIRE } from '../../../../shared/model/messages.ts';
import type { Decoding } from '../../../../shared/model/trace.ts';
import { pairTraces } from '../../../../shared/pairing/pair.ts';
import { fileName } from '../../../../shared/text/file-name.ts';
import type { StoredTrace } from '../../store/store.ts';
import { decodeSetup } from '../decode-setup.ts';
import { allReads, type TraceSource } from '../decode-stored.ts';
import type { OneDecoding, TaskContext, TaskDefinitions } from './task.ts';

const ONLY_WIRE: Decoding = { lanes: [WIRE] };

export const compareTasks = {
  'compare.lanes': async (context, of) => cutCells(await comparedLanes(context, of)),
  'compare.traces': async ({ source }, { a, b }) =>
    compareTraces(
      await comparisonInput(source, await source.get(a)),
      await comparisonInput(source, await source.get(b)),
    ),
  'compare.pair': async ({ source }, { a, b }) =>
    pairTraces(
      await comparisonInput(source, await source.get(a), ONLY_WIRE),
      await comparisonInput(source, await source.get(b), ONLY_WIRE),
    ),
  'compare.matrix': async ({ source }, { id, lanes }) => {
    const trace = await source.get(id);
    checkLength(trace.storedBytes);
    const setup = decodeSetup(trace, { lanes });
    return optionsMatrix(await allReads(source, trace), setup, setup.lanes, trace.ending ?? null);
  },
  'compare.html': async (context, params) => {
    const { title, api, model, startedAt, storedBytes, metrics } = await context.source.get(params.id);
    checkLength(storedBytes);
    const { bytes: body } = await context.source.bytes(params.id, 0, storedBytes);
    return {
      name: `${fileName(title)}-comparison.html`,
      html: comparisonHtml(await comparedLanes(context, params), { title, api, model, startedAt, metrics, body }),
    };
  },
} satisfies TaskDefinitions;

function comparedLanes(context: TaskContext, of: OneDecoding): Promise<CompareResult> {
  return context.comparison(of, async (trace) =>
    compareLanes((await comparisonInput(context.source, trace, of)).input),
  );
}

async function comparisonInput(
  source: TraceSource,
  detail: StoredTrace,
  decoding: Decoding = {},
): Promise<TraceToCompare> {
  const { timed, ending, storedBytes } = detail;
  checkLength(storedBytes);
  const setup = decodeSetup(detail, decoding);
  const input = readAll(await allReads(source, detail), setup, {
    lanes: setup.lanes,
    timed,
    ...(ending && { ending }),
  });
  return { detail, input };
}

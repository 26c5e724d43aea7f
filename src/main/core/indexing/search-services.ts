/** `traces.list` and `traces.groups` with what the words of a filter find in messages, and searches of all that was said. */
import { readFilter } from '../../../shared/filter/read-filter.ts';
import type { Filter } from '../../../shared/filter/filter.ts';
import type { SearchPart } from '../../../shared/model/search.ts';
import type { SearchHit } from '../../../shared/rpc/contract.ts';
import { ServiceError, type Services } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';
import type { SearchedText } from '../store/filter-sql.ts';
import type { Store } from '../store/store.ts';
import type { Indexer } from './indexer.ts';

export interface SearchSetup {
  readonly store: Pick<Store, 'list' | 'groups' | 'rows'>;
  readonly worker: Pick<DecodeWorker, 'run'>;
  readonly indexer: Pick<Indexer, 'generation' | 'behind' | 'rebuild'>;
}

/** Hits that are given together: few, so that the first are there at once. */
const BATCH = 20;
/** Texts whose traces are kept: a page of the same list, and the list after a trace has changed, ask for them again. */
const KEPT_TEXTS = 32;

interface FilterText {
  readonly part: SearchPart | null;
  readonly text: string;
}

export function searchServices({
  store,
  worker,
  indexer,
}: SearchSetup): Pick<Services, 'traces.list' | 'traces.groups' | 'traces.search' | 'traces.eventOf'> {
  const kept = new Map<string, { readonly generation: number; readonly nrs: readonly number[] }>();

  /** A page that is found, or the last one where what is searched is damaged: it is made again, and what was found before holds. */
  const found = async <Page>(page: Page | 'damaged', last: Page): Promise<Page> => {
    if (page !== 'damaged') return page;
    await indexer.rebuild();
    return last;
  };

  const tracesWith = async ({ part, text }: FilterText, checkAsked: () => void): Promise<readonly number[]> => {
    const key = JSON.stringify([part, text]);
    const before = kept.get(key);
    if (before?.generation === indexer.generation) return before.nrs;
    const { generation } = indexer;
    const nrs: number[] = [];
    for (let place: number | null | undefined; place !== null;) {
      checkAsked();
      // As one text, as it is meant in a filter.
      const query = { text: `"${text}"`, part: part ?? undefined, before: place };
      const page = await found(await worker.run('search.traces', query), { nrs: [], next: null });
      nrs.push(...page.nrs);
      place = page.next;
    }
    kept.delete(key);
    kept.set(key, { generation, nrs });
    if (kept.size > KEPT_TEXTS) kept.delete(kept.keys().next().value!);
    return nrs;
  };

  /** The last question of each asker. */
  const last = new Map<string, symbol>();

  /** What is found for the texts of a filter. Rejects with code `superseded` once the same asker asks again. */
  const searchedIn = async (
    filter: string | undefined,
    asker: string | undefined,
  ): Promise<readonly SearchedText[]> => {
    const texts = filter === undefined ? [] : textsOf(readFilter(filter, Date.now()).filter);
    const mine = Symbol('question');
    if (asker !== undefined) last.set(asker, mine);
    const checkAsked = (): void => {
      if (asker !== undefined && last.get(asker) !== mine)
        throw new ServiceError('superseded', 'Another filter has been asked for meanwhile.');
    };
    const searched = [];
    try {
      for (const one of texts) searched.push({ ...one, nrs: await tracesWith(one, checkAsked) });
      return searched;
    } finally {
      if (asker !== undefined && last.get(asker) === mine) last.delete(asker);
    }
  };

  return {
    'traces.list': async ({ asker, ...params }) =>
      store.list({ ...params, searched: await searchedIn(params.filter, asker && `list ${asker}`) }),
    'traces.groups': async ({ asker, ...params }) =>
      store.groups({ ...params, searched: await searchedIn(params.filter, asker && `groups ${asker}`) }),
    'traces.search': async function* search({ text, limit }, signal) {
      let given = 0;
      let before: number | null | undefined;
      do {
        const query = { text, before, limit: Math.min(BATCH, limit - given) };
        const page = await found(await worker.run('search.find', query), { found: [], next: null });
        const rows = new Map(
          (await store.rows([...new Set(page.found.map(({ nr }) => nr))])).map((row) => [row.nr, row]),
        );
        const hits = page.found.flatMap(({ nr, excerpt, ...found }): SearchHit[] => {
          const row = rows.get(nr);
          return row ? [{ ...found, row, excerpt: excerpt.text, marks: excerpt.marks }] : [];
        });
        given += hits.length;
        before = given < limit ? page.next : null;
        yield [{ hits, done: before === null, behind: indexer.behind }];
      } while (before !== null && !signal.aborted);
    },
    'traces.eventOf': (place) => worker.run('traces.eventOf', place),
  };
}

function textsOf(filter: Filter): readonly FilterText[] {
  switch (filter.type) {
    case 'all':
    case 'any':
      return filter.parts.flatMap(textsOf);
    case 'not':
      return textsOf(filter.part);
    case 'text':
      return [{ part: null, text: filter.text }];
    case 'in':
      return [{ part: filter.part, text: filter.text }];
    default:
      return [];
  }
}

/** What a page of the window shows, read as a person would, and what it complains of. */
import { expect, type Page } from 'playwright/test';
import { TraceModel } from '../../src/renderer/stores/trace-model.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { allLanes } from '../../src/shared/lanes/registry.ts';
import { cellOf } from '../../src/shared/model/block-row.ts';
import type { ByLane, LaneId } from '../../src/shared/model/messages.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { usualEndpoint } from '../../src/shared/providers/registry.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { endpointId } from '../../src/shared/model/ids.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import type { MethodName, StreamName } from '../../src/shared/rpc/contract.ts';
import type { ClientFrame, ServerFrame } from '../../src/shared/rpc/frames.ts';

/** Errors of the page's console, refused loads and violations of the content policy among them. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(message.text());
  });
  page.on('pageerror', (error) => found.push(String(error)));
  return found;
}

/** An empty store then plays no sample by itself: a test that starts its own run sees that one only. Call before the page is opened. */
export async function withoutFirstSample(page: Page): Promise<void> {
  await page.addInitScript(() => sessionStorage.setItem('tracelane.first-run.played', 'yes'));
}

/** Opens the window on an empty store, without the first sample; resolves when its commands are there, since keys pressed before do nothing. */
export async function openEmpty(page: Page, url: string): Promise<void> {
  await withoutFirstSample(page);
  await page.goto(url);
  await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
}

/** Starts a sample as the editor would; resolves once its trace exists. */
export async function startSample(client: Client, model: string, api: Api): Promise<TraceId> {
  const sample = (await client.call('samples.list', {})).find((one) => one.model === model && one.api === api)!;
  const endpoint = endpointId(`sample-${usualEndpoint(api).type}`);
  const { id } = await client.call('runs.start', {
    endpoint,
    api,
    request: sample.request as Record<string, unknown>,
    options: { ...DEFAULT_OPTIONS, ...sample.options },
  });
  return id;
}

/** All items of a trace to its ending, folded as the window folds them. */
export function wholeTrace(client: Client, id: TraceId): Promise<TraceModel> {
  const model = new TraceModel({ seekable: true });
  return new Promise((resolve, reject) => {
    const stop = client.subscribe(
      'traces.items',
      { id },
      {
        items(batch) {
          model.apply(batch);
          if (!model.ending) return;
          stop();
          resolve(model);
        },
        error: reject,
      },
    );
  });
}

/** Opens a trace from the list; resolves when the window holds all of it, since keys pressed before do nothing. */
export async function openTrace(page: Page, url: string, id: TraceId, whole: TraceModel): Promise<void> {
  await page.goto(url);
  await page.locator(`#run-${id}`).click();
  await expect.poll(async () => (await shown(page)).events, { timeout: 60_000 }).toBe(whole.events.length);
}

const LANES = allLanes().map(({ id }) => id);

export interface Shown {
  readonly events: number;
  readonly reads: number;
  readonly bytes: number;
  /** All streamed text of each lane, in order. */
  readonly text: ByLane<string>;
}

/** What the open trace shows; the numbers may be a quarter of a second behind the text. */
export async function shown(page: Page): Promise<Shown> {
  return page.evaluate((lanes) => {
    const number = (name: string): number => {
      const term = [...document.querySelectorAll('.numbers dt')].find((dt) => dt.textContent === name);
      // Of a playing, "of" how many follows; of what is stored, what it takes.
      return Number(term?.nextElementSibling?.textContent?.split(/ of | · /)[0]!.replaceAll(/\D/g, '') ?? NaN);
    };
    const text = (lane: string): string =>
      [...document.querySelectorAll(`[data-lane="${lane}"] .streamed`)].map((one) => one.textContent).join('');
    return {
      events: number('Events'),
      reads: number('Reads'),
      bytes: number('Bytes'),
      text: Object.fromEntries(lanes.map((lane) => [lane, text(lane)])) as Record<string, string> & {
        readonly wire: string;
      },
    };
  }, LANES);
}

/** The same of a model: what the page must show when it has all of it. */
export function expected(model: TraceModel): Shown {
  const text = (lane: LaneId): string =>
    model.blocks.rows
      .flatMap((row) => cellOf(row, lane))
      .map((block) => block.pieces.join(''))
      .join('');
  return {
    events: model.events.length,
    reads: model.reads.length,
    bytes: model.bytes,
    text: { wire: text('wire'), ...Object.fromEntries(LANES.map((lane) => [lane, text(lane)])) },
  };
}

/**
 * Keeps what the program sends for one method or stream from the page until the returned function is called. Call before the page
 * is opened. `which`: whether it is kept, by what the page asks for; all of it unless said. `kept`: called for each message that is.
 */
export async function holding(
  page: Page,
  name: MethodName | StreamName,
  which: (params: Readonly<Record<string, unknown>>) => boolean = () => true,
  kept?: () => void,
): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.routeWebSocket(/\/rpc/, (socket) => {
    const server = socket.connectToServer();
    const held = new Set<unknown>();
    socket.onMessage((message) => {
      const frame = JSON.parse(message.toString()) as ClientFrame;
      if ('name' in frame && frame.name === name && which(frame.params as Readonly<Record<string, unknown>>))
        held.add(frame.id);
      server.send(message);
    });
    server.onMessage((message) => {
      const frame = JSON.parse(message.toString()) as ServerFrame;
      if (!('id' in frame && held.has(frame.id))) return socket.send(message);
      void released.then(() => socket.send(message));
      kept?.();
    });
  });
  return release;
}

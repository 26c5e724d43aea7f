/** The desktop app, in the order in which it starts and ends. What each part does stands in its own file. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog } from 'electron';
import { COMMAND } from '../../../shared/rpc/handshake.ts';
import { serve } from '../../../shared/rpc/server.ts';
import type { Core, CoreSetup } from '../../core/core.ts';
import { FileVault } from '../../core/keys/file-vault.ts';
import { dataDirectory, proxyPort, samplePace } from '../environment.ts';
import { say } from '../log.ts';
import { failure, watchCrashes, watchHangs, type Fail } from './crashes.ts';
import type { RendererFile } from '../renderer-files.ts';
import { FaultLog } from './fault-log.ts';
import { SystemFiles } from './files.ts';
import { guardSession, guardWindows } from './guards.ts';
import { setMenu } from './menu.ts';
import { PageCalls } from './page.ts';
import { servePorts } from './ports.ts';
import { registerScheme, serveRenderer } from './scheme.ts';
import { SafeStorageVault } from './vault.ts';
import { upgradePage } from '../upgrade-notice.ts';
import { openWindow } from './window.ts';

/** Where the built files lie, which only the entry knows. */
export interface ShellSetup extends Pick<CoreSetup, 'storeWorker' | 'decodeWorker' | 'exchangeWorker' | 'proxyWorker'> {
  readonly rendererDir: string;
  readonly preload: string;
}

/** For what was recorded to be written: the store may be what is broken. */
const CLOSE_MS = 10_000;

export function startShell(setup: ShellSetup, createCore: (setup: CoreSetup) => Promise<Core>): void {
  const dataDir = dataDirectory();
  const profile = join(dataDir, 'electron');
  if (!makeFolder(profile)) return;
  app.setPath('userData', profile);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const page = new PageCalls();
  const files = new SystemFiles(page);
  registerScheme();
  guardWindows();

  const log = new FaultLog(join(dataDir, 'faults.log'));
  let core: Core | undefined;
  const close = () => withinLimit(core?.close());
  const fail = failure(log, close);
  watchCrashes(log, fail);
  closeBeforeQuit(close, fail);

  const start = async (): Promise<void> => {
    await app.whenReady();
    guardSession();
    let openingPage: RendererFile | undefined;
    serveRenderer(setup.rendererDir, () => openingPage);
    let open = (): void => {};
    const openFirst = (): void => {
      open = () => watchHangs(openWindow({ preload: setup.preload, stateFile: join(profile, 'window.json') }));
      open();
    };
    const tellUpgrade = async (bytes: number): Promise<void> => {
      const page = await upgradePage(setup.rendererDir, bytes);
      if (core) return;
      openingPage = page;
      openFirst();
    };
    setMenu((id) => {
      if (BrowserWindow.getAllWindows().length === 0) open();
      page.say(COMMAND, id);
    });
    const { storeWorker, decodeWorker, exchangeWorker, proxyWorker } = setup;
    const pace = samplePace();
    const port = proxyPort();
    core = await createCore({
      dataDir,
      host: 'electron',
      version: app.getVersion(),
      vault: new SafeStorageVault(new FileVault(join(dataDir, 'keys-encrypted.json'))),
      storeWorker,
      decodeWorker,
      exchangeWorker,
      onUpgrade: (bytes) => void tellUpgrade(bytes),
      ...(proxyWorker && { proxyWorker }),
      ...(pace !== undefined && { samplePace: pace }),
      ...(port !== undefined && { proxyPort: port }),
    });
    const { services } = core;
    if (core.remark !== undefined) say(core.remark);
    servePorts((port) => serve(services, port, log.write));
    if (openingPage) openingPage = undefined;
    else openFirst();
    files.start();
    // On macOS an app goes on without a window, and its icon brings one back.
    app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && open());
  };
  start().catch((error: unknown) => fail('Tracelane could not be started', error));
}

/** False when nothing can be saved; the user has been told. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return true;
  } catch (error) {
    dialog.showErrorBox(
      'Tracelane cannot save anything',
      `${path} cannot be created (${(error as NodeJS.ErrnoException).code}). Check the folder, or set TRACELANE_DATA_DIR to another one, and restart the app.`,
    );
    app.exit(1);
    return false;
  }
}

/** A quit waits until what was recorded is written. */
function closeBeforeQuit(close: () => Promise<void>, fail: Fail): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', (event) => {
    event.preventDefault();
    close().then(
      () => app.exit(0),
      (error: unknown) => fail('The traces could not be closed', error),
    );
  });
}

async function withinLimit(closing: Promise<string | undefined> | undefined): Promise<void> {
  const limit = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error(`Closing took longer than ${CLOSE_MS / 1000} seconds.`)), CLOSE_MS).unref();
  });
  const lost = await Promise.race([closing, limit]);
  if (lost !== undefined) say(lost);
}

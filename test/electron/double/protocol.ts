/** What the two halves of the double ask of each other: the program's process, and the process that drives the browser. */

export interface FrameInfo {
  readonly id: string;
  readonly url: string;
  readonly parent: FrameInfo | null;
}

/** A window's document as the browser has it: its id changes with every page load. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface MenuEntry {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly accelerator?: string;
  readonly registerAccelerator?: boolean;
  readonly submenu?: readonly MenuEntry[];
}

export interface WindowInfo {
  readonly id: number;
  readonly url: string;
  readonly visible: boolean;
  readonly focused: boolean;
  readonly minimized: boolean;
  readonly bounds: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly webPreferences: Readonly<Record<string, unknown>>;
}

export interface Inspection {
  readonly sandboxed: boolean;
  readonly schemes: readonly { readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }[];
  readonly windows: readonly WindowInfo[];
  readonly menu: readonly MenuEntry[];
  readonly ports: number;
}

/** What the program's process does when the browser or a test says that something happened. Type, not interface: it is called by name. */
export type ProgramSide = {
  start(): void;
  /** An answer of the app's protocol; undefined for a scheme that is not handled. */
  fetch(url: string, method: string): Promise<Answer | undefined>;
  requestAllowed(url: string): Promise<boolean>;
  navigationAllowed(contents: number, url: string, frame: FrameInfo): boolean;
  windowOpenAllowed(contents: number, url: string): boolean;
  permissionAllowed(contents: number, permission: string, origin: string): Promise<boolean>;
  downloadAllowed(url: string): boolean;
  navigated(contents: number, url: string): void;
  loaded(contents: number): void;
  rendererGone(contents: number): void;
  hangs(contents: number, hangs: boolean): void;
  ipc(contents: number, frame: FrameInfo, channel: string, args: readonly unknown[]): void;
  portMessage(port: number, data: unknown): void;
  portClosed(port: number): void;
  // What a user or a test does.
  /** Contents without a page, for a client of the test's own: what is sent to it comes as with any other. */
  openClient(): number;
  inspect(): Inspection;
  clickMenu(id: string): void;
  closeWindow(contents: number): void;
  minimize(contents: number): void;
  quit(): void;
  /** Whether the event was prevented. */
  emit(contents: number, event: string, params: Readonly<Record<string, unknown>>): boolean;
  /** A click, or a key, in the page. */
  input(contents: number, type: string): void;
  answerDialogs(button: number): void;
  rotateStorageKey(): void;
  collectGarbage(): Promise<void>;
  throwLater(message: string): void;
};

/** What the browser's side does for the program. */
export type BrowserSide = {
  openWindow(
    contents: number,
    setup: { readonly preload: string; readonly width: number; readonly height: number },
  ): Promise<void>;
  load(contents: number, url: string): Promise<void>;
  reload(contents: number): Promise<void>;
  closeWindow(contents: number): Promise<void>;
  crash(contents: number): Promise<void>;
  /** To one frame, or to the main one. `ports` are ends that go with it. */
  send(
    contents: number,
    frame: string | null,
    channel: string,
    args: readonly unknown[],
    ports: readonly number[],
  ): void;
  portMessage(port: number, data: unknown): void;
  portClosed(port: number): void;
  /** What the program asked of the system, in order. */
  record(what: 'opened' | 'dialog' | 'detail', value: string): void;
};

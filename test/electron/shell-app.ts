/** The desktop app as a scenario sees it, on the double and on the real binary alike. */
import type { Page } from 'playwright/test';

export interface ShellApp {
  /** The window's page, once it was loaded. */
  page(): Promise<Page>;
  webPreferences(): Promise<Readonly<Record<string, unknown>>>;
  /** What was opened in the user's browser, in order. */
  opened(): Promise<readonly string[]>;
  windowCount(): Promise<number>;
  /** Chooses a menu entry by its id. */
  clickMenu(id: string): Promise<void>;
  /** Quits as a user does; gives the exit code. */
  quit(): Promise<number | null>;
  /** For the end of a test: ends it whatever it does. */
  dispose(): Promise<void>;
}

export interface LaunchOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

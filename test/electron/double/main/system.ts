/** What belongs to the system: the menu as data, dialogs and opened addresses as records, one screen. */
import type { MenuEntry } from '../protocol.ts';
import { browser, tell } from './browser.ts';

export interface MenuItem extends MenuEntry {
  readonly submenu?: readonly MenuItem[];
  click?(item: MenuItem, window: unknown, event: unknown): void;
}

let applicationMenu: readonly MenuItem[] = [];

export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]): { readonly items: readonly MenuItem[] } => ({ items: template }),
  setApplicationMenu(menu: { readonly items: readonly MenuItem[] } | null): void {
    applicationMenu = menu?.items ?? [];
  },
};

/** Without the functions. */
export function menuEntries(items: readonly MenuItem[] = applicationMenu): readonly MenuEntry[] {
  return items.map(({ click: _click, submenu, ...entry }) =>
    submenu ? { ...entry, submenu: menuEntries(submenu) } : entry,
  );
}

export function clickMenu(id: string, items: readonly MenuItem[] = applicationMenu): void {
  const all = (list: readonly MenuItem[]): readonly MenuItem[] =>
    list.flatMap((item) => [item, ...all(item.submenu ?? [])]);
  const item = all(items).find((candidate) => candidate.id === id);
  if (!item?.click) throw new Error(`The menu has no ${id} to click.`);
  item.click(item, undefined, {});
}

let button = 0;
export function answerDialogs(answer: number): void {
  button = answer;
}

export const dialog = {
  showErrorBox(title: string, content: string): void {
    tell(browser.record('dialog', `${title}\n${content}`));
  },
  /** With a window before the question, or without one. */
  showMessageBox(...args: readonly unknown[]): Promise<{ response: number; checkboxChecked: boolean }> {
    const { message, detail = '' } = args.at(-1) as { readonly message: string; readonly detail?: string };
    tell(browser.record('detail', detail));
    tell(browser.record('dialog', message));
    return Promise.resolve({ response: button, checkboxChecked: false });
  },
};

export const shell = {
  async openExternal(url: string): Promise<void> {
    await browser.record('opened', url);
  },
};

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

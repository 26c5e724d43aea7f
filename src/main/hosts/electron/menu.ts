/** The menu: the system's own entries, and commands of the window, which the window itself carries out. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';

/** The window knows these commands by the same ids, with the same keys. */
const COMMANDS = {
  newRun: { id: 'run.new', label: 'New Run', accelerator: 'CmdOrCtrl+I' },
  pasteStream: { id: 'stream.paste', label: 'Paste a Stream' },
  settings: { id: 'settings.open', label: 'Settings…', accelerator: 'CmdOrCtrl+,' },
  palette: { id: 'palette.open', label: 'Search…', accelerator: 'CmdOrCtrl+K' },
  theme: { id: 'theme.next', label: 'Switch Theme' },
  keys: { id: 'keys.show', label: 'Keys' },
} satisfies Record<string, MenuItemConstructorOptions & { readonly id: string }>;

/** `choose` is told the id of a command that was chosen. */
export function setMenu(choose: (id: string) => void): void {
  const command = commandOf(choose);
  const mac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [macAppMenu(command)] : []),
    {
      label: 'File',
      submenu: [
        command('newRun'),
        command('pasteStream'),
        { type: 'separator' },
        ...(mac ? [] : [command('settings'), { type: 'separator' } as const]),
        { role: mac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        command('palette'),
        command('theme'),
        { type: 'separator' },
        { role: 'reload' },
        { role: 'toggleDevTools' },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [command('keys')] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function macAppMenu(command: Command): MenuItemConstructorOptions {
  return {
    label: app.name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      command('settings'),
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
}

type Command = (name: keyof typeof COMMANDS) => MenuItemConstructorOptions;

/** Its key is shown and not registered: the page handles keys, and knows when one belongs to what is being typed. */
const commandOf =
  (choose: (id: string) => void): Command =>
  (name) => {
    const item = COMMANDS[name];
    return { ...item, registerAccelerator: false, click: () => choose(item.id) };
  };

/** Keys as they are printed on the keyboard at hand. Chords are written `Mod+Shift+C`; Mod is ⌘ on a Mac, else Ctrl. */
import { onMac } from '../commands/keyboard.ts';
import './chip.css';

const NAMES: Readonly<Record<string, string>> = {
  Mod: onMac ? '⌘' : 'Ctrl',
  Shift: onMac ? '⇧' : 'Shift',
  Alt: onMac ? '⌥' : 'Alt',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: onMac ? '⏎' : 'Enter',
  Escape: 'Esc',
  Backspace: onMac ? '⌫' : 'Backspace',
};

/** `Mod+K` as the keys' names, e.g. `Ctrl K`. */
function chordText(chord: string): string {
  const keys = chord === '+' ? ['+'] : chord.split('+');
  return keys.map((key) => NAMES[key] ?? key).join(' ');
}

export function Key({ chord }: { readonly chord: string }) {
  return <kbd className="key">{chordText(chord)}</kbd>;
}

/** Keys to commands. One listener for the window; components declare what they can do, never which key does it. */
import { useEffect } from 'react';
import { useApp } from '../stores/app.ts';
import { COMMANDS, runCommand, type Command, type CommandId } from './commands.ts';
import { typeAhead } from './typed-ahead.ts';

/** Mod is ⌘ there, else Ctrl. */
export const onMac = navigator.platform.startsWith('Mac');

const byChord = new Map<string, CommandId[]>();
for (const { id, keys } of COMMANDS as readonly (Command & { readonly id: CommandId })[])
  for (const chord of keys ?? []) byChord.set(chord, [...(byChord.get(chord) ?? []), id]);

/** The chord of a key event, written as in the command list. */
function chordOfEvent(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const mod = onMac ? event.metaKey : event.ctrlKey;
  const named = event.key === ' ' ? 'Space' : event.key;
  const letter = named.length === 1;
  // Shift is part of a printed sign such as `?`, but a modifier of a letter or a named key.
  const shift = event.shiftKey && (!letter || named.toLowerCase() !== named.toUpperCase());
  const key = letter && (mod || shift) ? named.toUpperCase() : named;
  return [mod && 'Mod', shift && 'Shift', event.altKey && 'Alt', key].filter(Boolean).join('+');
}

const DIALOG = '[role="dialog"], [role="alertdialog"]';

/** Whether the key belongs to what is being typed. */
function typing(target: EventTarget | null): boolean {
  // An editor in a shadow root is seen as its host, which says so by this attribute.
  return inside(target, 'input, textarea, select, [contenteditable="true"], [data-editor]');
}

function inside(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

/** What a field does with them while one types, beside all that is one key. */
const FIELD_CHORDS = new Set(['Mod+Backspace', 'Mod+Z']);

/** Lists, menus and dialogs keep their own keys: arrows, Enter, Space. */
const OWN_KEYS = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Enter', 'Space', 'Escape']);
function ownedBy(target: EventTarget | null, chord: string): boolean {
  if (inside(target, `${DIALOG}, [role="menu"], [role="listbox"]`)) return !chord.startsWith('Mod+');
  if (!OWN_KEYS.has(chord)) return false;
  // The chosen tab has nothing left to be chosen by them.
  if (chord === 'Enter' || chord === 'Space')
    return inside(target, 'button:not([role="tab"][aria-selected="true"]), a, summary, [role="button"]');
  if (chord === 'Escape') return false;
  // Tabs lie in a row: what is above and below is not theirs.
  const across = chord === 'ArrowLeft' || chord === 'ArrowRight';
  return inside(
    target,
    across
      ? '[role="tablist"], [role="separator"], [role="slider"], [role="radiogroup"], [data-scrolls-across]'
      : '[role="separator"], [role="slider"], [role="radiogroup"]',
  );
}

export function useKeyboard(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const chord = chordOfEvent(event);
      const single = !chord.includes('Mod+') && !chord.includes('Alt+') && chord !== 'Escape' && !/^F\d+$/.test(chord);
      if ((single || FIELD_CHORDS.has(chord)) && typing(event.target)) return;
      const letter = single && chord.replace('Shift+', '').length === 1;
      const { overlay, settings } = useApp.getState();
      // The dialog that was asked for has not taken the focus yet: what is behind it is not meant.
      if (single && event.key.length === 1 && overlay !== null && !inside(event.target, DIALOG)) {
        if (overlay.id === 'palette') typeAhead(event.key);
        event.preventDefault();
        return;
      }
      if (letter && settings?.singleKeys === false) return;
      if (ownedBy(event.target, chord)) return;
      if (byChord.get(chord)?.some(runCommand) === true) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

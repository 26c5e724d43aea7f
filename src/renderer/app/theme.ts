/**
 * `data-theme` on the root is always a theme that exists, `system` resolved. The choice is kept in the window too, so that
 * the first frame has its colours before the settings have arrived.
 */
import { useEffect } from 'react';
import type { Settings } from '../../shared/rpc/contract.ts';
import { useApp } from '../stores/app.ts';
import { kept } from '../stores/kept.ts';

const KEY = 'tracelane.theme';
const light = matchMedia('(prefers-color-scheme: light)');
const moreContrast = matchMedia('(prefers-contrast: more)');

export type ThemeName = 'light' | 'dark' | 'contrast';

export function resolveTheme(choice: Settings['theme']): ThemeName {
  if (choice !== 'system') return choice;
  if (moreContrast.matches) return 'contrast';
  return light.matches ? 'light' : 'dark';
}

function paint(choice: Settings['theme']): void {
  document.documentElement.dataset['theme'] = resolveTheme(choice);
}

/** Call before the first render. */
export function paintStoredTheme(): void {
  const choice = kept.getItem(KEY);
  paint(choice === 'light' || choice === 'dark' || choice === 'contrast' ? choice : 'system');
}

export function useTheme(): void {
  const choice = useApp((state) => state.settings?.theme);
  useEffect(() => {
    if (choice === undefined) return;
    kept.setItem(KEY, choice);
    const repaint = () => paint(choice);
    repaint();
    light.addEventListener('change', repaint);
    moreContrast.addEventListener('change', repaint);
    return () => {
      light.removeEventListener('change', repaint);
      moreContrast.removeEventListener('change', repaint);
    };
  }, [choice]);
}

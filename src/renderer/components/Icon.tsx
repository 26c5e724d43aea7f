/** An icon of an action, at the weight of the drawings in Glyph: 1.5 px lines in any size. */
import type { LucideIcon } from 'lucide-react';

export function Icon({ of: Drawing, size = 16 }: { readonly of: LucideIcon; readonly size?: 12 | 14 | 16 }) {
  return <Drawing size={size} strokeWidth={1.5} absoluteStrokeWidth aria-hidden />;
}

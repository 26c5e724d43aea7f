import { ArrowDown } from 'lucide-react';
import { count } from './format.ts';
import { Icon } from './Icon.tsx';
import './new-pill.css';

/** Says how much came while the end was not followed, and leads there; nothing while nothing did. */
export function NewPill({ missed, onClick }: { readonly missed: number; readonly onClick: () => void }) {
  if (missed <= 0) return null;
  return (
    <button type="button" className="pill" onClick={onClick}>
      {count(missed)} new <Icon of={ArrowDown} size={12} />
    </button>
  );
}

import type { ReactNode } from 'react';
import './chip.css';

interface ChipProps {
  readonly children: ReactNode;
  /** A `k-…` class: the meaning its colour carries. */
  readonly tone?: string;
  /** Filled instead of edged. */
  readonly fill?: boolean;
  readonly className?: string;
  readonly title?: string;
}

/** 16 px high, never louder than its row. */
export function Chip({ children, tone, fill = false, className = '', title }: ChipProps) {
  const classes = ['chip', tone && `k ${tone}`, fill && 'fill', className].filter(Boolean).join(' ');
  return (
    <span className={classes} title={title}>
      {children}
    </span>
  );
}

/**
 * Drawings that carry meaning: states of a run and kinds of output. Each differs from its neighbours by shape first and
 * colour second, so that nothing is told by colour alone. Icons of actions come from lucide.
 */
import type { ReactNode } from 'react';
import { Spinner } from './Spinner.tsx';
import './glyph.css';

const dashedRing = <circle cx="8" cy="8" r="4.25" strokeDasharray="2 2" />;

const SHAPES = {
  // States of a run.
  live: (
    <>
      <circle cx="8" cy="8" r="5" opacity=".3" />
      <path d="M8 3a5 5 0 0 1 5 5" />
    </>
  ),
  complete: <circle className="solid" cx="8" cy="8" r="4" />,
  truncated: (
    <>
      <circle cx="8" cy="8" r="4.25" />
      <path className="solid" d="M8 3.75a4.25 4.25 0 0 0 0 8.5z" />
    </>
  ),
  error: <path fill="currentColor" d="M8 3.25 13.25 12.5H2.75z" />,
  refused: <path d="M8 3.25 13.25 12.5H2.75z" />,
  cancelled: <path fill="currentColor" d="M4.5 4.5h7v7h-7z" />,
  never: dashedRing,
  stalled: <path d="M6 4v8M10 4v8" strokeWidth="2" />,
  limit: <path d="M3.5 12.5h9M8 3.5v6M5 6.5l3-3 3 3" />,
  'not-a-stream': <path d="M4.5 2.75h4.75l2.25 2.25v8.25h-7zM6.5 8h3M6.5 10.5h3" />,
  // Kinds of output.
  reasoning: (
    <>
      <circle cx="8" cy="8" r="5.25" />
      <circle cx="8" cy="8" r="1.5" />
    </>
  ),
  text: <path d="M3 4.25h10M3 8h10M3 11.75h6" />,
  tool: (
    <path d="M6.25 2.75c-1.75 0-2 .9-2 2.4S3.75 8 2.75 8c1 0 1.5 1.35 1.5 2.85s.25 2.4 2 2.4M9.75 2.75c1.75 0 2 .9 2 2.4S12.25 8 13.25 8c-1 0-1.5 1.35-1.5 2.85s-.25 2.4-2 2.4" />
  ),
  approval: (
    <>
      <path d="m8 2.25 5 1.75v4c0 2.75-1.9 4.75-5 5.75-3.1-1-5-3-5-5.75V4z" />
      <path d="M8 5.5v3M8 10.75v.01" />
    </>
  ),
  meta: <path d="m8 3 5 5-5 5-5-5z" />,
  end: <path d="M3.5 3v10M3.5 3.5h8l-2 2.75 2 2.75h-8" />,
  hidden: (
    <>
      <path d="M2 8s2.25-4 6-4 6 4 6 4-2.25 4-6 4-6-4-6-4z" />
      <path d="m3 13.5 10-11" />
    </>
  ),
  // Verdicts.
  same: <path d="m3.75 8.25 2.75 2.75 5.75-6" />,
  differs: <path d="M3.5 6h9M3.5 10h9M10.25 3 5.75 13" />,
} satisfies Record<string, ReactNode>;

export type GlyphName = keyof typeof SHAPES;

interface GlyphProps {
  readonly name: GlyphName;
  /** 12, 14 or 16 pixels. */
  readonly size?: 12 | 14 | 16;
  /** A `k-…` class for its colour, and others. */
  readonly className?: string;
  /** What it says to those who do not see it; without one it is decoration. */
  readonly label?: string;
}

export function Glyph({ name, size = 16, className = '', label }: GlyphProps) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  const drawing = (
    <svg className={`glyph k ${className}`} viewBox="0 0 16 16" width={size} height={size} {...spoken}>
      {SHAPES[name]}
    </svg>
  );
  return name === 'live' ? <Spinner>{drawing}</Spinner> : drawing;
}

import type { ReactNode } from 'react';
import { Shown } from '../../components/Shown.tsx';
import './inspector.css';

interface SectionProps {
  readonly title: ReactNode;
  /** At the right end of the title's line. */
  readonly end?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a pane. */
export function Section({ title, end, children }: SectionProps) {
  return (
    <section>
      <h2>
        {title}
        {end !== undefined && <span className="push section-end">{end}</span>}
      </h2>
      {children}
    </section>
  );
}

/** Names and values, one a line. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="insp-facts">{children}</dl>;
}

export function Fact({
  name,
  children,
  title,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly title?: string | undefined;
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd title={title}>{children}</dd>
    </>
  );
}

/** Why a pane has nothing to show, and what to do. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className="insp-empty">{children}</div>;
}

/** Header lines as they came, secrets already replaced. */
export function Headers({ headers }: { readonly headers: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="headers">
      {headers.map(([name, value], at) => (
        <div key={at}>
          <dt>
            <Shown text={name} />
          </dt>
          <dd>
            <Shown whole text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

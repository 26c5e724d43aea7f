import { X } from 'lucide-react';
import type { TraceCompareResult } from '../../../shared/compare/result.ts';
import { IconButton } from '../../components/Button.tsx';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { factsOf } from './traces-facts.ts';

/** Numbers of both runs, and what the second has more or less. */
export function TraceFacts({ result, onEnd }: { readonly result: TraceCompareResult; readonly onEnd: () => void }) {
  const { a, b } = result;
  return (
    <table className="traces-facts" aria-label="Numbers of both runs">
      <colgroup>
        <col />
        <col />
        <col />
        <col />
      </colgroup>
      <thead>
        <tr>
          <td />
          <th scope="col" title={seenText(a.title)}>
            <span className="side">A</span>
            <Shown isName text={a.title} />
          </th>
          <th scope="col" title={seenText(b.title)}>
            <span className="side">B</span>
            <Shown isName text={b.title} />
          </th>
          <th scope="col">
            <span className="against">
              B against A
              <IconButton icon={X} label="Leave the other run" onClick={onEnd} />
            </span>
          </th>
        </tr>
      </thead>
      <tbody>
        {factsOf(a, b).map(({ name, a: left, b: right, equal, change }) => (
          <tr key={name} className={left === right ? 'same' : undefined}>
            <th scope="row">{name}</th>
            <td>{left}</td>
            <td>{equal ? 'equal' : right}</td>
            <td className="quiet">{change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

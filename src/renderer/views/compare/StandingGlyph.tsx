import { differs, type Standing } from '../../../shared/model/findings.ts';
import { Glyph } from '../../components/Glyph.tsx';

/** Equal, differs, or neither: not equal, and nothing is lost by that. */
export function StandingGlyph({ standing }: { readonly standing: Standing }) {
  if (standing.equal) return <Glyph name="same" size={12} className="k-ok" />;
  if (differs(standing)) return <Glyph name="differs" size={12} className="k-del" />;
  return <Glyph name="meta" size={12} className="k-meta" label="not equal, nothing lost" />;
}

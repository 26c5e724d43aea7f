/** What Markdown is made of, as plain values that travel between threads: of any text, in bounds. */
import type { SyntaxNode } from '@lezer/common';
import { GFM, parser } from '@lezer/markdown';

const gfm = parser.configure(GFM);
/** What lies deeper stays as it was written: nobody reads it, and a browser cannot lay it out without end. */
const DEEPEST = 24;
/** Of more no window is made: the longest answer that is read has half of it. */
const MOST_NODES = 10_000;

/** A piece of the text; `name` is that of its kind in Lezer's grammar. */
export interface MarkdownNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Without those of a node that lies too deep; `isDeep` then. */
  readonly children: readonly MarkdownNode[];
  readonly isDeep: boolean;
}

/** Null where it has too many parts. Takes as long as it takes: for a thread that can be ended. */
export function markdownTree(text: string): MarkdownNode | null {
  let left = MOST_NODES;
  const taken = (node: SyntaxNode, depth: number): MarkdownNode | null => {
    if (left-- <= 0) return null;
    const { name, from, to } = node;
    const isDeep = depth > DEEPEST;
    const children: MarkdownNode[] = [];
    for (let child = isDeep ? null : node.firstChild; child; child = child.nextSibling) {
      const one = taken(child, depth + 1);
      if (one === null) return null;
      children.push(one);
    }
    return { name, from, to, children, isDeep };
  };
  return taken(gfm.parse(text).topNode, 0);
}

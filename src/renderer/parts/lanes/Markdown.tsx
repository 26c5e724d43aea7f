/** Markdown as a person reads it, read in a thread of its own and drawn frame by frame. */
import { useEffect, useMemo, useState } from 'react';
import { LongText } from '../../components/LongText.tsx';
import { useSteps } from '../../components/use-steps.ts';
import { MarkdownTree } from './MarkdownTree.tsx';
import type { MarkdownNode } from './markdown-tree.ts';
import { readMarkdown } from './read-markdown.ts';

/** What is drawn of a text of which a few lines are seen, in UTF-16 units. */
const CLAMPED = 1_024;
/** Its elements take longer to draw than plain text of as many characters. */
const COST = 4;

interface MarkdownProps {
  readonly text: string;
  /** Only a few lines of it are seen. */
  readonly clamped: boolean;
}

/** The text as it came until it is read, and where it cannot be. */
export function Markdown({ text, clamped }: MarkdownProps) {
  const [read, setRead] = useState<{ readonly of: string; readonly tree: MarkdownNode | null }>();
  useEffect(() => {
    let wanted = true;
    void readMarkdown(text).then((tree) => wanted && setRead({ of: text, tree }));
    return () => {
      wanted = false;
    };
  }, [text]);
  const tree = read?.of === text ? read.tree : null;
  return tree ? <Drawn text={text} tree={tree} clamped={clamped} /> : <AsItCame text={text} clamped={clamped} />;
}

function AsItCame({ text, clamped }: MarkdownProps) {
  const pieces = useMemo(() => [clamped ? text.slice(0, CLAMPED) : text], [text, clamped]);
  return <LongText pieces={pieces} className="prose" first={Number.POSITIVE_INFINITY} />;
}

function Drawn({ text, tree, clamped }: MarkdownProps & { readonly tree: MarkdownNode }) {
  const { children } = tree;
  const wanted = clamped ? children.filter(({ from }) => from < CLAMPED).length : children.length;
  const drawn = useSteps(wanted, Math.ceil((COST * text.length) / Math.max(1, children.length)), tree);
  return <MarkdownTree text={text} tree={tree} drawn={drawn} />;
}

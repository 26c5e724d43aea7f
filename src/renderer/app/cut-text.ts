/** Text that an ellipsis cuts short is told whole where it is pointed at, wherever it stands. */
import { useEffect } from 'react';

/** More than a tooltip shows. */
const MOST_CHARACTERS = 1000;

export function useCutText(): void {
  useEffect(() => {
    document.addEventListener('mouseover', tell);
    return () => document.removeEventListener('mouseover', tell);
  }, []);
}

function tell({ target }: MouseEvent): void {
  const cut = target instanceof Element ? cutAround(target) : null;
  if (cut === null) return;
  cut.title = cut.textContent.slice(0, MOST_CHARACTERS);
  // The element may hold another text the next time.
  cut.addEventListener('mouseleave', () => cut.removeAttribute('title'), { once: true });
}

/** The element that cuts its text, if none on the way to it has a tooltip of its own. */
function cutAround(target: Element): HTMLElement | null {
  for (let at: Element | null = target; at instanceof HTMLElement && at.title === ''; at = at.parentElement)
    if (getComputedStyle(at).textOverflow === 'ellipsis') return at.scrollWidth > at.clientWidth ? at : null;
  return null;
}

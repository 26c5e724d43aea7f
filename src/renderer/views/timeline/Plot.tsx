import { useEffect, useLayoutEffect, useRef } from 'react';
import { useContained } from '../../components/Boundary.tsx';
import { useSession, useTrace } from '../../stores/open.ts';
import { draw, readPalette, type Palette, type Row } from './draw.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimelineView } from './use-window.ts';

interface PlotProps {
  readonly data: TimelineData;
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
  readonly view: TimelineView;
  readonly timed: boolean;
  readonly nowNs: number;
}

/** Between two drawings while a stored stream is read. */
const LOADING_MS = 500;

/** Draws when it is rendered, so that the marks and what lies over them are of one moment. */
export function Plot({ data, rows, width, height, view, timed, nowNs }: PlotProps) {
  const session = useSession();
  const selected = useTrace((trace) => trace.event);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = useRef<Palette | null>(null);

  const contained = useContained();
  const paint = useRef(() => {});
  const lastDrawn = useRef(-Infinity);
  useLayoutEffect(() => {
    const drawAll = () => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context || width === 0) return;
      const ratio = devicePixelRatio;
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      palette.current ??= readPalette(element);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      lastDrawn.current = performance.now();
      data.take();
      draw(
        context,
        {
          model: session.model,
          data,
          rows,
          window: view.window,
          timed,
          nowNs,
          goesOn: session.goesOn,
          selected,
          width,
          height,
        },
        palette.current,
      );
    };
    paint.current = () => contained(drawAll);
    // Each drawing looks at all that is there: of a stored stream that is still read, one now and then is enough.
    const left = lastDrawn.current + LOADING_MS - performance.now();
    const isRead = session.store.getState().phase === 'loading';
    const wait = isRead ? left : 0;
    const timer = wait > 0 ? setTimeout(() => paint.current(), wait) : undefined;
    if (timer === undefined) paint.current();
    return () => clearTimeout(timer);
  });

  useEffect(() => {
    const themes = new MutationObserver(() => {
      palette.current = null;
      paint.current();
    });
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => themes.disconnect();
  }, []);

  return <canvas ref={canvas} className="timeline-canvas" aria-hidden />;
}

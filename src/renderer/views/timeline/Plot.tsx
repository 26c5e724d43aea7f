import { useEffect, useRef, useState } from 'react';
import { useContained } from '../../components/Boundary.tsx';
import { onNextFrame } from '../../stores/frame.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { draw, readPalette, type Palette, type Row } from './draw.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimelineView } from './use-window.ts';

/** While a stream runs the marks are drawn this often: each drawing looks at all that is shown. */
const LIVE_MS = 100;

interface PlotProps {
  readonly data: TimelineData;
  readonly rows: readonly Row[];
  readonly height: number;
  readonly view: TimelineView;
  readonly timed: boolean;
}

export function Plot({ data, rows, height, view, timed }: PlotProps) {
  const session = useSession();
  const selected = useTrace((trace) => trace.event);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const palette = useRef<Palette | null>(null);

  const contained = useContained();
  const paint = useRef(() => {});
  useEffect(() => {
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
      data.take();
      draw(
        context,
        { model: session.model, data, rows, window: view.window, timed, selected, width, height },
        palette.current,
      );
    };
    paint.current = () => contained(drawAll);
    onNextFrame(paint.current);
  });

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(canvas.current!.parentElement!);
    const themes = new MutationObserver(() => {
      palette.current = null;
      paint.current();
    });
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      themes.disconnect();
    };
  }, []);

  useEffect(() => {
    let drawn = 0;
    return session.onDraw(() => {
      const now = performance.now();
      if (now - drawn < LIVE_MS && session.model.ending === null) return;
      drawn = now;
      paint.current();
    });
  }, [session]);

  return <canvas ref={canvas} className="timeline-canvas" aria-hidden />;
}

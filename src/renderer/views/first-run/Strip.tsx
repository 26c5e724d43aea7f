import { useEffect, useRef, useState, type CSSProperties } from 'react';
import { onNextFrame } from '../../stores/frame.ts';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { useOpen, useSession, useTrace } from '../../stores/open.ts';
import { roundEnd, tickText, ticks } from '../../parts/time/scale.ts';
import { drawStrip, readStripPalette, STRIP_LANE, type StripPalette } from './strip-draw.ts';

/** While the stream runs it is drawn this often: each drawing looks at all marks. */
const LIVE_MS = 60;
/** The axis never ends before this. */
const SHORTEST_NS = 1e9;

/** What each lane emitted, over time: one tick for a message, as high as it is long. */
export function Strip() {
  const session = useSession();
  const lanes = useLanes();
  const nameOf = useLaneName();
  const canvas = useRef<HTMLCanvasElement>(null);
  const paint = useRef(() => {});
  const [width, setWidth] = useState(0);
  const live = useTrace((trace) => trace.phase === 'live');
  useTrace((trace) => trace.pulse);
  const whole = useOpen((state) => state.whole)?.model;
  // What is still to come of a playing stands there, dim.
  const toCome = whole === session.model ? undefined : whole;
  const { lastNs } = toCome ?? session.model;
  const end = live && !toCome?.ending ? Math.max(roundEnd(lastNs), SHORTEST_NS) : Math.max(lastNs * 1.01, SHORTEST_NS);
  const { values, step } = ticks({ start: 0, end });

  useEffect(() => {
    let palette: StripPalette | undefined;
    let drawn = 0;
    const draw = () => {
      const element = canvas.current;
      const context = element?.getContext('2d');
      if (!element || !context || width === 0) return;
      const height = STRIP_LANE * lanes.length;
      const ratio = devicePixelRatio;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      palette ??= readStripPalette(element);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawStrip(context, { model: session.model, toCome, lanes, end, width, live }, palette);
    };
    paint.current = draw;
    onNextFrame(draw);
    const themes = new MutationObserver(() => {
      palette = undefined;
      draw();
    });
    themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stop = session.onDraw(() => {
      const now = performance.now();
      if (now - drawn < LIVE_MS && session.model.ending === null) return;
      drawn = now;
      draw();
    });
    return () => {
      themes.disconnect();
      stop();
    };
  }, [session, toCome, lanes, width, end, live]);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(canvas.current!.parentElement!);
    return () => observer.disconnect();
  }, []);

  return (
    <section className="strip" aria-label="When each lane emitted" style={{ '--lanes': lanes.length } as CSSProperties}>
      <div className="strip-names">
        <span className="quiet">since request</span>
        {lanes.map((lane) => (
          <span key={lane}>{nameOf(lane)}</span>
        ))}
      </div>
      <div className="strip-plot">
        {values.map((value) => (
          <span key={value} className="strip-tick" style={{ left: `${(value / end) * 100}%` }}>
            {tickText(value, step)}
          </span>
        ))}
        <div className="strip-canvas">
          <canvas ref={canvas} aria-hidden />
        </div>
      </div>
    </section>
  );
}

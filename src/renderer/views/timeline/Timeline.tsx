import { memo, useEffect, useMemo, useRef, useState, type CSSProperties, type RefObject } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useCommand } from '../../commands/commands.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Boundary } from '../../components/Boundary.tsx';
import { Icon } from '../../components/Icon.tsx';
import { Shown } from '../../components/Shown.tsx';
import { usePlay } from '../../stores/playback.ts';
import { kept } from '../../stores/kept.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import type { Row } from './draw.ts';
import { Overlay } from './Overlay.tsx';
import { Plot } from './Plot.tsx';
import { TimelineData } from './timeline-data.ts';
import { Waits } from './Waits.tsx';
import { useNavigation } from './use-navigation.ts';
import { useTimelineWindow } from './use-window.ts';
import { SHORTEST_MEASURED_NS } from '../../../shared/metrics/metrics.ts';
import { SHORTEST_SILENCE_NS } from '../../../shared/metrics/silence.ts';
import { useNow } from '../../parts/time/use-now.ts';
import './timeline.css';

const AXIS_HEIGHT = 20;
const [SINCE, ORDER] = ['since request', 'order only, no timing'];
const FOLDED_KEY = 'tracelane.timeline.folded';
/** In a lower window than this the whole timeline would leave the lanes no room. */
const LOW_WINDOW = '(max-height: 700px)';

/** As the user left it; in a low window folded until they unfold it. */
function foldedAtFirst(): boolean {
  const left = kept.getItem(FOLDED_KEY);
  return left === null ? matchMedia(LOW_WINDOW).matches : left === 'yes';
}

/** Heights follow the tokens, which shrink on a low window. */
function heights(): { readonly rate: number; readonly lane: number } {
  const style = getComputedStyle(document.documentElement);
  return {
    rate: Number.parseFloat(style.getPropertyValue('--rate-h')),
    lane: Number.parseFloat(style.getPropertyValue('--lane-h')),
  };
}

function layout(
  data: TimelineData,
  timed: boolean,
  folded: boolean,
): { readonly rows: readonly Row[]; readonly height: number } {
  const { rate, lane } = heights();
  const kinds: readonly Omit<Row, 'top' | 'height'>[] = folded
    ? [{ type: 'whole' }]
    : [
        ...(timed ? [{ type: 'rate' } as const, { type: 'network' } as const] : []),
        { type: 'events' },
        ...data.lanes.map((item) => ({ type: 'lane', lane: item }) as const),
        { type: 'meta' },
      ];
  let top = AXIS_HEIGHT;
  const rows = kinds.map((row): Row => {
    const height = row.type === 'rate' ? rate : lane;
    const placed = { ...row, top, height };
    top += height;
    return placed;
  });
  return { rows, height: top };
}

/** While a stream runs it is drawn this often: each drawing looks at all that is shown. */
const LIVE_MS = 100;

/** Times need something to stand for: an answer that was no stream has no timeline, but where a playhead goes. `compact`: folded, whatever was chosen. */
export function Timeline({ compact }: { readonly compact: boolean }) {
  const empty = useTrace((trace) => trace.phase === 'ended' && isEmpty(trace.model));
  const replaying = usePlay((play) => play.state === 'open');
  return empty && !replaying ? null : <FullTimeline compact={compact} />;
}

/** A wait without any answer is worth seeing, too. */
const isEmpty = ({ events, reads, lastNs }: TraceModel): boolean =>
  events.length === 0 && (reads.length > 0 || lastNs < SHORTEST_SILENCE_NS);

function FullTimeline({ compact }: { readonly compact: boolean }) {
  const session = useSession();
  const { model } = session;
  const data = useMemo(() => new TimelineData(model), [model]);
  const pulse = useTrace((trace) => trace.pulse);
  const structure = useTrace((trace) => trace.structure);
  const timed = useTrace((trace) => (trace.detail ?? session.stored)?.timed ?? true);
  const [chosen, setChosen] = useState(foldedAtFirst);
  const folded = chosen || compact;
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const nowNs = useNow(LIVE_MS);

  data.take();
  const lanes = data.lanes.length;
  // oxlint-disable-next-line react/exhaustive-deps -- lanes are added in place
  const { rows, height } = useMemo(() => layout(data, timed, folded), [data, lanes, timed, folded]);
  const view = useTimelineWindow(plot, timed, nowNs);
  useNavigation(data, view);
  const fold = () => {
    kept.setItem(FOLDED_KEY, folded ? 'no' : 'yes');
    setChosen(!folded);
  };
  useCommand('timeline.fold', fold, !compact);

  const style = { height } as CSSProperties;
  return (
    <section className="timeline" aria-label="Timeline" data-structure={structure}>
      <div className="timeline-grid" style={style}>
        <div className="timeline-names">
          <div className="timeline-name axis-name" style={{ height: AXIS_HEIGHT }}>
            <button
              type="button"
              className="timeline-fold"
              aria-expanded={!folded}
              aria-label={`Timeline, ${timed ? SINCE : ORDER}`}
              disabled={compact}
              onClick={fold}
            >
              <Icon of={folded ? ChevronRight : ChevronDown} size={12} />
              {timed ? SINCE : ORDER}
            </button>
            {timed && <Waits />}
          </div>
          {rows.map((row) => (
            <Name key={row.lane?.key ?? row.type} row={row} data={data} model={model} pulse={pulse} />
          ))}
        </div>
        <div className="timeline-plot" ref={plot}>
          <Boundary what="The timeline" slim raw>
            <Plot data={data} rows={rows} width={width} height={height} view={view} timed={timed} nowNs={nowNs} />
          </Boundary>
          <Overlay data={data} rows={rows} view={view} timed={timed} nowNs={nowNs} width={width} axis={AXIS_HEIGHT} />
        </div>
      </div>
    </section>
  );
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

interface NameProps {
  readonly row: Row;
  readonly data: TimelineData;
  readonly model: TraceModel;
  /** Only so that the counts are read again. */
  readonly pulse: number;
}

const Name = memo(function Name({ row, data, model }: NameProps) {
  const [glyph, name, fact] = nameOf(row, data, model);
  return (
    <div className="timeline-name" style={{ height: row.height }}>
      {glyph}
      <span className="cut">
        <Shown isName text={name} />
      </span>
      <span className="quiet push">{fact}</span>
    </div>
  );
});

const LANE_GLYPHS = {
  reasoning: <Glyph name="reasoning" size={12} className="k-reason" />,
  text: <Glyph name="text" size={12} className="k-text" />,
  tool: <Glyph name="tool" size={12} className="k-tool" />,
};

function nameOf(row: Row, data: TimelineData, model: TraceModel) {
  switch (row.type) {
    case 'rate':
      return [null, 'Rate', rateFact(model)] as const;
    case 'network':
      return [null, 'Network', plural(model.reads.length, 'read')] as const;
    case 'events':
    case 'whole':
      return [null, 'Events', count(model.events.length)] as const;
    case 'meta':
      return [<Glyph key="meta" name="meta" size={12} className="k-meta" />, 'Meta', metaFact(data, model)] as const;
    case 'lane':
      return [LANE_GLYPHS[row.lane!.kind], row.lane!.name, `${count(row.lane!.chars)} ch`] as const;
  }
}

/** Average over the time in which content came, of no burst; the curve shows the rest. */
function rateFact({ metrics: { textChars, firstTextNs, lastContentNs } }: TraceModel): string {
  if (firstTextNs === null || lastContentNs === null) return '';
  const spanNs = lastContentNs - firstTextNs;
  return spanNs < SHORTEST_MEASURED_NS ? '' : `${count((textChars / spanNs) * 1e9)} ch/s`;
}

function metaFact(data: TimelineData, model: TraceModel): string {
  const others = data.meta.length - data.pings;
  const kinds = new Set(data.meta.slice(0, 50).map((event) => model.events[event]!.kind));
  const first = kinds.has('error') ? 'error' : kinds.has('start') ? 'start' : '';
  const pings = data.pings > 0 ? plural(data.pings, 'ping') : others > 1 ? plural(others, 'mark') : '';
  return [first, pings].filter(Boolean).join(', ');
}

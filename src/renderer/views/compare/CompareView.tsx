import { useEffect, useState } from 'react';
import { ArrowLeftRight, Copy, Download, FlaskConical, Rows3, SlidersHorizontal } from 'lucide-react';
import { runCommand, useCommand, useHandlers } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { setPane, useApp } from '../../stores/app.ts';
import {
  readWith,
  setLevel,
  setMode,
  swapSides,
  useCompare,
  type CompareLevel,
  type CompareMode,
} from '../../stores/compare.ts';
import { kept } from '../../stores/kept.ts';
import { useOfferedLanes } from '../../stores/lanes.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { Failed } from './Failed.tsx';
import { Columns } from './Columns.tsx';
import { copyIssue, saveFixture, saveHtml } from './exports.ts';
import { IgnoredBar } from './IgnoredBar.tsx';
import { Matrix } from './Matrix.tsx';
import { OptionsBar } from './OptionsBar.tsx';
import { LaneMap } from './LaneMap.tsx';
import { Segments } from '../../components/Segments.tsx';
import { TracesView } from './TracesView.tsx';
import { useComparison, useDivergences, type Comparison } from './use-comparison.ts';
import { Verdict } from './Verdict.tsx';
import './compare.css';

const MODES: readonly { readonly value: CompareMode; readonly label: string }[] = [
  { value: 'lanes', label: 'Lanes' },
  { value: 'matrix', label: 'Options matrix' },
  { value: 'traces', label: 'Another run' },
];
const LEVELS: readonly { readonly value: CompareLevel; readonly label: string }[] = [
  { value: 'semantic', label: 'Semantic' },
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
];

const MAPPED_KEY = 'tracelane.lane-map';
/** In a lower window the lane map would leave the columns less than half of the centre. */
const HIGH_WINDOW = '(min-height: 1000px)';

/** As the user left it; at first where there is room for it. */
function mappedAtFirst(): boolean {
  const left = kept.getItem(MAPPED_KEY);
  return left === null ? matchMedia(HIGH_WINDOW).matches : left === 'yes';
}

/** The shown trace's lanes against each other, under all options, or beside another trace. */
export function CompareView() {
  const mode = useCompare((state) => state.mode);
  const marked = useApp((state) => state.marked);
  const comparison = useComparison();
  const [mapped, setMapped] = useState(mappedAtFirst);
  useDivergences(comparison.result);
  useFindingsPane();
  useOptionsEnd();
  // A second run that is marked in the list is there to be compared with.
  useEffect(() => {
    if (marked !== null) setMode('traces');
  }, [marked]);
  return (
    <div className="compare">
      <Toolbar
        mode={mode}
        comparison={comparison}
        mapped={mapped}
        onMap={(on) => {
          kept.setItem(MAPPED_KEY, on ? 'yes' : 'no');
          setMapped(on);
        }}
      />
      {mode === 'lanes' && <Lanes comparison={comparison} mapped={mapped} />}
      {mode === 'matrix' && <Matrix />}
      {mode === 'traces' && <TracesView />}
    </div>
  );
}

/** The findings stand beside the comparison while it is shown; then the pane that was there before. */
function useFindingsPane(): void {
  useEffect(() => {
    const before = useApp.getState().pane;
    setPane('findings');
    return () => {
      if (useApp.getState().pane === 'findings') setPane(before);
    };
  }, []);
}

/** Another reading lasts as long as this view, and never longer than its trace. */
function useOptionsEnd(): void {
  const id = useTrace((trace) => trace.id);
  useEffect(
    () => () => {
      if (useCompare.getState().options !== null) readWith(null);
    },
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
    [id],
  );
}

interface ToolbarProps {
  readonly mode: CompareMode;
  readonly comparison: Comparison;
  readonly mapped: boolean;
  readonly onMap: (on: boolean) => void;
}

function Toolbar({ mode, comparison, mapped, onMap }: ToolbarProps) {
  const session = useSession();
  const level = useCompare((state) => state.level);
  const options = useCompare((state) => state.options);
  const [open, setOpen] = useState(false);
  const ready = comparison.result !== null;
  const exports = mode !== 'traces';
  const copies = useHandlers(({ stacks }) => stacks.has('compare.issue'));
  useCommand('compare.html', () => void saveHtml(session), exports && ready);
  useCommand('compare.fixture', () => void saveFixture(session), exports && ready);
  useCommand('compare.issue', () => void copyIssue(session), exports && ready);
  useCommand('compare.swap', swapSides, mode === 'traces');
  return (
    <>
      <div className="compare-bar">
        <Segments label="What is compared" values={MODES} value={mode} onChoose={setMode} />
        {mode === 'lanes' && <Segments label="Level" values={LEVELS} value={level} onChoose={setLevel} />}
        <span className="push" />
        {mode === 'lanes' && (
          <Button icon={Rows3} aria-pressed={mapped} onClick={() => onMap(!mapped)}>
            Lane map
          </Button>
        )}
        {mode === 'lanes' && (
          <Button icon={SlidersHorizontal} aria-expanded={open} onClick={() => setOpen(!open)}>
            {options === null ? 'Options' : 'Other options'}
          </Button>
        )}
        {mode === 'traces' && (
          <IconButton icon={ArrowLeftRight} label="Swap sides" onClick={() => runCommand('compare.swap')} />
        )}
        {exports && (
          <>
            <IconButton
              icon={Download}
              label="Save as one HTML file"
              disabled={!ready}
              onClick={() => runCommand('compare.html')}
            />
            <IconButton
              icon={FlaskConical}
              label="Save as a test fixture"
              disabled={!ready}
              onClick={() => runCommand('compare.fixture')}
            />
          </>
        )}
        <Button icon={Copy} disabled={!copies} onClick={() => runCommand('compare.issue')}>
          Copy as issue
        </Button>
      </div>
      {mode === 'lanes' && (open || options !== null) && <OptionsBar />}
      {mode === 'lanes' && level === 'json' && <IgnoredBar />}
    </>
  );
}

function Lanes({
  comparison: { result, problem, retry },
  mapped,
}: {
  readonly comparison: Comparison;
  readonly mapped: boolean;
}) {
  const phase = useTrace((trace) => trace.phase);
  if (problem !== null) return <Failed className="compare-none" problem={problem} retry={retry} />;
  if (!result)
    return (
      <p className="compare-none">
        {phase === 'live' ? 'The stream is running. The comparison appears when it ends.' : 'Comparing the lanes.'}
      </p>
    );
  if (result.lanes.length === 1) return <WireAlone />;
  if (result.nothing !== null) return <p className="compare-none">{result.nothing}</p>;
  return (
    <div className="compare-lanes">
      <Verdict result={result} />
      {mapped && result.laneMap.events > 0 && <LaneMap result={result} />}
      <Columns result={result} />
    </div>
  );
}

function WireAlone() {
  const others = useOfferedLanes().length - 1;
  return (
    <p className="compare-none">
      {others > 0
        ? 'Only the wire reads this trace. Choose more lanes in its header to compare them with the wire.'
        : 'Only the wire reads streams of this API, so there is no lane to compare with it. You can compare it with another run.'}
    </p>
  );
}

import type { ReactNode } from 'react';
import { ClipboardPaste, FileText, Play, Plus, Radio, type LucideIcon } from 'lucide-react';
import { chordOf, runCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { Icon } from '../../components/Icon.tsx';
import { Key } from '../../components/Key.tsx';
import { openOverlay, useApp } from '../../stores/app.ts';

/** Where the run list will be: four ways to a first run. */
export function Ways() {
  const dataDir = useApp((state) => state.info?.dataDir);
  return (
    <nav className="ways" aria-label="Ways to start">
      <header>
        <h1>Nothing captured yet</h1>
        <p>Runs will be listed here, each with its bytes and the time every byte arrived.</p>
      </header>
      <Way icon={Plus} title="Add an endpoint">
        <p>OpenAI, Anthropic, Gemini, Bedrock, Ollama, or any compatible server.</p>
        <div className="way-row">
          <Button look="main" size="big" onClick={() => runCommand('endpoint.add')}>
            Add endpoint <Key chord={chordOf('endpoint.add')!} />
          </Button>
          <Button look="line" size="big" onClick={() => runCommand('run.new')}>
            New run
          </Button>
        </div>
        <OwnEndpoints />
      </Way>
      <Way icon={Radio} title="Capture a program">
        <p>An app, a coding agent, a gateway: its requests pass through here, unchanged, and are recorded.</p>
        <div className="way-row">
          <Button look="line" size="big" onClick={() => runCommand('capture.show')}>
            Lines to copy <Key chord={chordOf('capture.show')!} />
          </Button>
        </div>
      </Way>
      <Way icon={ClipboardPaste} title="Paste or drop a stream">
        <button type="button" className="drop" onClick={() => runCommand('stream.paste')}>
          <Icon of={FileText} />
          <span>
            A stream’s text, or its file
            <small>Without times, it shows order only</small>
          </span>
          <Key chord="Mod+V" />
        </button>
      </Way>
      <Way icon={Play} title="Open a sample" last>
        <p>Six short streams on the right, each named by the failure it shows; more on the second tab.</p>
        <p className="way-row quiet">
          <span>
            <Key chord="1" /> to <Key chord="6" /> play one,
          </span>
          <span>
            <Key chord="Enter" /> opens it as a run
          </span>
        </p>
      </Way>
      {dataDir !== undefined && (
        <footer>
          Runs stay on this machine, in <span className="mono">{dataDir}</span>
        </footer>
      )}
    </nav>
  );
}

function Way({
  icon,
  title,
  last = false,
  children,
}: {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly last?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <section className={last ? 'way last-way' : 'way'}>
      <h2>
        <Icon of={icon} />
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Endpoints that are there already wait for their first run. */
function OwnEndpoints() {
  const endpoints = useApp((state) => state.endpoints);
  const own = endpoints.filter(({ builtIn }) => !builtIn);
  if (own.length === 0) return null;
  return (
    <ul className="found">
      {own.slice(0, 3).map(({ id, name }) => (
        <li key={id}>
          <Glyph name="complete" size={12} className="k-ok" />
          <span className="cut">{name}</span>
          <button type="button" className="link" onClick={() => openOverlay('run', { endpoint: id })}>
            Use
          </button>
        </li>
      ))}
    </ul>
  );
}

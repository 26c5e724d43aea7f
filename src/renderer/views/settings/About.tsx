import { Copy } from 'lucide-react';
import { IconButton } from '../../components/Button.tsx';
import { Glyph } from '../../components/Glyph.tsx';
import { useApp } from '../../stores/app.ts';
import { storeProblemText } from '../../stores/store-problem.ts';
import { toast, toastError } from '../../stores/toasts.ts';

const HOSTS = { electron: 'desktop window', headless: 'headless host, in a browser', memory: 'in memory' } as const;

/** Where everything is. */
export function About() {
  const info = useApp((state) => state.info);
  if (!info) return <p className="settings-wait">The program has not answered yet.</p>;
  return (
    <div className="settings-page">
      <dl className="about">
        <dt>Version</dt>
        <dd>{info.version}</dd>
        <dt>Runs as</dt>
        <dd>
          {HOSTS[info.host]}, {info.platform}
        </dd>
        <dt>Data folder</dt>
        <dd>
          <Copied text={info.dataDir} what="The folder’s path" />
        </dd>
        <dt>Sample provider</dt>
        <dd>
          <Copied text={info.sampleUrl} what="The provider’s URL" />
        </dd>
        <dt>Store</dt>
        <dd>
          {info.storeProblem ? (
            <span className="about-problem">
              <Glyph name="error" size={14} className="k-error" />
              {storeProblemText(info.storeProblem)}
            </span>
          ) : (
            'Open; recordings are saved.'
          )}
        </dd>
      </dl>
      <p className="settings-say">
        Runs stay on this machine. Keys are stored separately and are sent only to the endpoint they belong to.
      </p>
    </div>
  );
}

function Copied({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(`${what} was copied`),
      (error: unknown) => toastError(`${what} could not be copied`, error),
    );
  return (
    <span className="copied">
      <code>{text}</code>
      <IconButton icon={Copy} label="Copy" onClick={() => void copy()} />
    </span>
  );
}

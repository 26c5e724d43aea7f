import { useEffect, useState } from 'react';
import { openOverlay, useApp } from '../../stores/app.ts';
import { openFiles } from './import-stream.ts';
import './import.css';

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** The whole window takes dropped files, and a stream that is pasted anywhere but into a field. */
export function DropTarget() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child leaves its parent: only the count of both says whether the window was left.
    let depth = 0;
    const move = (by: 1 | -1 | 0) => {
      depth = by === 0 ? 0 : Math.max(depth + by, 0);
      setOver(depth > 0);
    };
    const onEnter = (event: DragEvent) => holdsFiles(event) && move(1);
    const onLeave = (event: DragEvent) => holdsFiles(event) && move(-1);
    const onOver = (event: DragEvent) => holdsFiles(event) && event.preventDefault();
    const onDrop = (event: DragEvent) => {
      move(0);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      openFiles(event.dataTransfer!.files);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (event.defaultPrevented || useApp.getState().overlay !== null) return;
      if (
        event.target instanceof Element &&
        event.target.closest('input, textarea, [contenteditable="true"], [data-editor]')
      )
        return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text.trim() === '') return;
      event.preventDefault();
      openOverlay('import', { source: { name: '', text } });
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('dragover', onOver);
    window.addEventListener('drop', onDrop);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('paste', onPaste);
    };
  }, []);
  if (!over) return null;
  return (
    <div className="drop-layer">
      <p>Drop files to open their streams</p>
    </div>
  );
}

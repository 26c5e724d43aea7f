/** What the window is measured against: React state set for each piece of text, and the whole text rendered each time. */
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Naive() {
  const [text, setText] = useState('');
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const socket = new WebSocket(`ws://${location.host}/pieces`);
    socket.addEventListener('message', ({ data }) => setText((before) => before + String(data)));
    return () => socket.close();
  }, []);
  useEffect(() => {
    pane.current!.scrollTop = pane.current!.scrollHeight;
  });
  return (
    <div
      ref={pane}
      style={{ width: 600, height: 600, overflow: 'auto', whiteSpace: 'pre-wrap', font: '13px/20px sans-serif' }}
    >
      {text}
    </div>
  );
}

createRoot(document.getElementById('root')!).render(<Naive />);

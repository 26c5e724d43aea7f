/**
 * The half of the double that stands in a page, in an isolated world that the page's scripts do not see, as in Electron.
 * page.ts puts it into each document before the document's own scripts, and the preload after it.
 */
(() => {
  // A binding of the debugging protocol, in this world only.
  const toProgram = (message) => globalThis.tracelaneDouble(JSON.stringify(message));
  const listeners = new Map();
  const ports = new Map();

  /** A copy, or the error that Electron gives for what cannot be cloned. */
  function cloned(value) {
    try {
      return structuredClone(value);
    } catch {
      throw new TypeError('An object could not be cloned.');
    }
  }

  const ipcRenderer = Object.freeze({
    postMessage(channel, message, transfer = []) {
      if (transfer.length > 0) throw new Error('The double passes ports from the program to the page only.');
      toProgram({ type: 'ipc', channel, args: [cloned(message)] });
    },
    send(channel, ...args) {
      toProgram({ type: 'ipc', channel, args: cloned(args) });
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  });

  const contextBridge = Object.freeze({
    exposeInMainWorld(key, value) {
      if (carriesFunction(value)) throw new Error('The double exposes data only.');
      document.dispatchEvent(new CustomEvent('tracelane-double:expose', { detail: JSON.stringify({ key, value }) }));
    },
  });

  function carriesFunction(value) {
    return (
      typeof value === 'function' ||
      (typeof value === 'object' && value !== null && Object.values(value).some(carriesFunction))
    );
  }

  /** See main-world.js. */
  const CLOSED = 'tracelane-double:closed';

  /** One end for the page; the other speaks to the program. */
  function openPort(id) {
    const { port1, port2 } = new MessageChannel();
    ports.set(id, port1);
    port1.addEventListener('message', ({ data }) => {
      if (data !== CLOSED) toProgram({ type: 'portMessage', port: id, data });
      else if (ports.delete(id)) toProgram({ type: 'portClosed', port: id });
    });
    port1.start();
    return port2;
  }

  function closePort(id) {
    ports.get(id)?.postMessage(CLOSED);
    ports.delete(id);
  }

  globalThis.fromProgram = (message) => {
    if (message.type === 'portMessage') ports.get(message.port)?.postMessage(message.data);
    else if (message.type === 'portClosed') closePort(message.port);
    else {
      const event = { sender: ipcRenderer, ports: message.ports.map(openPort) };
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args);
    }
  };

  // For tests that speak from a frame which has no preload.
  globalThis.ipcRenderer = ipcRenderer;

  function require(name) {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  }

  /** Electron runs a preload in the main frame only. */
  globalThis.startPreload = (run) => {
    const module = { exports: {} };
    if (window.top === window) run(require, module, module.exports);
    document.dispatchEvent(new CustomEvent('tracelane-double:exposed'));
  };
})();

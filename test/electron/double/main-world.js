/**
 * The part of the double in the page's own world, before its scripts. It defines what the preload exposes, frozen and for
 * good; and it gives the ports that come from the program the close event that Electron adds to a page's MessagePort, which
 * Chromium does not have: either side says over the port itself, behind all that it sent, that it closes.
 */
(() => {
  function frozen(value) {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
    return value;
  }
  function define(event) {
    const { key, value } = JSON.parse(event.detail);
    Object.defineProperty(window, key, { value: frozen(value), enumerable: true });
  }
  document.addEventListener('tracelane-double:expose', define);
  document.addEventListener(
    'tracelane-double:exposed',
    () => document.removeEventListener('tracelane-double:expose', define),
    { once: true },
  );

  const CLOSED = 'tracelane-double:closed';
  const fromProgram = new WeakSet();
  const close = MessagePort.prototype.close;

  window.addEventListener('message', (event) => {
    for (const port of event.ports) {
      fromProgram.add(port);
      port.addEventListener('message', (message) => {
        if (message.data !== CLOSED) return;
        message.stopImmediatePropagation();
        close.call(port);
        port.dispatchEvent(new Event('close'));
      });
    }
  });
  MessagePort.prototype.close = function closeAndSay() {
    if (fromProgram.delete(this)) this.postMessage(CLOSED, []);
    close.call(this);
  };
})();

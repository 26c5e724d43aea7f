/** Stands in the page's own world until the preload has run, and defines there what the preload exposes: frozen, for good. */
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
  document.addEventListener('tracelane-double:exposed', () => document.removeEventListener('tracelane-double:expose', define), { once: true });
})();

/** A value that can be posted to a thread, where reading it fails: as when there is no memory for it. */
export function unreadable(): unknown {
  const blob = new Blob([]);
  const clone = Object.getOwnPropertySymbols(Blob.prototype).find(
    ({ description }) => description === 'messaging_clone_symbol',
  );
  if (clone === undefined) throw new Error('This Node clones blobs in another way.');
  return Object.defineProperty(blob, clone, { value: () => ({ data: {}, deserializeInfo: 'internal/blob:None' }) });
}

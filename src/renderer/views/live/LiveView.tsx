export function LiveView() {
  return <section className="live" aria-label="Live" />;
}

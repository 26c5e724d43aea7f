/** The exported page's style: the colours that the app gives to the same things, in both themes. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--chrome:#f6f7f8;--line:#e1e3e6;--fg:#191c20;--fg2:#4b5058;--accent:#1369cb;--error:#c92324;--warn:#745805;--add:#2e661f;--del:#ac164f;--text:#007972;--reason:#794acb;--tool:#a85514}
@media (prefers-color-scheme:dark){:root{--bg:#0d0e11;--chrome:#121417;--line:#23262a;--fg:#e9ebee;--fg2:#adb1b8;--accent:#5ea8f9;--error:#fa706c;--warn:#e7cd62;--add:#9cd06e;--del:#f68199;--text:#5fd0c4;--reason:#b499ef;--tool:#f1a95d}}
body{margin:0 auto;max-width:1280px;padding:24px;background:var(--bg);color:var(--fg);font:13px/20px 'Inter Variable',system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:18px}h2{font-size:15px;margin-top:32px}h3{font-size:13px;margin:0}h3 b{display:inline-block;min-width:16px;text-align:center;border:1px solid;border-radius:3px}
p,small,thead th{color:var(--fg2)}small{display:block;font-weight:400}a{color:var(--accent)}
table{width:100%;border-collapse:collapse;table-layout:fixed}th,td{border:1px solid var(--line);padding:4px 8px;text-align:left;vertical-align:top}
td.equal{color:var(--fg2)}td.differs{border-left:2px solid var(--del);color:var(--fg)}
section{border-left:2px solid var(--line);padding:8px 12px;margin:8px 0;background:var(--chrome)}
section.critical h3 b{color:var(--error)}section.major h3 b{color:var(--warn)}
pre{margin:4px 0;font:11px/17px 'JetBrains Mono Variable',ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:320px;overflow:auto}
p.ended{border-left:2px solid var(--error);padding:4px 12px;color:var(--fg)}
dl{display:flex;flex-wrap:wrap;gap:8px 24px;margin:12px 0 0}dt{font-size:11px;line-height:16px;color:var(--fg2)}dd{margin:0;font-weight:600}
.score{width:100%;font-size:10px}.score text{fill:var(--fg2)}.score .lane{fill:var(--fg);font-size:12px;font-weight:600}.score .named{fill:var(--del)}
.score path{fill:none;stroke:var(--line)}.score circle,.score rect{fill:var(--fg2)}.score .text{fill:var(--text)}.score .reasoning{fill:var(--reason)}.score .tool{fill:var(--tool)}
.score .silence{fill:var(--line);opacity:.5}.score .error{fill:var(--error);stroke:none}.score .lost{fill:none;stroke:var(--del)}.score .altered{fill:var(--del)}
del{color:var(--del);background:color-mix(in srgb,var(--del) 14%,transparent)}ins{color:var(--add);background:color-mix(in srgb,var(--add) 14%,transparent)}mark{background:var(--accent);color:var(--bg)}td mark{background:color-mix(in srgb,var(--del) 14%,transparent);color:var(--del)}
@media print{:root{print-color-adjust:exact}body{max-width:none;padding:0}pre{max-height:none;overflow:visible}tr,section{break-inside:avoid}h2{break-after:avoid}}
`;

/** The page set in type that comes with it: `faces` is CSS that loads nothing. Without it the system's is taken. */
export const setIn = (faces: string, html: string): string => html.replace('<style>', () => `<style>${faces}`);

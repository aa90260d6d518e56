/** The look of the report, light and dark. States are told by words first and colour second. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #16202b; --soft: #526070; --page: #f5f7f9; --sheet: #fff; --line: #d9e0e7;
  --good: #0d6b3a; --good-wash: #e2f4ea; --wait: #7a4b00; --wait-wash: #fdf0d8; --bad: #a3161d; --bad-wash: #fde5e5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7edf3; --soft: #a5b2c0; --page: #10161d; --sheet: #18212b;
  --line: #2d3a47; --good: #7fdca8; --good-wash: #12331f; --wait: #f2c46d; --wait-wash: #3a2a08; --bad: #ff9d9d; --bad-wash: #421519; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; }
.product { margin: 0; color: var(--soft); font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; font-size: 0.8rem; }
.verdict { font-size: 1.1rem; padding: 0.9rem 1.1rem; border-radius: 0.6rem; border: 1px solid var(--line); background: var(--sheet); }
.verdict.satisfied { border-left: 0.4rem solid var(--good); }
.verdict.open { border-left: 0.4rem solid var(--wait); }
.verdict.not-satisfied { border-left: 0.4rem solid var(--bad); }
.note { color: var(--soft); max-width: 60rem; }
.badge { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 1rem; font-size: 0.85rem; font-weight: 650; white-space: nowrap; }
.badge.satisfied, .tile.satisfied { color: var(--good); background: var(--good-wash); }
.badge.open, .tile.open { color: var(--wait); background: var(--wait-wash); }
.badge.not-satisfied, .tile.not-satisfied { color: var(--bad); background: var(--bad-wash); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 1.5rem 0; }
.tile { padding: 1rem 1.2rem; border-radius: 0.6rem; display: flex; flex-direction: column-reverse; }
.tile dt { font-weight: 600; }
.tile dd { margin: 0; font-size: 2.2rem; line-height: 1.1; font-weight: 700; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; background: var(--sheet); border: 1px solid var(--line); border-radius: 0.6rem; overflow: hidden; }
caption { text-align: left; color: var(--soft); padding: 0 0 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.65rem 0.8rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-size: 0.85rem; color: var(--soft); }
tbody th { font-weight: 600; min-width: 12rem; }
.id { font-variant-numeric: tabular-nums; color: var(--soft); }
.cite { display: block; font-weight: 400; color: var(--soft); font-size: 0.85rem; }
.facts th { width: 16rem; }
.facts td, code { overflow-wrap: anywhere; }
code { font-size: 0.85em; }
.hash { color: var(--soft); }
.reasons { margin: 0.4rem 0 0; padding-left: 1.1rem; color: var(--bad); }
details ul { margin: 0.4rem 0 0; padding-left: 1.1rem; font-size: 0.9rem; }
summary { cursor: pointer; }
summary:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 48rem) { table, thead, tbody, tr, th, td, caption { display: block; } thead { display: none; } }
@media print { details > ul { display: block; } body { background: #fff; } }
`;

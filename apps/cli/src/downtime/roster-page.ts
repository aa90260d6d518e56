/** A roster as one page for the printer: no script, no address, nothing that it would have to fetch. */
import type { Roster } from '@workflow-bolt/contracts';
import { ageWords, cellsOf, clockOf, countWords, rosterColumns } from './roster-words.ts';

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '');

/** The last column is for the pen: what happens from now on stands there until it is entered. */
const penColumn = 'From now on: time and initials';

const style = `
  @page { size: landscape; margin: 12mm }
  body { font: 12pt/1.35 system-ui, sans-serif; color: #000; background: #fff; margin: 1rem }
  .age { font-size: 34pt; font-weight: 800; margin: 0; border: 4px solid #000; padding: .2em .4em; display: inline-block }
  .made { font-size: 16pt; margin: .4em 0 }
  table { border-collapse: collapse; width: 100% }
  thead { display: table-header-group }
  tr { break-inside: avoid }
  th, td { border: 1px solid #000; padding: .3em .45em; text-align: left; vertical-align: top }
  .pen { width: 22% }
  footer { margin-top: 1em; font-size: 10pt }
`;

/** Whole HTML of a page, its age in big letters. `openedAt`: epoch ms. */
export function rosterPage(roster: Roster, openedAt: number): string {
  const clock = clockOf(roster.zone);
  const head = [...rosterColumns, penColumn].map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const rows = roster.rows.map((row) => {
    const cells = cellsOf(row, clock).map((text) => `<td>${escaped(text)}</td>`);
    return `<tr>${cells.join('')}<td class="pen"></td></tr>`;
  });
  const title = `${roster.clinicName}, ${roster.date}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Downtime roster</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="age">${escaped(ageWords(openedAt - roster.at).toUpperCase())}</p>
<p class="made">As it stood at <strong>${clock(roster.at)}</strong>; opened at ${clock(openedAt)}. What happened since is not on it.</p>
<p>${escaped(countWords(roster))}</p>
<table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<footer>Patient data. Do not leave it lying; shred it once everything is entered. Corrected times are entered with the reason "downtime".</footer>
</body>
</html>
`;
}

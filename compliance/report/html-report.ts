/** The report for people: one page without scripts, fonts or anything else from elsewhere. */
import type { Finding, FindingState, GroupFinding } from '../engine/assess.ts';
import { html, Markup } from './html-text.ts';
import { reportStyle } from './report-style.ts';
import { countStates, disclaimer, kindWords, type RunRecord, stateWords } from './run-record.ts';

/** The whole page. */
export function htmlReport(run: RunRecord): string {
  const { state, findings, groups, faults } = run.assessment;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Control assessment: ${stateWords[state]}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
<main>
<header>
<p class="product">workflow-bolt</p>
<h1>Control assessment</h1>
<p class="verdict ${state}">${badge(state)} ${summaryOf(run)}</p>
<p class="note">${disclaimer}</p>
</header>
${tiles(findings)}
${faults.length > 0 ? faultList(faults) : ''}
${factsOf(run)}
<h2>Controls</h2>
${findingsTable(findings)}
<h2>Hostile cases</h2>
${groupsTable(groups)}
<h2>Evidence</h2>
${evidenceTable(run)}
</main>
</body>
</html>
`;
  return page.text;
}

const badge = (state: FindingState): Markup => html`<span class="badge ${state}">${stateWords[state]}</span>`;

function summaryOf({ assessment, scope }: RunRecord): string {
  const { satisfied, open, 'not-satisfied': red } = countStates(assessment.findings);
  const asked = scope === 'installation' ? 'with' : 'without';
  return `${satisfied} of ${assessment.findings.length} controls are satisfied, ${open} wait for an attestation, ${red} are not satisfied (${asked} the attestations of an installation).`;
}

function tiles(findings: readonly Finding[]): Markup {
  const counts = countStates(findings);
  const states: readonly FindingState[] = ['satisfied', 'open', 'not-satisfied'];
  return html`<dl class="tiles">${states.map(
    (state) => html`<div class="tile ${state}"><dt>${stateWords[state]}</dt><dd>${counts[state]}</dd></div>`,
  )}</dl>`;
}

const faultList = (faults: readonly string[]): Markup =>
  html`<h2>Faults of the catalogue</h2><ul class="reasons">${faults.map((fault) => html`<li>${fault}</li>`)}</ul>`;

function factsOf({ source, tests, startedAt, finishedAt, version }: RunRecord): Markup {
  const rows = [
    ['Version', version],
    ['Commit', source.commit ?? 'none'],
    ['SHA-256 of the sources', source.digest],
    ['Started', startedAt],
    ['Finished', finishedAt],
    ['Test results', tests.origin === 'this-run' ? 'of this run' : 'of an earlier run of the same sources'],
    ['SHA-256 of the results', tests.reportSha256],
    ['Tagged results', `${tests.passed} passed, ${tests.failed} failed`],
  ];
  return html`<table class="facts"><caption>What was assessed</caption><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name ?? ''}</th><td>${value ?? ''}</td></tr>`,
  )}</tbody></table>`;
}

function findingsTable(findings: readonly Finding[]): Markup {
  return html`<table><caption>Each control, what the product does for it, and what that rests on</caption>
<thead><tr><th scope="col">Control</th><th scope="col">State</th><th scope="col">What the product does</th><th scope="col">Rests on</th></tr></thead>
<tbody>${findings.map(findingRow)}</tbody></table>`;
}

function findingRow(finding: Finding): Markup {
  const { control, state, reasons } = finding;
  return html`<tr id="${control.id}">
<th scope="row"><span class="id">${control.id}</span> ${control.title}<span class="cite">${control.citation} · ${kindWords[control.kind]}</span></th>
<td>${badge(state)}</td>
<td>${control.does}${reasons.length > 0 ? html`<ul class="reasons">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>` : ''}</td>
<td>${basisOf(finding)}</td></tr>`;
}

function basisOf({ control, tests, documents, evidence }: Finding): Markup {
  const passed = tests.filter(({ state }) => state === 'passed').length;
  return html`<details><summary>${passed} of ${tests.length} results passed<span class="hidden"> for ${control.id}</span></summary><ul>
${tests.map(({ name, state }) => html`<li>${state}: ${name}</li>`)}
${control.implementation.map((path) => html`<li><code>${path}</code></li>`)}
${documents.map(({ path, head }) => html`<li><code>${path}</code>${head ? `, version ${head.version}` : ''}</li>`)}
${evidence.map(({ id, state, detail }) => html`<li>${id}: ${state}, ${detail}</li>`)}
</ul></details>`;
}

function groupsTable(groups: readonly GroupFinding[]): Markup {
  return html`<table><caption>Cases that try to do harm; at least so many of each group must pass</caption>
<thead><tr><th scope="col">Group</th><th scope="col">State</th><th scope="col">Passed</th><th scope="col">Wanted</th></tr></thead>
<tbody>${groups.map(
    ({ group, state, passed, reasons }) =>
      html`<tr><th scope="row">${group.title}</th><td>${badge(state)}${reasons.length > 0 ? html`<ul class="reasons">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>` : ''}</td><td>${passed}</td><td>${group.casesMin}</td></tr>`,
  )}</tbody></table>`;
}

function evidenceTable({ evidence }: RunRecord): Markup {
  return html`<table><caption>Files written with this report, bound by their SHA-256</caption>
<thead><tr><th scope="col">Control</th><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${evidence.map(
    ({ control, path, sha256 }) =>
      html`<tr><th scope="row">${control}</th><td><code>${path}</code></td><td><code class="hash">${sha256}</code></td></tr>`,
  )}</tbody></table>`;
}

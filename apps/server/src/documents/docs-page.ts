import { createHash } from 'node:crypto';
import {
  asyncApiMessages,
  buildOpenApi,
  problems,
  problemsOf,
  routeIds,
  routeOf,
} from '@workflow-bolt/contracts';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (value: string): string => value.replace(/[&<>"]/g, (char) => escapes[char] ?? char);
/** A sentence in which `names` stand between backticks. */
const prose = (value: string): string => text(value).replace(/`([^`]+)`/g, '<code>$1</code>');
const code = (value: string): string => `<code>${text(value)}</code>`;
const block = (value: unknown): string =>
  `<pre><code>${text(typeof value === 'string' ? value : JSON.stringify(value, null, 2))}</code></pre>`;
const details = (summary: string, inner: string): string =>
  `<details><summary>${prose(summary)}</summary>${inner}</details>`;

const style = `
:root{color-scheme:light dark;--line:#8885;--ink:#2459b8;--link:light-dark(#2459b8,#8ab4ff)}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem 1.5rem 4rem}
h2{border-top:1px solid var(--line);margin-top:2.5rem;padding-top:1rem}
h3{margin-bottom:.25rem}h3 code{margin-left:.25em}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
pre code{overflow-wrap:normal}pre{border:1px solid var(--line);border-radius:6px;max-height:26rem;overflow:auto;padding:.75rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
.method{background:var(--ink);border-radius:4px;color:#fff;font-size:.75em;padding:.15em .5em}
details{margin:.2rem 0}summary{cursor:pointer}
a{color:var(--link)}nav a{margin-right:1rem}
`;

type Operation = {
  parameters?: unknown[];
  requestBody?: { content: Content };
  responses: Record<string, Answer>;
};
type Content = Record<string, { examples?: Record<string, { value: unknown }> }>;
type Answer = { description: string; content?: Content };

/** The whole API as one page: no script, nothing from elsewhere, readable without a network. */
export function renderDocsPage(): { html: string; styleHash: string } {
  const body = [head(), operationsPart(), messagesPart(), problemsPart()].join('\n');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>workflow-bolt API</title><style>${style}</style></head><body>${body}</body></html>`;
  return { html, styleHash: `sha256-${createHash('sha256').update(style).digest('base64')}` };
}

const head = (): string => `<h1>workflow-bolt API</h1>
<p>Changes are commands; every screen follows the board stream. Machine-readable: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.json">AsyncAPI 3</a>.</p>
<nav><a href="#operations">Operations</a><a href="#messages">Messages</a><a href="#problems">Problems</a></nav>`;

function operationsPart(): string {
  const paths = buildOpenApi().paths as unknown as Record<string, Record<string, Operation>>;
  const parts = routeIds.map((id) => {
    const route = routeOf(id);
    const operation = paths[route.path]?.[route.method];
    const codes = problemsOf(route);
    const links = codes.map((each) => `<a href="#problem-${each}">${code(each)}</a>`).join(', ');
    return `<section id="${id}"><h3><span class="method">${route.method.toUpperCase()}</span> ${code(route.path)}</h3>
<p>${prose(route.summary)} ${prose(route.description ?? '')}</p>${operation ? operationPart(operation) : ''}${details(`Problems (${codes.length})`, `<p>${links}</p>`)}</section>`;
  });
  return `<h2 id="operations">Operations</h2>${parts.join('\n')}`;
}

function operationPart({ parameters, requestBody, responses }: Operation): string {
  const answers = Object.entries(responses).filter(([status]) => Number(status) < 300 || status === '503');
  return [
    parameters ? details('Parameters', block(parameters)) : '',
    requestBody ? examplesPart('Request', requestBody.content) : '',
    ...answers.map(([status, answer]) =>
      examplesPart(`${status} ${answer.description.split('\n')[0]}`, answer.content),
    ),
  ].join('');
}

function examplesPart(title: string, content: Content | undefined): string {
  const examples = Object.entries(content ?? {}).flatMap(([type, { examples: of }]) =>
    Object.entries(of ?? {}).map(
      ([name, { value }]) => `<h4>${text(name)} (${text(type)})</h4>${block(value)}`,
    ),
  );
  return examples.length > 0 ? details(title, examples.join('')) : '';
}

function messagesPart(): string {
  const parts = asyncApiMessages.map(
    ({ name, summary, examples }) =>
      `<section id="message-${name}"><h3>${code(name)}</h3><p>${prose(summary)}</p>${details(
        'Examples',
        examples.map((example) => `<h4>${text(example.name)}</h4>${block(example.payload)}`).join(''),
      )}</section>`,
  );
  return `<h2 id="messages">Messages of the stream, the log and the queues</h2>${parts.join('\n')}`;
}

function problemsPart(): string {
  const rows = Object.entries(problems).map(
    ([name, row]) =>
      `<tr id="problem-${name}"><td>${code(name)}</td><td>${row.status}</td><td>${prose(row.title)}</td><td>${row.retryable ? 'may be repeated' : ''}</td></tr>`,
  );
  return `<h2 id="problems">Problems</h2><table><thead><tr><th>Code</th><th>Status</th><th>What to do</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

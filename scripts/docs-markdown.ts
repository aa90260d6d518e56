/** Markdown as the documents' check needs it: links, anchors, and the words in backticks. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `file` is relative to the repository's root; `prose` is its text without fenced blocks. */
export type Document = { file: string; text: string; prose: string };
export type Link = { path: string; anchor: string };

const documentPatterns = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/**/*.md'];

/** Every document below `root`, by path. */
export function readDocuments(root: string): Document[] {
  return globSync(documentPatterns, { cwd: root })
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return { file, text, prose: withoutFences(text) };
    });
}

function withoutFences(text: string): string {
  let fence = '';
  const kept = text.split('\n').map((line) => {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1] ?? '';
    const isFence = mark !== '' && (fence === '' || line.trim().startsWith(fence));
    if (isFence) fence = fence === '' ? mark : '';
    return isFence || fence !== '' ? '' : line;
  });
  return kept.join('\n');
}

const codeSpan = /`[^`\n]*`/g;
/** `[text](target)` and images, `[id]: target`, and the attributes of HTML that GitHub renders. */
const linkPatterns = [
  /\]\(\s*<?([^()\s<>]+)>?(?:\s+"[^"\n]*")?\s*\)/g,
  /^ {0,3}\[[^\]\n]+\]:\s+<?([^\s<>]+)>?/gm,
  /<(?:a|img|source)\b[^<>]*?\s(?:href|src|srcset)="([^"\s]+)"/g,
];
const external = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;

/** Links to this repository's own files and headings. */
export function localLinks({ prose }: Document): Link[] {
  const text = prose.replace(codeSpan, '');
  const targets = linkPatterns.flatMap((pattern) => [...text.matchAll(pattern)].map((m) => m[1] ?? ''));
  return targets
    .filter((target) => !external.test(target))
    .map((target) => {
      const [path = '', anchor = ''] = target.split('#', 2);
      return { path: decodeURIComponent(path), anchor: decodeURIComponent(anchor) };
    });
}

/** What stands in backticks outside fenced blocks. */
export function codeWords({ prose }: Document): string[] {
  return [...prose.matchAll(codeSpan)].map(([span]) => span.slice(1, -1));
}

/** The anchors that GitHub gives the headings of a text, and those set by hand. */
export function anchorsOf(text: string): Set<string> {
  const prose = withoutFences(text);
  const seen = new Map<string, number>();
  const anchors = new Set([...prose.matchAll(/<a\s+(?:id|name)="([^"\s]+)"/g)].map((m) => m[1] ?? ''));
  for (const [, heading = ''] of prose.matchAll(/^ {0,3}#{1,6} +(.+)$/gm)) {
    const slug = slugOf(heading);
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

const slugOf = (heading: string): string =>
  heading
    .replace(/ #+ *$/, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');

import type { Handler } from './handler.ts';
import type { Log } from './log.ts';

/** A page that is attacked, or broken, reports hundreds of times; one line a minute for each directive says it all. */
const everyMs = 60_000;
/** Names of directives, such as `script-src-attr`; anything else in a report stays unread. */
const directiveShape = /"(?:effective-directive|effectiveDirective)"\s*:\s*"([a-z-]{3,40})"/g;
const directivesMax = 40;

/** Notes which directives of the page's policy were violated. Anybody can send this: it proves nothing. */
export function postCspReport(log: Log): Handler {
  const notedAt = new Map<string, number>();
  return (call) => {
    const text = Buffer.isBuffer(call.body) ? call.body.toString('latin1') : '';
    for (const [, directive = ''] of text.matchAll(directiveShape)) {
      const now = performance.now();
      const isNew = now - (notedAt.get(directive) ?? Number.NEGATIVE_INFINITY) >= everyMs;
      if (!isNew || (notedAt.size >= directivesMax && !notedAt.has(directive))) continue;
      notedAt.set(directive, now);
      log.write('warn', 'page.violation', { directive });
    }
    return { status: 204 };
  };
}

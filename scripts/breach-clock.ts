/**
 * Prints who must be told of a breach until when.
 *
 *   node scripts/breach-clock.ts --discovered 2026-11-23 --affected 620 --state-max 520
 *     --vendor                 we are a business associate
 *     --contract-days <days>   the contract wants notice within so many days
 *     --silent-until <day>     law enforcement asked for silence until then
 */
import { parseArgs } from 'node:util';
import { breachDeadlines } from '@workflow-bolt/domain';

const { values } = parseArgs({
  options: {
    discovered: { type: 'string' },
    affected: { type: 'string' },
    'state-max': { type: 'string' },
    vendor: { type: 'boolean' },
    'contract-days': { type: 'string' },
    'silent-until': { type: 'string' },
  },
});

function wholeOf(name: 'affected' | 'state-max' | 'contract-days'): number | null {
  const text = values[name];
  if (text === undefined) return null;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} is a whole number`);
  return Number(text);
}

function dayOf(name: 'discovered' | 'silent-until'): string | null {
  const text = values[name];
  if (text === undefined) return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new Error(`--${name} is YYYY-MM-DD`);
  return text;
}

const [discoveredOn, affected] = [dayOf('discovered'), wholeOf('affected')];
if (discoveredOn === null || affected === null) throw new Error('--discovered and --affected are needed');
const deadlines = breachDeadlines({
  discoveredOn,
  affected,
  affectedInOneStateMax: wholeOf('state-max') ?? affected,
  party: values.vendor ? 'business-associate' : 'covered-entity',
  contractDays: wholeOf('contract-days'),
  silentUntil: dayOf('silent-until'),
});
for (const { dueOn, to, basis } of deadlines) console.log(`${dueOn}  ${to}  (${basis})`);
if (deadlines.length === 0) console.log('nobody is affected: nobody has to be told');

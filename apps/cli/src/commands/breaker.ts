import { ehrLinkSchema } from '@workflow-bolt/contracts';
import { BoltCommand, type Outcome } from '../bolt-command.ts';
import { type ApiAddress, connectApi } from '../connect-api.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderBreakers } from '../render-breakers.ts';

export class BreakerCommand extends BoltCommand {
  static override summary =
    'The circuit breakers of the link to the EHR: how they stand, and when they turned.';
  static override description =
    'Needs a token of an administrator or auditor. To hold one open or closed takes a fresh proof of a person, which no token has: the page "EHR link" does it. Ends with 0 when all let calls through, 8 when one does not.';
  static override examples = [
    '<%= config.bin %> breaker --token-file ~/.bolt-token',
    '<%= config.bin %> breaker --json --token-file ~/.bolt-token',
  ];

  protected async work(address: ApiAddress): Promise<Outcome> {
    const link = ehrLinkSchema.parse(await connectApi(address).get('/api/v1/ehr-link'));
    const all = link.accounts.flatMap(({ breakers }) => breakers);
    const isWell = all.every(({ state }) => state === 'closed' || state === 'forced_closed');
    return {
      ...{ schema: 'bolt.breaker/1', data: link, text: renderBreakers(link, Date.now()) },
      ...{ warnings: [], exit: isWell ? exitCodes.ok : exitCodes.degraded, failure: null },
    };
  }
}

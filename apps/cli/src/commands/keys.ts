import { NetworkError } from '@workflow-bolt/client';
import { keysResponseSchema } from '@workflow-bolt/contracts';
import { BoltCommand, type Outcome } from '../bolt-command.ts';
import { type ApiAddress, connectApi } from '../connect-api.ts';
import { exitCodes } from '../exit-codes.ts';
import { countUnderFormer, renderKeys } from '../render-keys.ts';

export class Keys extends BoltCommand {
  static override summary = 'Which keys are in use, and how much still stands under former ones.';
  static override description =
    'Needs a token of an administrator or auditor. Shows ids and counts, never a key. Ends with 0 when everything stands under the newest keys, 8 while a rotation is on its way, 3 nobody answers, 4 not permitted, 2 wrong flags.';
  static override examples = ['<%= config.bin %> keys', '<%= config.bin %> keys --json'];

  protected async work(address: ApiAddress): Promise<Outcome> {
    const parsed = keysResponseSchema.safeParse(await connectApi(address).get('/api/v1/keys'));
    if (!parsed.success) throw new NetworkError('something else answers');
    const exit = countUnderFormer(parsed.data) === 0 ? exitCodes.ok : exitCodes.degraded;
    const told = { schema: 'bolt.keys/1', data: parsed.data, text: renderKeys(parsed.data) };
    return { ...told, warnings: [], exit, failure: null };
  }
}

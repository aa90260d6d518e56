/** Reads from a running installation what the review of access needs: accounts, factors, tokens, last sign-ins. */
import type { Account } from '@workflow-bolt/contracts';
import type {
  ApiTokenStore,
  CredentialStore,
  PasskeyStore,
  RedisAccountStore,
  RedisPort,
} from '@workflow-bolt/store';
import type { ReviewedAccount } from './access-review.ts';

export type AccessSources = {
  port: Pick<RedisPort, 'command'>;
  accounts: Pick<RedisAccountStore, 'list'>;
  credentials: Pick<CredentialStore, 'read'>;
  passkeys: Pick<PasskeyStore, 'count'>;
  tokens: Pick<ApiTokenStore, 'list'>;
};

/** The record of the installation: sign-ins stand there, whichever clinic a person works in. */
const installationStream = '{a:i}:ev';
const pageSize = 1_000;
/** Older entries are not looked at: half a gigabyte of record is enough to know who signed in lately. */
const entriesMax = 500_000;

/** Every account as the review wants it. Throws Fault while Redis or the keys are away. */
export async function collectAccess(sources: AccessSources): Promise<ReviewedAccount[]> {
  const signIns = await lastSignIns(sources.port);
  const reviewed: ReviewedAccount[] = [];
  for (const account of await sources.accounts.list())
    reviewed.push(await reviewOf(account, sources, signIns));
  return reviewed;
}

async function reviewOf(
  account: Account,
  { credentials, passkeys, tokens }: AccessSources,
  signIns: ReadonlyMap<string, number>,
): Promise<ReviewedAccount> {
  const { password, totp, recoveryCodes } = await credentials.read(account.uid);
  return {
    account,
    factors: {
      hasPassword: password !== null,
      totp: totp && { addedAt: totp.addedAt },
      passkeys: await passkeys.count(account.uid),
      recoveryCodesLeft: recoveryCodes.length,
    },
    lastSignInAt: signIns.get(account.uid) ?? null,
    apiTokens: (await tokens.list(account.uid)).length,
  };
}

type StreamEntry = [id: string, fields: string[]];

/** Account → epoch ms of its last sign-in that the record at hand holds. */
async function lastSignIns(port: AccessSources['port']): Promise<Map<string, number>> {
  const last = new Map<string, number>();
  let before = '+';
  for (let seen = 0; seen < entriesMax; seen += pageSize) {
    const command = ['XREVRANGE', installationStream, before, '-', 'COUNT', pageSize] as const;
    const page = (await port.command(...command)) as StreamEntry[];
    for (const entry of page) noteSignIn(last, entry);
    const oldest = page.at(-1);
    if (!oldest || page.length < pageSize) break;
    before = `(${oldest[0]}`;
  }
  return last;
}

function noteSignIn(last: Map<string, number>, [id, fields]: StreamEntry): void {
  const text = fields[fields.indexOf('f') + 1] ?? '{}';
  const event = JSON.parse(text) as { sub?: string; out?: number; agent?: { uid?: string } };
  const uid = event.agent?.uid;
  if (event.sub !== 'login' || event.out !== 0 || uid === undefined) return;
  last.set(uid, Math.max(last.get(uid) ?? 0, Number(id.split('-')[0])));
}

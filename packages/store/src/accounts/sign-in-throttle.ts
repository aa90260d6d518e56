/**
 * How often somebody may try. Every attempt is counted before it is judged, so that neither a crash nor a hundred at
 * once give one away.
 *
 * A known browser, or an enrolled workstation, has a lane of its own for each account: what strangers do cannot close
 * it, so nobody can lock a person out from outside. Strangers share one lane per account, one per network and one for
 * the installation; all of them open again by themselves, because they are sliding windows.
 */
import { randomUUID } from 'node:crypto';
import { takeAttemptCall } from '../generated/function-calls.generated.ts';
import type { RedisPort } from '../redis-port.ts';
import { accountKeys } from './account-keys.ts';

export type Window = { widthMs: number; most: number };
export type ThrottleLimits = {
  /** One account from all unknown browsers together; reached, only known ones and a reset are left. */
  strangers: Window;
  /** One account from one known browser or enrolled workstation. */
  known: Window;
  /** One /24 or /64, whichever accounts; unknown browsers only. */
  network: Window;
  /** One enrolled workstation, whichever accounts. */
  station: Window;
  /** The whole installation; unknown browsers only. */
  everywhere: Window;
  /** Wrong second factors of one account in one lane, after the right password. Kept when one is right. */
  codes: Window;
  /** One-time codes and reset requests from one network. */
  requests: Window;
  /** Challenges for a passkey and departures to a provider from one network: a whole clinic's, on a busy morning. */
  starts: Window;
  /** From this attempt on an account each one has to wait: 1 s, 2 s, 4 s, up to half a minute; 0 for never. */
  paceFrom: number;
};

const minute = 60_000;
const day = 86_400_000;
export const throttleLimits: ThrottleLimits = {
  strangers: { widthMs: day, most: 20 },
  known: { widthMs: 15 * minute, most: 10 },
  network: { widthMs: 15 * minute, most: 50 },
  station: { widthMs: 15 * minute, most: 40 },
  everywhere: { widthMs: minute, most: 600 },
  codes: { widthMs: day, most: 20 },
  requests: { widthMs: 15 * minute, most: 20 },
  starts: { widthMs: 15 * minute, most: 600 },
  paceFrom: 5,
};
const slowMsMax = 30_000;
/** NIST SP 800-63B-4, 3.2.2: no more failures in a row in one lane; then the password is off there until a success. */
export const failuresInARowMax = 100;

const open: Window = { widthMs: 1, most: 0 };

export type Subject = {
  /** Canonical login name; the account need not exist. */
  login: string;
  network: string;
  /** Of a known browser. */
  device: string | null;
  /** An enrolled workstation, by its cookie: who holds that stands in front of it, or did. */
  station: string | null;
};
/** `taken`: judge it, and take it back with `refund` when it was right. */
export type Admission = { taken: string } | { waitMs: number; scope: string };

type Lanes = { names: [string, string][]; windows: Window[]; isPaced: boolean };

export class SignInThrottle {
  readonly #port: RedisPort;
  readonly #limits: ThrottleLimits;

  constructor(port: RedisPort, limits: ThrottleLimits = throttleLimits) {
    this.#port = port;
    this.#limits = limits;
  }

  /** One attempt at a password. */
  takePassword(subject: Subject): Promise<Admission> {
    return this.#take(this.#passwordLanes(subject));
  }

  /** The password was right: what was counted against this account in this lane is forgotten. */
  async passwordWasRight(subject: Subject, attempt: string): Promise<void> {
    const { names } = this.#passwordLanes(subject);
    const [account, ...others] = names.map(([window, of]) => accountKeys.attempts(window, of));
    if (account !== undefined) await this.#port.command('DEL', account);
    for (const key of others) await this.#port.command('ZREM', key, attempt);
  }

  /** One attempt at a second factor; to be asked only after the right password. */
  takeCode(subject: Subject): Promise<Admission> {
    return this.#take(this.#codeLanes(subject));
  }

  /** Only this attempt is taken back: the day's count of wrong codes stays. */
  async codeWasRight(subject: Subject, attempt: string): Promise<void> {
    for (const [window, of] of this.#codeLanes(subject).names) {
      await this.#port.command('ZREM', accountKeys.attempts(window, of), attempt);
    }
  }

  /** One use of a public route that needs no account: enrolment codes, requests for a reset, the start of a journey. */
  takeRequest(kind: 'enrolment' | 'reset' | 'start', network: string): Promise<Admission> {
    const names: [string, string][] = [
      [`request-${kind}`, network],
      ['none', ''],
      ['none', ''],
      ['none', ''],
    ];
    const window = kind === 'start' ? this.#limits.starts : this.#limits.requests;
    return this.#take({ names, windows: [window, open, open, open], isPaced: false });
  }

  /** Counts one more failure in a row in this lane, before it is judged; answers how many there are. */
  async countFailure(uid: string | null, { device, station }: Subject): Promise<number> {
    const lane = device ?? station ?? 'strangers';
    return Number(await this.#port.command('HINCRBY', accountKeys.fails(uid ?? 'nobody'), lane, 1));
  }

  /** Its owner was here: in every lane the count begins anew. */
  async forgetFailures(uid: string): Promise<void> {
    await this.#port.command('DEL', accountKeys.fails(uid));
  }

  #passwordLanes({ login, network, device, station }: Subject): Lanes {
    const { known, strangers, network: ofNetwork, station: ofStation, everywhere } = this.#limits;
    const own = device ?? station;
    const names: [string, string][] = [
      own === null ? ['strangers', login] : ['known', `${own} ${login}`],
      ['network', network],
      ['station', station ?? ''],
      ['everywhere', ''],
    ];
    const windows =
      own === null
        ? [strangers, ofNetwork, open, everywhere]
        : [known, open, station === null ? open : ofStation, open];
    return { names, windows, isPaced: true };
  }

  #codeLanes({ login, device, station }: Subject): Lanes {
    const names: [string, string][] = [
      ['codes', `${device ?? station ?? ''} ${login}`],
      ['none', ''],
      ['none', ''],
      ['none', ''],
    ];
    return { names, windows: [this.#limits.codes, open, open, open], isPaced: false };
  }

  async #take({ names, windows, isPaced }: Lanes): Promise<Admission> {
    const attempt = randomUUID();
    const [account = '', network = '', station = '', everywhere = ''] = names.map(([window, of]) =>
      accountKeys.attempts(window, of),
    );
    const reply = await this.#port.fcall(
      takeAttemptCall(
        { account, network, station, everywhere },
        {
          attempt,
          limits: windows.flatMap(({ widthMs, most }) => [String(widthMs), String(most)]),
          slowFrom: isPaced ? this.#limits.paceFrom : 0,
          slowMsMax,
        },
      ),
    );
    return reply.status === 'taken' ? { taken: attempt } : { waitMs: reply.ms, scope: reply.scope };
  }
}

/** The network of an address: /24 of IPv4, /64 of IPv6. A single host can have any address within. */
export function networkOf(address: string): string {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (plain.includes('.')) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  const [head = '', tail] = plain.split('%', 1)[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
  return `${groups.join(':')}::/64`;
}

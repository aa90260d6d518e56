import { randomUUID } from 'node:crypto';
import type { Command, CommandOutcome, Entity, SnapshotResponse } from '@workflow-bolt/contracts';

/** Where a clinic's API listens. */
export type ClinicAddress = { readonly baseUrl: string; readonly boardUrl: string };

export type Answer = { status: number; body: Record<string, unknown> };

/** What the page of a signed-in person sends with each request, as a browser puts it together. */
export type SessionHeaders = Readonly<Record<'cookie' | 'sec-fetch-site' | 'x-bolt-csrf', string>>;

/** A signed-in demo user at a station, speaking plain HTTP. */
export class StaffMember {
  readonly #system: ClinicAddress;
  /** For requests to any server of the clinic. */
  readonly headers: SessionHeaders;
  readonly clientId = `staff-${randomUUID()}`;
  n = 0;

  private constructor(system: ClinicAddress, headers: SessionHeaders) {
    this.#system = system;
    this.headers = headers;
  }

  static async signIn(system: ClinicAddress, userId: string, station = 'desk-1'): Promise<StaffMember> {
    const answer = await fetch(`${system.baseUrl}/api/v1/dev-login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId, station }),
    });
    if (!answer.ok) throw new Error(`${userId} cannot sign in: ${answer.status} ${await answer.text()}`);
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const { csrf } = (await answer.json()) as { csrf: string };
    return new StaffMember(system, { cookie, 'sec-fetch-site': 'same-origin', 'x-bolt-csrf': csrf });
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#system.boardUrl}${path}`, {
      ...init,
      headers: { ...this.headers, ...init.headers },
    });
  }

  /** One command; resolves with the status and the outcome or problem document. */
  async give(command: Command, expectedVersion?: number): Promise<Answer> {
    this.n += 1;
    return this.giveAs(this.n, command, expectedVersion);
  }

  /** The same command identity again, as a retry sends it. */
  async giveAs(n: number, command: Command, expectedVersion?: number): Promise<Answer> {
    const answer = await this.request('/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clientId: this.clientId, n, command, expectedVersion }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async giveMany(commands: readonly Command[]): Promise<CommandOutcome[]> {
    const envelopes = commands.map((command) => ({ clientId: this.clientId, n: ++this.n, command }));
    const answer = await this.request('/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ commands: envelopes }),
    });
    return ((await answer.json()) as { outcomes: CommandOutcome[] }).outcomes;
  }

  async snapshot(): Promise<SnapshotResponse> {
    const answer = await this.request('');
    if (!answer.ok) throw new Error(`snapshot: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as SnapshotResponse;
  }

  /** The board's entities by id. */
  async entities(): Promise<Map<string, Entity>> {
    return new Map((await this.snapshot()).entities.map(({ id, d }) => [id, d]));
  }
}

import { type BoardClient, createBoardClient } from '@workflow-bolt/client';
import type { EntityId, Visit } from '@workflow-bolt/contracts';
import { awaitUntil } from '@workflow-bolt/testkit';
import type { ClinicAddress, StaffMember } from './staff-member.ts';

/** A screen without pixels: the client library on the real stream, and what it shows. */
export class Screen implements AsyncDisposable {
  readonly client: BoardClient;

  private constructor(client: BoardClient) {
    this.client = client;
  }

  /** Opens the board on a screen of its own and waits until it is live. */
  static async open(address: ClinicAddress, member: StaffMember): Promise<Screen> {
    const [clinic = '', date = ''] = address.boardUrl.split('/').slice(-2);
    const client = createBoardClient({
      baseUrl: address.baseUrl,
      clinic,
      date,
      storage: 'memory',
      tabs: false,
      presence: false,
      notify: 'sync',
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: { ...(init?.headers as Record<string, string>), ...member.headers },
        }),
    });
    await client.start();
    const screen = new Screen(client);
    await screen.until('it is live', () => client.getSnapshot().connection.isLive);
    return screen;
  }

  visit(id: string): Visit | null {
    const entity = this.client.getSnapshot().entities.get(`v:${id}` as EntityId)?.d;
    return entity?.type === 'visit' ? entity : null;
  }

  /** All that the server told it, by id. */
  content(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.client.getSnapshot().serverEntities].map(([id, { v, d }]) => [id, { v, d }]),
    );
  }

  until(what: string, ask: () => boolean): Promise<unknown> {
    return awaitUntil(`on the screen: ${what}`, ask);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

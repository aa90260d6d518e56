/** Keeps the board of this screen for when no server answers, where the clinic has decided so; and takes it away again. */
import {
  type BoardClient,
  type HeldShare,
  OfflineKeeper,
  OfflineVault,
  type OpenedBoard,
  type Session,
  systemClock,
  wipeOfflineBoard,
} from '@workflow-bolt/client';
import { useEffect } from 'react';
import { useApi } from '../app/api-context.ts';
import type { BoardAddress } from '../app/board-address.ts';
import type { SessionExits } from '../session/use-session.ts';
import { workerHolder } from './worker-holder.ts';

/** A kept board with what it was opened by. */
export type KeptBoard = OpenedBoard & { held: HeldShare };

type Share = { share: string | null };
type Parts = { client: BoardClient; session: Session; address: BoardAddress; exits: SessionExits };

/** Only the present day of a board, and never what hangs on a wall. */
export function useOfflineBoard({ client, session, address, exits }: Parts): void {
  const api = useApi();
  useEffect(() => {
    const today = session.clinics.find(({ id }) => id === address.clinic)?.today;
    if (address.view === 'wall' || address.date !== today) return;
    const keeper = new OfflineKeeper({
      ...{ clock: systemClock, actor: session.user, workstation: session.workstation },
      ...{ vault: new OfflineVault(), holder: workerHolder },
      share: async () => {
        const path = `/api/v1/clinics/${encodeURIComponent(address.clinic)}/offline-share`;
        return (await client.api.transport.get<Share>(path)).share;
      },
      ends: () => api.ends,
      snapshot: client.getSnapshot,
      nowMs: () => client.nowMs(),
    });
    void keeper.start();
    const stopListening = client.subscribe(() => keeper.notice());
    const stopConcealing = exits.onConceal(() => keeper.leave());
    return () => {
      stopListening();
      stopConcealing();
      keeper.stop();
    };
  }, [api, client, session, address, exits]);
}

/** The board that this browser kept for whoever was signed in a moment ago; null for nobody. Never throws. */
export async function keptBoard(): Promise<KeptBoard | null> {
  const held = await workerHolder.ask().catch(() => null);
  const opened = held && (await new OfflineVault().load(held, Date.now()));
  return opened && { ...opened, held };
}

/** Whoever is outside leaves nothing here. Works without a server. Never throws. */
export async function forgetKeptBoard(): Promise<void> {
  await Promise.all([workerHolder.forget().catch(() => {}), wipeOfflineBoard()]);
}

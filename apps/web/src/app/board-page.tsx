import { type BoardClientOptions, createBoardClient, type Session } from '@workflow-bolt/client';
import type { Actor } from '@workflow-bolt/contracts';
import { BoardProvider } from '@workflow-bolt/react';
import { useEffect, useMemo } from 'react';
import { BoardScreen } from '../board/board-screen.tsx';
import { useOfflineBoard } from '../offline/use-offline-board.ts';
import { SessionContext, type SessionInfo } from '../session/session-context.ts';
import type { SessionExits } from '../session/use-session.ts';
import { WallScreen } from '../wall/wall-screen.tsx';
import { useApi } from './api-context.ts';
import { type BoardAddress, boardAddress } from './board-address.ts';

export type ClientOptions = Partial<BoardClientOptions>;

/** Who works in this session. */
export const actorOf = ({ user, station }: Session): Actor => ({
  id: user.id,
  name: user.name,
  role: user.role,
  station,
});

function useClient(address: BoardAddress, actor: Actor, options: ClientOptions | undefined) {
  const api = useApi();
  return useMemo(
    () => createBoardClient({ baseUrl: '', api, ...address, actor, ...options }),
    [api, address, actor, options],
  );
}

type Props = { session: Session; exits: SessionExits; options?: ClientOptions | undefined };

/** The board that the address names, or else the first clinic's present day. */
export function BoardPage({ session, exits, options }: Props) {
  const address = useMemo(() => boardAddress(location.search, session.clinics), [session]);
  const actor = useMemo(() => actorOf(session), [session]);
  if (!address) return <p role="alert">You have no clinic to look at. Ask a manager.</p>;
  return <OpenBoard address={address} actor={actor} session={session} exits={exits} options={options} />;
}

function OpenBoard({
  address,
  actor,
  session,
  exits,
  options,
}: Props & { address: BoardAddress; actor: Actor }) {
  const client = useClient(address, actor, options);
  useEffect(() => exits.onConceal(() => client.conceal()), [exits, client]);
  useOfflineBoard({ client, session, address, exits });
  const info = useMemo<SessionInfo>(
    () => ({
      session,
      lock: session.workstation === null ? null : () => void exits.lock('person'),
      today: session.clinics.find((clinic) => clinic.id === address.clinic)?.today ?? address.date,
      isDevelopment: session.isDevelopment,
      signOut: async () => {
        await client.clear();
        await exits.signOut();
      },
      signInAgain: exits.signInAgain,
    }),
    [session, address, client, exits],
  );
  return (
    <SessionContext value={info}>
      <BoardProvider client={client}>
        {address.view === 'wall' ? <WallScreen /> : <BoardScreen actor={actor} />}
      </BoardProvider>
    </SessionContext>
  );
}

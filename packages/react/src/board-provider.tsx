import type { BoardClient } from '@workflow-bolt/client';
import { createContext, type ReactNode, useContext, useEffect } from 'react';

const BoardContext = createContext<BoardClient | null>(null);

export type BoardProviderProps = {
  client: BoardClient;
  /** `mounted` (default) starts the client with the component and stops it with it; `none` leaves that to the owner. */
  lifecycle?: 'mounted' | 'none';
  children: ReactNode;
};

/** Gives the components below it one board. */
export function BoardProvider({ client, lifecycle = 'mounted', children }: BoardProviderProps): ReactNode {
  useEffect(() => {
    if (lifecycle === 'none') return;
    void client.start();
    return () => void client.stop();
  }, [client, lifecycle]);
  return <BoardContext value={client}>{children}</BoardContext>;
}

/** The board client itself, for steps that are not drawing. Throws outside a provider. */
export function useBoardClient(): BoardClient {
  const client = useContext(BoardContext);
  if (client === null) throw new Error('useBoardClient needs a BoardProvider around it');
  return client;
}

import { createContext, useContext } from 'react';

export type SessionInfo = {
  /** The clinic's present local day, when the session was opened. */
  today: string;
  isDevelopment: boolean;
  signOut: () => void;
};

export const SessionContext = createContext<SessionInfo | null>(null);

/** Throws while nobody is signed in. */
export function useSessionInfo(): SessionInfo {
  const info = useContext(SessionContext);
  if (!info) throw new Error('useSessionInfo needs a session around it');
  return info;
}

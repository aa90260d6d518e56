import type { Session } from '@workflow-bolt/client';
import { createContext, useContext } from 'react';

export type SessionInfo = {
  session: Session;
  /** Locks the screen, or lets the next person in; null where this is no enrolled workstation. */
  lock: (() => void) | null;
  /** The clinic's present local day, when the session was opened. */
  today: string;
  isDevelopment: boolean;
  /** Ends the session and forgets this person on this device. */
  signOut: () => void;
  /** The session has ended by itself: back to the sign-in; unsent steps are kept for the same person. */
  signInAgain: () => void;
};

export const SessionContext = createContext<SessionInfo | null>(null);

/** Throws while nobody is signed in. */
export function useSessionInfo(): SessionInfo {
  const info = useContext(SessionContext);
  if (!info) throw new Error('useSessionInfo needs a session around it');
  return info;
}

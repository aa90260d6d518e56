/** How tabs of one browser tell each other that the person is leaving, and how a reload knows that it was locked. */
const channelName = 'workflow-bolt:session';
const flagName = 'workflow-bolt:locked';

/** What a page says by the channel that it listens with does not come back to it. */
let heard: BroadcastChannel | null = null;

/** `leaving`: blank the screen now. `left`: look again who is signed in. */
export type SessionWord = 'leaving' | 'left';

export function tellTabs(word: SessionWord): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const channel = heard ?? new BroadcastChannel(channelName);
  channel.postMessage(word);
  if (channel !== heard) channel.close();
}

/** Calls back for what other tabs say, and not for what this one does; answers how to stop. */
export function hearTabs(listener: (word: SessionWord) => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => {};
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }) => listener(data === 'left' ? 'left' : 'leaving');
  heard = channel;
  return () => {
    channel.close();
    if (heard === channel) heard = null;
  };
}

/** Kept until somebody is in again: a reload must not open what could not be locked at the server. */
export function markLocked(isLocked: boolean): void {
  try {
    if (isLocked) localStorage.setItem(flagName, '1');
    else localStorage.removeItem(flagName);
  } catch {
    // Without storage a reload asks the server, which knows of every lock that reached it.
  }
}

export function wasLocked(): boolean {
  try {
    return localStorage.getItem(flagName) !== null;
  } catch {
    return false;
  }
}

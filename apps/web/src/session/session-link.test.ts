import { expect, test } from 'vitest';
import { hearTabs, type SessionWord, tellTabs } from './session-link.ts';

test('[session] other tabs hear that a person leaves; the tab that says so is not sent to ask again', async () => {
  const other = new BroadcastChannel('workflow-bolt:session');
  const overThere: string[] = [];
  const here: SessionWord[] = [];
  const arrived = new Promise<void>((resolve) => {
    other.onmessage = ({ data }) => {
      overThere.push(String(data));
      if (data === 'left') resolve();
    };
  });
  const answered = Promise.withResolvers<void>();
  const stop = hearTabs((word) => {
    here.push(word);
    answered.resolve();
  });
  tellTabs('leaving');
  tellTabs('left');
  await arrived;
  // What the other says comes after whatever an echo would have brought.
  other.postMessage('left');
  await answered.promise;
  stop();
  other.close();
  expect([overThere, here]).toEqual([['leaving', 'left'], ['left']]);
});

import type { BoardClient, Submission } from '@workflow-bolt/client';
import type { Command } from '@workflow-bolt/contracts';
import { useMemo } from 'react';
import { useBoardClient } from './board-provider.tsx';

export type Commands = {
  /** Takes a step; see `BoardClient.submit`. */
  submit: (command: Command, options?: { expectedVersion?: number | null }) => Submission;
  /** Takes back the last step of a visit. */
  undo: BoardClient['undo'];
  /** Takes back a step that was not sent yet. */
  cancel: BoardClient['cancel'];
};

/** The same object for the life of the client. */
export function useCommand(): Commands {
  const client = useBoardClient();
  return useMemo(
    () => ({
      submit: (command, options) => client.submit(command, options),
      undo: (visitId) => client.undo(visitId),
      cancel: (commandId) => client.cancel(commandId),
    }),
    [client],
  );
}

import type { Command, ProblemCode } from '@workflow-bolt/contracts';
import { type BoardView, decide } from '@workflow-bolt/domain';
import { useBoardClient } from '@workflow-bolt/react';
import { useCallback } from 'react';
import { useBoardUi } from '../board/board-ui.ts';
import { refusalWords } from './refusal-words.ts';

export type Forecast = { code: ProblemCode; message: string } | null;

/**
 * What the rules would answer to a command now: a refusal in words, or null when it would be carried out.
 * A forecast only: the server decides.
 */
export function useForecast(): (command: Command) => Forecast {
  const client = useBoardClient();
  const { actor } = useBoardUi();
  return useCallback(
    (command) => {
      const { entities } = client.getSnapshot();
      const view: BoardView = { get: (id) => entities.get(id), entries: () => entities.entries() };
      const context = {
        board: client.key,
        actor,
        now: client.nowMs(),
        source: 'ui' as const,
        commandId: 'forecast',
      };
      const decision = decide(view, command, context);
      if (decision.ok) return null;
      const { code, details = {} } = decision.refusal;
      return { code, message: refusalWords(code, details, entities) };
    },
    [client, actor],
  );
}

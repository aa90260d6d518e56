import { Drawer } from '@mantine/core';
import type { BoardEvent } from '@workflow-bolt/contracts';
import { useBoard, useBoardClient } from '@workflow-bolt/react';
import { useApi } from '../app/api-context.ts';
import { clockTimeWithSeconds } from '../format/clock.ts';
import { findDay, patientName, roomName } from '../model/entities.ts';
import { roleLabel } from '../session/role-label.ts';
import { eventWords, isEcho, type Names } from './event-words.ts';
import { type HistoryLine, HistoryView } from './history-view.tsx';
import { useLoaded } from './use-loaded.ts';
import { VisitSummary } from './visit-summary.tsx';
import { VisitSync } from './visit-sync.tsx';

type Entries = Awaited<ReturnType<ReturnType<typeof useApi>['visitHistory']>>['entries'];

const sourceWords = {
  ui: 'on screen',
  tebra: 'from the EHR',
  fhir: 'from the EHR',
  import: 'from an import',
  rule: 'by a rule',
  kiosk: 'at the kiosk',
};

function commandIdsUndone(entries: Entries): Set<string> {
  const ids = new Set<string>();
  for (const event of entries.flatMap((entry) => entry.events as BoardEvent[]))
    if (event.type === 'visit.undone') ids.add(event.undoes.slice(0, event.undoes.lastIndexOf('#')));
  return ids;
}

/** Newest first; steps that were undone later stay, marked. */
export function historyLines(entries: Entries, names: Names): HistoryLine[] {
  const undone = commandIdsUndone(entries);
  const lines = entries.map((entry) => ({
    key: `${entry.seq}`,
    time: clockTimeWithSeconds(names.day.zone, entry.at),
    actor: entry.actor.name,
    detail: `${roleLabel[entry.actor.role]}, ${sourceWords[entry.source]}${entry.actor.station ? `, ${entry.actor.station}` : ''}`,
    sentences: (entry.events as BoardEvent[])
      .filter((event) => !isEcho(event))
      .map((event) => eventWords(event, names)),
    isStanding: !undone.has(entry.commandId),
  }));
  return lines.filter((line) => line.sentences.length > 0).reverse();
}

/** All that happened on one visit, in a drawer; read again whenever the visit changes. */
export function VisitHistoryPanel({ visitId, close }: { visitId: string; close: () => void }) {
  const api = useApi();
  const client = useBoardClient();
  const version = useBoard(({ entities }) => entities.get(`v:${visitId}`)?.v ?? 0);
  const entities = useBoard((snapshot) => snapshot.entities);
  const day = findDay(entities);
  const loaded = useLoaded(`${visitId} ${version}`, () => api.visitHistory(client.key, visitId));
  const names = day && {
    day,
    roomName: (id: string) => roomName(entities, id),
    patientName: (id: string) => patientName(entities, id),
  };
  return (
    <Drawer opened onClose={close} position="right" size="md" title={patientName(entities, visitId)}>
      {day && <VisitSync visitId={visitId} day={day} />}
      {day && <VisitSummary visitId={visitId} day={day} />}
      <HistoryView
        lines={loaded.value && names ? historyLines(loaded.value.entries, names) : null}
        failure={loaded.failure}
      />
    </Drawer>
  );
}

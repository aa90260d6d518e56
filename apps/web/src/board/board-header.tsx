import type { BoardKey, Day, Role } from '@workflow-bolt/contracts';
import { permissions, seesEhr } from '@workflow-bolt/domain';
import { useBoard, useBoardClient } from '@workflow-bolt/react';
import { type RefObject, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from '../app/api-context.ts';
import { boardDay } from '../format/clock.ts';
import { dataAge } from '../format/duration.ts';
import { connectionWords } from '../header/connection-words.ts';
import { HeaderView } from '../header/header-view.tsx';
import { LiveIndicator } from '../header/live-indicator.tsx';
import { SyncStateView } from '../header/sync-state-view.tsx';
import { SystemStateView } from '../header/system-state-view.tsx';
import { systemFace } from '../header/system-words.ts';
import { WriteBackTotalView } from '../header/write-back-total-view.tsx';
import { findDay } from '../model/entities.ts';
import { isSyncRunning, syncFace } from '../model/sync-face.ts';
import { writeBackTotal } from '../model/write-back-total.ts';
import { useOpenAlerts } from '../oversight/use-open-alerts.ts';
import { type Printing, usePrint } from '../print/use-print.tsx';
import { mayAdminister, mayOpenEhrLink, mayOversee } from '../session/may-administer.ts';
import { roleLabel } from '../session/role-label.ts';
import { useSessionInfo } from '../session/session-context.ts';
import { useBoardActions } from './board-actions.ts';
import { useEntities } from './board-parts.ts';
import { useBoardUi } from './board-ui.ts';
import { showNotice } from './undo-toast.tsx';
import { isSameJson, useTimed } from './use-timed.ts';

/** How old what is shown is; runs while the board is not live. */
export function useAgeText(): string | null {
  const client = useBoardClient();
  return useTimed(() => {
    const age = client.ageMs();
    return age === null ? null : dataAge(age);
  });
}

/** The connection, and beside it how the system stands that it leads to: unheard of while there is none. */
export function ConnectionState() {
  const { phase, reason, system } = useBoard(({ connection }) => connection);
  const { liveness } = connectionWords(phase, reason, system);
  const face = liveness === 'offline' ? null : systemFace(system);
  return (
    <>
      <LiveIndicator liveness={liveness} ageText={useAgeText()} />
      {face && <SystemStateView face={face} />}
    </>
  );
}

function SyncState() {
  const face = useBoard(({ sync, day, ehr }) => syncFace(sync, ehr, day?.zone ?? 'UTC'), isSameJson);
  const { actor, openDialog } = useBoardUi();
  const mayImport = permissions['applyScheduleRow:import'].includes(actor.role);
  return <SyncStateView face={face} onImport={mayImport ? () => openDialog({ kind: 'import' }) : null} />;
}

/** What the board has not told the EHR yet; a frame behind the cards, like every number of the whole day. */
function WriteBackState() {
  const { actor, openPanel } = useBoardUi();
  const { send } = useBoardActions();
  const entities = useDeferredValue(useEntities());
  const day = findDay(entities);
  const isAway = useBoard(({ ehr }) => ehr !== null && !ehr.isOk);
  const total = useMemo(() => day && writeBackTotal(entities, day, isAway), [entities, day, isAway]);
  if (!total) return null;
  const retry = (visitId: string) => send({ type: 'retryWrite', visitId });
  return (
    <WriteBackTotalView
      total={total}
      onOpen={(visitId) => openPanel({ kind: 'history', visitId })}
      onRetry={permissions.retryWrite.includes(actor.role) ? retry : null}
    />
  );
}

/** `/` finds a patient, `?` shows the shortcuts; not while typing. */
function useGlobalKeys(search: RefObject<HTMLInputElement | null>, showShortcuts: () => void): void {
  const latest = useRef(showShortcuts);
  latest.current = showShortcuts;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest('input, textarea, select, [role="dialog"]'))
        return;
      if (event.key === '/') {
        event.preventDefault();
        search.current?.focus();
      } else if (event.key === '?') latest.current();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [search]);
}

function useSyncNow(): { run: () => Promise<void>; isRunning: boolean } {
  const api = useApi();
  const { key } = useBoardClient();
  const [isAsked, setIsAsked] = useState(false);
  const isRunning = useBoard(({ sync }) => isSyncRunning(sync));
  const run = async () => {
    setIsAsked(true);
    await api
      .syncNow(key)
      .catch((cause: unknown) =>
        showNotice('The EHR was not asked', cause instanceof Error ? cause.message : '', 'red'),
      );
    setIsAsked(false);
  };
  return { run, isRunning: isRunning || isAsked };
}

/** The board on paper; why it was not printed is a notice. */
function usePrintedBoard(key: BoardKey): Printing {
  const printing = usePrint(key, 'board');
  const { failure } = printing;
  useEffect(() => {
    if (failure !== null) showNotice('The board was not printed', failure, 'red');
  }, [failure]);
  return printing;
}

/** What can be done about the end of the day, in the words of the menu; null when nothing. */
function closingLabel(day: Day | null, role: Role): string | null {
  if (!day || !permissions.closeDay.includes(role)) return null;
  if (day.state !== 'closed') return 'Close the day';
  return role === 'manager' ? 'Reopen the day' : null;
}

const mayReadReport = (role: Role): boolean => permissions.metrics.includes(role);

/** The header of a board screen. */
export function BoardHeader() {
  const ui = useBoardUi();
  const client = useBoardClient();
  const { key } = client;
  const info = useSessionInfo();
  const searchRef = useRef<HTMLInputElement>(null);
  const clinicName = useBoard(({ day }) => day?.clinicName ?? key.clinic);
  const closing = useBoard(({ day }) => closingLabel(day, ui.actor.role));
  const syncNow = useSyncNow();
  const printing = usePrintedBoard(key);
  const openAlerts = useOpenAlerts(mayOversee(info.session));
  const openShortcuts = () => ui.openDialog({ kind: 'shortcuts' });
  useGlobalKeys(searchRef, openShortcuts);
  const leave = async () => {
    const unsent = await client.countUnsent();
    if (unsent > 0) ui.openDialog({ kind: 'sign-out', unsent });
    else info.signOut();
  };
  const { role } = ui.actor;
  const mayCreate = permissions['createVisit:walk-in'].includes(role);
  const mayImport = permissions['applyScheduleRow:import'].includes(role);
  const mayFind = permissions['patient.search-days'].includes(role);
  return (
    <HeaderView
      clinicName={clinicName}
      dayText={boardDay(key.date)}
      isToday={key.date === info.today}
      todayHref={`/?${new URLSearchParams({ clinic: key.clinic })}`}
      userName={ui.actor.name}
      roleText={roleLabel[role]}
      stationText={ui.actor.station}
      isDevelopment={info.isDevelopment}
      reportHref={mayReadReport(role) ? `/report?${new URLSearchParams(key)}` : null}
      hasAdministration={mayAdminister(info.session)}
      hasOversight={mayOversee(info.session)}
      openAlerts={openAlerts}
      hasEhrLink={mayOpenEhrLink(info.session)}
      onLock={info.lock}
      live={
        <>
          <ConnectionState />
          {printing.mark}
        </>
      }
      sync={
        seesEhr([role]) && (
          <>
            <SyncState />
            <WriteBackState />
          </>
        )
      }
      search={ui.filter.text}
      searchRef={searchRef}
      onSearch={(text) => ui.setFilter({ ...ui.filter, text })}
      onFind={mayFind ? () => ui.openDialog({ kind: 'find', text: ui.filter.text }) : null}
      onNewVisit={mayCreate ? () => ui.openDialog({ kind: 'new-visit' }) : null}
      onImport={mayImport ? () => ui.openDialog({ kind: 'import' }) : null}
      onSync={role === 'viewer' ? null : () => void syncNow.run()}
      isSyncing={syncNow.isRunning}
      closing={closing === null ? null : { label: closing, open: () => ui.openDialog({ kind: 'close-day' }) }}
      onPrint={permissions.print.includes(role) ? printing.print : null}
      onShortcuts={openShortcuts}
      onSignOut={() => void leave()}
    />
  );
}

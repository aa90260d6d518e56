import { Button } from '@mantine/core';
import type { SystemSummary } from '@workflow-bolt/contracts';
import { useBoard } from '@workflow-bolt/react';
import { GlassBanner } from '../emergency/glass-banner.tsx';
import { plural } from '../format/duration.ts';
import { connectionWords } from '../header/connection-words.ts';
import { StatusBanner } from '../header/status-banner.tsx';
import { systemDetail, systemFace } from '../header/system-words.ts';
import { useSessionInfo } from '../session/session-context.ts';
import { useAgeText } from './board-header.tsx';
import { isSameJson } from './use-timed.ts';

function ageDetail(detail: string, ageText: string | null): string {
  return ageText === null ? detail : `${detail} What you see is ${ageText} old.`;
}

/** A short wait for an answer is no news; only a held line or an absent server is. */
function usePendingNotice(): string | null {
  return useBoard(({ pending, hold, connection }) => {
    const waiting = pending.filter((each) => each.stage === 'waiting').length;
    if (waiting === 0 || (connection.isLive && hold === null)) return null;
    return `${plural(waiting, 'step')} waiting to be sent`;
  });
}

/** A live connection to a system that takes no steps; what is merely degraded stands in the header only. */
function SystemBanner({ system }: { system: SystemSummary | null }) {
  const face = systemFace(system);
  if (face === null || face.state === 'degraded') return null;
  return <StatusBanner tone="amber" title={`${face.word}.`} detail={systemDetail(face)} />;
}

function ConnectionBanner() {
  const { phase, reason, system } = useBoard(({ connection }) => connection);
  const { signInAgain } = useSessionInfo();
  const ageText = useAgeText();
  const { banner } = connectionWords(phase, reason, system);
  if (!banner) return <SystemBanner system={system} />;
  const detail = ageDetail(banner.detail, ageText);
  return (
    <StatusBanner tone="amber" title={banner.title} detail={detail}>
      {phase === 'needs-auth' && (
        <Button size="compact-md" variant="default" onClick={signInAgain}>
          Sign in again
        </Button>
      )}
      {phase === 'gone' && (
        <Button size="compact-md" variant="default" onClick={() => location.reload()}>
          Reload
        </Button>
      )}
    </StatusBanner>
  );
}

/** Notices over the board: the connection, unsent steps, a browser that cannot save. */
export function BoardBanners() {
  const pending = usePendingNotice();
  const cannotSave = useBoard(
    ({ storage, actor, connection }) => storage === 'memory' && actor !== null && !connection.isLive,
  );
  const state = useBoard(({ day }) => day?.state ?? null, isSameJson);
  return (
    <>
      <GlassBanner />
      <ConnectionBanner />
      {pending && (
        <StatusBanner
          tone="info"
          title={`${pending}.`}
          detail="They are kept on this device and sent in order."
        />
      )}
      {cannotSave && (
        <StatusBanner
          tone="amber"
          title="This browser cannot save steps."
          detail="Steps made while offline would be lost and are refused."
        />
      )}
      {state === 'closing' && (
        <StatusBanner
          tone="info"
          title="This day is being closed."
          detail="No new visit can be added; who is still open can be settled."
        />
      )}
      {state === 'closed' && (
        <StatusBanner tone="info" title="This day is closed." detail="It can be read but not changed." />
      )}
    </>
  );
}

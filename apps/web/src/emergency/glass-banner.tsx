import { Button } from '@mantine/core';
import { useBoard } from '@workflow-bolt/react';
import { isSameJson } from '../board/use-timed.ts';
import { plural } from '../format/duration.ts';
import { StatusBanner } from '../header/status-banner.tsx';
import { patientName } from '../model/entities.ts';
import { useOwnGlasses } from './open-glass.ts';

/** Red for as long as an emergency access is open: whose, how much longer, and how to end it. */
export function GlassBanner() {
  const { glasses, nowMs, end } = useOwnGlasses();
  const names = useBoard(
    ({ entities }) => glasses.map(({ visitId }) => patientName(entities, visitId)),
    isSameJson,
  );
  return glasses.map((glass, i) => (
    <StatusBanner
      key={glass.id}
      tone="red"
      title={`Emergency access to ${names[i] ?? 'one patient'}.`}
      detail={`Open for ${plural(Math.max(1, Math.ceil((glass.expiresAt - nowMs) / 60_000)), 'more minute')}. Everything you do is on record and will be judged by somebody else.`}
    >
      <Button size="compact-md" variant="default" onClick={() => void end(glass)}>
        End it now
      </Button>
    </StatusBanner>
  ));
}

import { Badge, Group, Table } from '@mantine/core';
import type { Day } from '@workflow-bolt/contracts';
import {
  flowMilestones,
  type intervalNames,
  isInOffice,
  spans,
  statusInfo,
  waitOf,
} from '@workflow-bolt/domain';
import { useBoard } from '@workflow-bolt/react';
import { statusColor } from '../board/status-look.ts';
import { isSameJson, useTimed } from '../board/use-timed.ts';
import { birthDate, clockTime } from '../format/clock.ts';
import { shortDuration } from '../format/duration.ts';
import { findPerson, findVisit } from '../model/entities.ts';
import { milestoneLabel } from './event-words.ts';
import classes from './visit-summary.module.css';

const shownWaits = [
  'lobbyAdjusted',
  'prep',
  'inRoomWait',
  'provider',
  'cycle',
] as const satisfies readonly (typeof intervalNames)[number][];
const waitLabel = (name: (typeof shownWaits)[number]): string =>
  name === 'provider' ? 'With the provider' : spans[name].label;

/** Who the patient is, when each step happened, and how long each wait was. */
export function VisitSummary({ visitId, day }: { visitId: string; day: Day }) {
  const visit = useBoard(({ entities }) => findVisit(entities, visitId));
  const person = useBoard(({ entities }) => findPerson(entities, visitId));
  const waits = useTimed((now) => {
    if (!visit) return [];
    return shownWaits.flatMap((name) => {
      const wait = waitOf(visit, name, now);
      return wait
        ? [{ label: waitLabel(name), text: shortDuration(wait.ms), isRunning: wait.state === 'running' }]
        : [];
    });
  }, isSameJson);
  if (!visit) return null;
  const { milestones, skipped, estimated, corrected } = visit;
  const times = flowMilestones.filter((name) => milestones[name] !== undefined || skipped.includes(name));
  const remark = (name: (typeof flowMilestones)[number]) =>
    [estimated.includes(name) && 'estimated', corrected.includes(name) && 'corrected']
      .filter(Boolean)
      .join(', ');
  return (
    <div className={classes.summary}>
      <Group gap="xs">
        <Badge color={statusColor[visit.status]} variant="light" size="lg" radius="sm">
          {statusInfo[visit.status].label}
        </Badge>
        {person?.dob && <span>DOB {birthDate(person.dob)}</span>}
        {person?.phone && <span>{person.phone}</span>}
      </Group>
      {person?.note && <p className={classes.note}>{person.note}</p>}
      {times.length > 0 && (
        <Table aria-label="Times" verticalSpacing={3}>
          <Table.Tbody>
            {times.map((name) => {
              const at = milestones[name];
              return (
                <Table.Tr key={name}>
                  <Table.Td>{milestoneLabel[name]}</Table.Td>
                  <Table.Td ta="right">{at === undefined ? 'skipped' : clockTime(day.zone, at)}</Table.Td>
                  <Table.Td c="dimmed">{remark(name)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
      {waits.length > 0 && (
        <ul className={classes.waits} aria-label="Waits">
          {waits.map(({ label, text, isRunning }) => (
            <li key={label}>
              {label} <strong>{text}</strong>
              {isRunning && isInOffice(visit.status) && ' so far'}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

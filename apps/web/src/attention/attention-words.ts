import type { AttentionItem } from '@workflow-bolt/client';
import type { Day, Entity } from '@workflow-bolt/contracts';
import { statusInfo } from '@workflow-bolt/domain';
import { clockTime } from '../format/clock.ts';
import { type Entities, patientName, roomName } from '../model/entities.ts';
import { commandName, refusalWords } from '../model/refusal-words.ts';

export type AttentionWords = {
  /** What the person tried: `Start Prep → Appointment prep: Anna Lee`. */
  title: string;
  /** Why it did not happen, who was first and when. */
  why: string;
  /** What is so now. */
  now: string | null;
  canRetry: boolean;
};

function triedWords({ command }: AttentionItem, entities: Entities): string {
  const what = command.type === 'moveVisit' ? statusInfo[command.to].label : commandName(command);
  if ('visitId' in command) return `${patientName(entities, command.visitId)}: ${what}`;
  return 'roomId' in command ? `${roomName(entities, command.roomId)}: ${what}` : what;
}

function presentWords(entity: Entity, entities: Entities): string | null {
  if (entity.type === 'visit') {
    const room = entity.roomId === null ? '' : ` in ${roomName(entities, entity.roomId)}`;
    return `Now: ${statusInfo[entity.status].label}${room}.`;
  }
  return entity.type === 'room' ? `Now: ${entity.name} is ${entity.state.replaceAll('-', ' ')}.` : null;
}

function whyWords({ problem }: AttentionItem, day: Day | null, entities: Entities): string {
  if (problem.kind === 'conflict') {
    const who = problem.by?.name ?? 'Someone else';
    const when = problem.at !== null && day ? ` at ${clockTime(day.zone, problem.at)}` : '';
    return `${who} was first${when}. Your step was not carried out.`;
  }
  return problem.kind === 'rejected' && problem.code
    ? refusalWords(problem.code, problem.details, entities)
    : problem.title;
}

/** Explains a step that did not go through, with names and times. */
export function attentionWords(item: AttentionItem, day: Day | null, entities: Entities): AttentionWords {
  const { problem } = item;
  return {
    title: triedWords(item, entities),
    why: whyWords(item, day, entities),
    now: problem.current ? presentWords(problem.current.d, entities) : null,
    canRetry: problem.kind === 'confirm' || problem.kind === 'conflict',
  };
}

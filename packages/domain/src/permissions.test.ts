import { commandSchemas, type Role, roles, visitStatuses } from '@workflow-bolt/contracts';
import { describe, expect, it } from 'vitest';
import { playerIn, scheduleRow } from './board-player.ts';
import { decide } from './decide.ts';
import { nextActions } from './next-actions.ts';
import { actionOf, permissions } from './permissions.ts';

describe('scenario 25: roles', () => {
  const refusal = (role: Role, status: Parameters<typeof playerIn>[0], to: Parameters<typeof playerIn>[0]) =>
    playerIn(status).refused(role, { type: 'moveVisit', visitId: 'v1', to, reason: 'x' });

  it('[V28] front desk cannot mark with-doctor, MA cannot void, a viewer cannot change', () => {
    expect(refusal('front-desk', 'ready-for-md', 'with-doctor')).toEqual({
      code: 'permission_denied',
      details: { required: ['provider', 'medical-assistant', 'nurse'] },
    });
    expect(refusal('medical-assistant', 'arrived', 'entered-in-error')).toEqual({
      code: 'permission_denied',
      details: { required: ['manager'] },
    });
    const player = playerIn('arrived');
    expect(player.refused('viewer', { type: 'setNote', visitId: 'v1', note: 'x' })).toEqual({
      code: 'permission_denied',
      details: { required: permissions.setNote },
    });
  });

  it('[V28] a viewer may do nothing at all; only the system feeds the schedule of the EHR', () => {
    for (const row of Object.keys(commandSchemas)) {
      expect(permissions[row as keyof typeof permissions] ?? []).not.toContain('viewer');
    }
    expect(permissions['applyScheduleRow:tebra']).toEqual(['system']);
    expect(actionOf(scheduleRow('a', '09:00', { system: 'import' }))).toBe('applyScheduleRow:import');
  });

  it('[V28] offers only actions that decide accepts once their needs are met', () => {
    for (const status of visitStatuses) {
      const player = playerIn(status);
      for (const role of roles) {
        const actions = nextActions(player.visit('v1'), {
          role,
          day: player.get('day', ''),
          now: player.now,
        });
        expect(actions.filter((each) => each.isPrimary).length).toBeLessThanOrEqual(1);
        for (const { command, needs } of actions) {
          const ctx = {
            board: { clinic: 'test', date: '2026-03-10' },
            actor: { id: 'u-x', name: role, role, station: null },
            now: player.now,
            source: 'ui' as const,
            commandId: 'action-client:1',
          };
          const filled = { ...command, reason: 'asked', by: 'patient' } as const;
          expect({ status, role, to: command.to, ok: decide(player.board, filled, ctx).ok }).toMatchObject({
            ok: true,
          });
          const bare = decide(player.board, command, ctx);
          const isSystem = role === 'system';
          if (needs.includes('reason') && !isSystem) expect(bare.ok).toBe(false);
        }
      }
    }
  });
});

import { Text } from '@mantine/core';
import { type AccountKind, type Role, roles } from '@workflow-bolt/contracts';
import { rolesProblem } from '@workflow-bolt/domain';
import { ChoiceGroup } from '../app/choice-group.tsx';
import { roleLabel } from '../session/role-label.ts';

export type Access = { roles: Role[]; clinics: string[] };
export type ClinicChoice = { id: string; name: string };

/** Roles that a person can hold; programs and screens are enrolled elsewhere. */
const personRoles = roles.filter((role) => rolesProblem('human', [role]) === null);

const words: Record<NonNullable<ReturnType<typeof rolesProblem>>['rule'], string> = {
  separated:
    'cannot be held by one person: whoever runs or judges the system does not work with patients in it.',
  kind: 'are not for people.',
  twice: 'are named twice.',
};

/** Why these roles do not go together, as a sentence; null when they do. */
export function rolesSentence(chosen: readonly Role[], kind: AccountKind = 'human'): string | null {
  const problem = rolesProblem(kind, chosen);
  return problem && `${problem.roles.map((role) => roleLabel[role]).join(' and ')} ${words[problem.rule]}`;
}

/** An administrator works for the whole installation; everybody else in named clinics. */
export const isComplete = ({ roles: chosen, clinics }: Access, kind: AccountKind = 'human'): boolean =>
  chosen.length > 0 &&
  rolesSentence(chosen, kind) === null &&
  (clinics.length > 0 || chosen.includes('admin'));

type Props = {
  /** A service is what it is: only where it works is asked. */
  kind?: AccountKind;
  access: Access;
  clinics: readonly ClinicChoice[];
  onChange: (access: Access) => void;
};

/** What somebody is, and where. */
export function AccessFields({ kind = 'human', access, clinics, onChange }: Props) {
  return (
    <>
      {kind === 'human' && (
        <ChoiceGroup
          label="Roles"
          choices={personRoles.map((role) => ({ value: role, label: roleLabel[role] }))}
          chosen={access.roles}
          onChange={(chosen) => onChange({ ...access, roles: chosen as Role[] })}
          error={rolesSentence(access.roles)}
        />
      )}
      {clinics.length > 0 ? (
        <ChoiceGroup
          label="Clinics"
          choices={clinics.map(({ id, name }) => ({ value: id, label: name }))}
          chosen={access.clinics}
          onChange={(chosen) => onChange({ ...access, clinics: chosen })}
        />
      ) : (
        <Text size="sm">There is no clinic to work in.</Text>
      )}
    </>
  );
}

/** Namespaces of the contract, by the short name the tables use. `kns` differs from `kar` only in the missing slash. */
export const NAMESPACES = {
  kar: 'http://www.kareo.com/api/schemas/',
  kns: 'http://www.kareo.com/api/schemas',
  arr: 'http://schemas.microsoft.com/2003/10/Serialization/Arrays',
  sys: 'http://schemas.datacontract.org/2004/07/System',
} as const;

export type Namespace = keyof typeof NAMESPACES;

export interface Member {
  name: string;
  ns: Namespace;
  /** A primitive, an enum, or the name of another shape. */
  type: string;
  required: boolean;
  nillable: boolean;
  list: boolean;
}

/** A data contract: its members in the order in which they travel. */
export interface Shape {
  name: string;
  members: readonly Member[];
}

export const ENUMS: Readonly<Record<string, readonly string[]>> = {
  AppointmentMode: ['InOffice', 'Telehealth'],
  AppointmentStatus: [
    ...['Unknown', 'Scheduled', 'ReminderSent', 'Confirmed', 'CheckedIn', 'Roomed', 'CheckedOut'],
    ...['NeedsReschedule', 'ReadyToBeSeen', 'NoShow', 'Cancelled', 'Rescheduled', 'Tentative'],
  ],
  AppointmentType: ['U', 'P', 'O'],
  AttendeeStatus: ['PRESENT', 'CANCELLED', 'NO_SHOW'],
  DayOfWeek: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
  EPSDTReasonCode: ['NU', 'AV', 'S2', 'ST'],
  EmploymentStatusCode: ['E', 'R', 'S', 'T', 'U'],
  GenderCode: ['Female', 'Male', 'Unknown'],
  Ordinal: ['Unknown', 'First', 'Second', 'Third', 'Fourth', 'Last'],
  Relationship: ['Child', 'Other', 'Self', 'Spouse'],
  TypeOfDay: ['Unknown', 'Weekday', 'Weekend'],
};

const VALUE_TYPES = [
  ...['boolean', 'int', 'long', 'double', 'AppointmentStatus', 'AppointmentType', 'AttendeeStatus'],
  ...['DayOfWeek', 'Ordinal', 'TypeOfDay'],
];

/**
 * Reads a table line into a shape. Members are `Name`, `Name:type`, then flags: `*` required, `?` nillable although a value
 * type, `!` not nillable although a reference type, `[]` repeats, `@ns` another namespace. Braces expand: `Reason{1..10}`, `{Primary|Secondary}Plan`. Expanded members
 * are put in ordinal order, as the serializer puts the members of one class; `|` alone ends a base class.
 */
export function shape(name: string, text: string, ns: Namespace = 'kar'): Shape {
  const levels = text.split(' | ').map((level) => level.split(/\s+/).filter((word) => word !== ''));
  const members = levels.flatMap((words) => ordinal(words.flatMap(expand)).map((word) => member(word, ns)));
  return { name, members };
}

/** The toggles of a data shape: the same names, each a boolean. */
export function togglesOf(data: Shape, name: string, more = ''): Shape {
  const names = [...data.members.filter((m) => m.type === 'string').map((m) => m.name), ...more.split(/\s+/)];
  const ns = data.members[0]?.ns ?? 'kar';
  return shape(
    name,
    names
      .filter((word) => word !== '')
      .map((word) => `${word}:boolean`)
      .join(' '),
    ns,
  );
}

function member(word: string, ns: Namespace): Member {
  const match = /^(\w+)(?::(\w+))?(?:@(\w+))?([*?!]*)(\[\])?$/.exec(word);
  if (!match) throw new Error(`not a member: ${word}`);
  const [, name = '', type = 'string', otherNs, flags = '', list] = match;
  return {
    name,
    ns: (otherNs as Namespace | undefined) ?? ns,
    type,
    required: flags.includes('*'),
    nillable: flags.includes('?') || !(flags.includes('!') || VALUE_TYPES.includes(type)),
    list: list !== undefined,
  };
}

// UTF-16 order equals ordinal order here: every name is ASCII.
function ordinal(words: string[]): string[] {
  const nameOf = (word: string) => word.replace(/[^\w].*$/, '');
  return [...words].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function expand(word: string): string[] {
  const match = /^(.*?)\{([^}]*)\}(.*)$/.exec(word);
  if (!match) return [word];
  const [, before = '', inside = '', after = ''] = match;
  const range = /^(\d+)\.\.(\d+)$/.exec(inside);
  const parts = range
    ? Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, i) => `${Number(range[1]) + i}`)
    : inside.split('|');
  return parts.flatMap((part) => expand(`${before}${part}${after}`));
}

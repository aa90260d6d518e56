/** Fixed lists: varied enough to look like a waiting room, invented enough to be nobody. */
export const FEMALE_NAMES = words(`
  Amara Beatriz Chiara Daphne Elena Farah Giulia Hannah Imani Josephine Keiko Leilani Mariana Nadia Olivia Priya
  Quinn Rosalind Saoirse Tamsin Ursula Valentina Wren Ximena Yara Zoë Aaliyah Brigid Camille Delphine Esperanza Fiona`);
export const MALE_NAMES = words(`
  Aditya Bjorn Carlos Desmond Emeka Finnegan Gustavo Hiroshi Ibrahim Jamal Kofi Lorenzo Mateo Nikolai Omar Pascal
  Quentin Rafael Stellan Tobias Umberto Viktor Wesley Xavier Yusuf Zane André Bartholomew Cormac Declan Elijah Felix`);
export const LAST_NAMES = words(`
  Abernathy Balogun Castellanos Delacroix Eriksen Fenwick Gallagher Haddad Iwamoto Jankowski Kowalczyk Lindqvist
  Montgomery Nakamura Okafor Papadopoulos Quill Ramanathan Sandoval Thibodeaux Underhill Villanueva Whitlock Xiong
  Yamaguchi Zielinski O'Brien D'Angelo Núñez Müller García-López Ashby Blackwood Chaudhry Dubois Estrada Fairweather
  Goldberg Hernandez Ito Johansson Kaplan Lafferty Mbeki Nguyen Ortega Petrov Rosenthal Saito Tanaka Vasquez Wójcik`);
export const MIDDLE_NAMES = words('Ann Lee Marie James Rose Kai Noor Jude Mae Luis Jo Sky');

/** Names that have broken real systems: [first, last]. */
export const ODD_NAMES: readonly (readonly [string, string])[] = [
  ['Zoë', 'O’Brien-Núñez'],
  ['Zoe\u0308', "D'Arcy"],
  ['نور', 'الحسيني'],
  ['שרה', 'כהן'],
  ['秀英', '王'],
  ['Владимир', 'Ковалёв'],
  ['Ng', 'X'],
  ['Anne  Marie', 'van der  Berg'],
  ['Robert & Sons', '<Tables>'],
  ['Θάλεια', 'Παπαδοπούλου'],
  ['José\u200b', 'Mu\u00f1oz \u{1f33b}'],
  ['\u202eRTL', 'Override'],
  [
    'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff Maximilian Alexander',
    'Featherstonehaugh-Cholmondeley-Marjoribanks',
  ],
  ['null', 'Undefined'],
];

export const ALERTS = [
  'Hard of hearing: face the patient.',
  'Needs an interpreter (Spanish).',
  'Latex allergy.',
  'Uses a wheelchair: room 1.',
];
export const COMPLAINTS = [
  'Blood pressure follow-up',
  'Sore throat since Monday',
  'Medication refill',
  'Knee pain after a fall',
  'Annual physical',
  'Review lab results',
  'Cough and fever',
  'Migraine, third this month',
  'Diabetes check',
  'Rash on both arms',
];
export const CANCEL_REASONS = [
  'Patient called: feeling better',
  'No transport',
  'Work conflict',
  'Provider out',
];
export const LEAVE_REASONS = ['Wait too long', 'Child care', 'Felt better', 'Had to go to work'];

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

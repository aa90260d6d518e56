/** The addresses of the web app's pages. The server answers any other with 404, and the app says that there is none. */
export const webPages = [
  '/',
  '/account',
  '/account/return',
  '/admin',
  '/audit',
  '/drift',
  '/ehr-link',
  '/enrol',
  '/jobs',
  '/oversight',
  '/report',
  '/sign-in/return',
  '/wall',
] as const;

const known: ReadonlySet<string> = new Set(webPages);

/** Whether an address names a page of the web app; a slash at its end changes nothing. */
export const isWebPage = (path: string): boolean => known.has(path.replace(/(?<=.)\/$/, ''));

import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findExecutables } from './redis-binary.ts';

/** Set this variable to the path of a Chromium to use instead of the one found. */
export const CHROMIUM_BINARY_VARIABLE = 'BOLT_CHROMIUM';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APPS = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
];

/** Path of an executable Chromium or Chrome, or undefined. */
export function findChromium(): string | undefined {
  const chosen = process.env[CHROMIUM_BINARY_VARIABLE];
  const candidates = chosen
    ? [chosen]
    : [...NAMES.flatMap(findExecutables), ...macApps(), ...playwrightDownloads()];
  return candidates.find((path) => isExecutable(path) && !isSnapStub(path));
}

function macApps(): string[] {
  if (process.platform !== 'darwin') return [];
  return ['/Applications', join(homedir(), 'Applications')].flatMap((dir) =>
    MAC_APPS.map((app) => join(dir, app)),
  );
}

/** Browsers that `playwright-core install chromium` put into its cache; newest first. */
function playwrightDownloads(): string[] {
  const cache =
    process.platform === 'darwin'
      ? join(homedir(), 'Library/Caches/ms-playwright')
      : join(homedir(), '.cache/ms-playwright');
  if (!existsSync(cache)) return [];
  const versions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  const newestFirst = versions.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  const inside = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  ];
  return newestFirst.flatMap((version) => inside.map((path) => join(cache, version, path)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Ubuntu's chromium-browser is a script that only tells the reader to install a snap. */
function isSnapStub(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4096);
    const text = head.toString('latin1', 0, readSync(file, head, 0, head.length, 0));
    return text.startsWith('#!') && text.includes('/snap/bin/chromium') && !existsSync('/snap/bin/chromium');
  } finally {
    closeSync(file);
  }
}

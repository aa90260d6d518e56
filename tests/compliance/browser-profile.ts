/** A Chromium with a profile of its own on disk, and everything that it keeps of a site. */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitUntil } from '@workflow-bolt/testkit';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium-binary.ts';
import { chromiumArgs } from '../e2e/clinic-browser.ts';

export class BrowserProfile implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'bolt-profile-'));
  #context: BrowserContext | null = null;

  /** A window on the profile as it was left. */
  async open(address: string): Promise<Page> {
    const executablePath = findChromium();
    if (!executablePath)
      throw new Error('There is no Chromium here. Install one, or name it in BOLT_CHROMIUM.');
    const viewport = { width: 1440, height: 900 };
    this.#context = await chromium.launchPersistentContext(this.dir, {
      ...{ executablePath, args: [...chromiumArgs], viewport },
    });
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await page.goto(address);
    return page;
  }

  /** An orderly end: whatever the browser wants to remember is written. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }

  /** The power goes: nothing is tidied up. The browser's own lock names its process. */
  async kill(): Promise<void> {
    const pid = Number(readlinkSync(join(this.dir, 'SingletonLock')).split('-').at(-1));
    const closed = new Promise((resolve) => this.#context?.once('close', resolve));
    process.kill(pid, 'SIGKILL');
    await closed;
    this.#context = null;
    await awaitUntil('the browser is gone', () => !isRunning(pid));
    rmSync(join(this.dir, 'SingletonLock'), { force: true });
  }

  /** Every file of the profile, by path; one that a running browser has just removed is not there. */
  files(): Map<string, string> {
    const files = new Map<string, string>();
    for (const entry of readdirSync(this.dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const text = textOf(path);
      if (text !== null) files.set(`profile/${path.slice(this.dir.length + 1)}`, text);
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What the site has in this browser, place by place: databases, storages, caches, cookies, addresses. */
export async function storageOf(page: Page): Promise<Map<string, string>> {
  const held = await page.evaluate(async () => {
    const result = <T>(asking: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        asking.onsuccess = () => resolve(asking.result);
        asking.onerror = () => reject(asking.error);
      });
    /** Bytes as a text of single bytes, keys by what may be done with them. */
    const shown = (_name: string, value: unknown): unknown => {
      const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
      if (bytes instanceof Uint8Array) return [...bytes].map((each) => String.fromCharCode(each)).join('');
      return bytes instanceof CryptoKey ? `key, extractable: ${bytes.extractable}` : bytes;
    };
    const places: [string, string][] = [];
    const keep = (place: string, value: unknown) => places.push([place, JSON.stringify(value, shown)]);
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await result(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const rows = db.transaction(store).objectStore(store);
        keep(`IndexedDB ${name}/${store}`, [await result(rows.getAllKeys()), await result(rows.getAll())]);
      }
      db.close();
    }
    keep('localStorage', { ...localStorage });
    keep('sessionStorage', { ...sessionStorage });
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        keep(`Cache Storage ${name} ${request.url}`, await (await cache.match(request))?.text());
    }
    keep('cookies of the page', document.cookie);
    keep('address, title, state', [location.href, document.title, history.state, window.name]);
    keep('workers', (await navigator.serviceWorker.getRegistrations()).length);
    return places;
  });
  const cookies = JSON.stringify(await page.context().cookies());
  return new Map([...held, ['cookies', cookies]]);
}

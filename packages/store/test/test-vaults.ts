/** Keys on this machine for one test: any number of vaults over them, as in so many processes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderObjectStore } from '../src/archive/folder-object-store.ts';
import { LocalKeyFile, Vault, type VaultOptions } from '../src/index.ts';

export class TestVaults {
  readonly folder: string;
  readonly provider: LocalKeyFile;
  readonly store: FolderObjectStore;

  private constructor(folder: string, provider: LocalKeyFile) {
    this.folder = folder;
    this.provider = provider;
    this.store = new FolderObjectStore(join(folder, 'store'));
  }

  static async make(): Promise<TestVaults> {
    const folder = await mkdtemp(join(tmpdir(), 'bolt-vault-'));
    return new TestVaults(folder, await LocalKeyFile.open(join(folder, 'keys.json')));
  }

  open(options: Partial<VaultOptions> = {}): Vault {
    return new Vault({ provider: this.provider, store: this.store, ...options });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

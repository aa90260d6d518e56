/** Screens on walls: for who hangs them up, and for the screen itself. Methods throw `ApiError` and `NetworkError`. */
import type {
  Display,
  displaysResponseSchema,
  enrolDisplayResponseSchema,
  ownDisplayResponseSchema,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import type { ApiTransport } from './api-transport.ts';

export type EnrolledDisplay = z.infer<typeof enrolDisplayResponseSchema>;
export type OwnDisplay = z.infer<typeof ownDisplayResponseSchema>;

const displaysOf = (clinic: string): string => `/api/v1/clinics/${encodeURIComponent(clinic)}/displays`;
const here = '/api/v1/display';

export class DisplayApi {
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.#transport = transport;
  }

  async list(clinic: string): Promise<Display[]> {
    const { displays } = await this.#transport.get<z.infer<typeof displaysResponseSchema>>(
      displaysOf(clinic),
    );
    return displays;
  }

  /** The answer holds the token, this once. */
  enrol(clinic: string, name: string): Promise<EnrolledDisplay> {
    return this.#transport.post(displaysOf(clinic), { name });
  }

  remove({ clinic, id }: Display): Promise<void> {
    return this.#transport.post(`${displaysOf(clinic)}/${encodeURIComponent(id)}/remove`);
  }

  /** Which display this browser is. */
  here(): Promise<OwnDisplay> {
    return this.#transport.get(here);
  }

  /** Makes this browser the display of a token. */
  async become(token: string): Promise<void> {
    await this.#transport.post(here, { token });
  }
}

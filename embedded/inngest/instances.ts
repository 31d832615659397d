/** A serve endpoint of an app, and what is known of it. */
export interface Instance {
  url: string;
  /** Set once it has registered. */
  appId?: string;
  up: boolean;
}

/** The instances of the apps: calls go round those that are up. */
export class Instances {
  readonly all: readonly Instance[];
  private turn = 0;
  private readonly onDown: (instance: Instance) => void;

  constructor(urls: readonly string[], onDown: (instance: Instance) => void) {
    this.all = urls.map((url) => ({ url, up: false }));
    this.onDown = onDown;
  }

  /** Those that serve the app and are up, another one first each time. */
  candidates(appId: string): Instance[] {
    const able = this.all.filter((instance) => instance.up && instance.appId === appId);
    const first = able.length > 0 ? this.turn++ % able.length : 0;
    return [...able.slice(first), ...able.slice(0, first)];
  }

  /** It refused or dropped a connection: no more calls until it has registered again. */
  down(instance: Instance): void {
    if (!instance.up) return;
    instance.up = false;
    this.onDown(instance);
  }
}

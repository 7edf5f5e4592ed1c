/** Installing the app: the browser offers it once, and only asks when a person wants it. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

class Installing {
  done = $state(matchMedia('(display-mode: standalone)').matches);
  #offer = $state.raw<Offer | null>(null);
  can = $derived(this.#offer !== null);

  constructor() {
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#offer = event as Offer;
    });
    addEventListener('appinstalled', () => {
      this.#offer = null;
      this.done = true;
    });
  }

  async ask(): Promise<void> {
    await this.#offer?.prompt();
    this.#offer = null;
  }
}

export const installing = new Installing();

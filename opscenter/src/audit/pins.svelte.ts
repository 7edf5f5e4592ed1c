/** The pinned head of this browser, as state. */
import { dropPins, keepPin, type Pin, readPins } from './checking';

class Pins {
  all = $state.raw<Pin[]>(readPins(localStorage));

  of(origin: string | undefined): Pin | null {
    return this.all.find((pin) => pin.origin === origin) ?? null;
  }

  keep(pin: Pin): void {
    keepPin(localStorage, pin);
    this.all = readPins(localStorage);
  }

  forget(): void {
    dropPins(localStorage);
    this.all = [];
  }
}

export const pins = new Pins();

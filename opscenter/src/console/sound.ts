/** Tones made by the browser itself: no file to load, one pattern for each priority. */
const PATTERNS: Readonly<Record<string, readonly [hertz: number, from: number, seconds: number][]>> = {
  high: [[880, 0, 0.25], [660, 0.3, 0.25], [880, 0.6, 0.25], [660, 0.9, 0.25]],
  medium: [[660, 0, 0.2], [520, 0.28, 0.28]],
  test: [[520, 0, 0.12]],
};
const VOLUME = 0.16;

export class Sound {
  #context: AudioContext | null = null;

  /** Play a pattern; false when the browser does not let the page sound yet. */
  play(name: string): boolean {
    if (!navigator.userActivation?.hasBeenActive) return false;
    this.#context ??= typeof AudioContext === 'undefined' ? null : new AudioContext();
    const context = this.#context;
    if (context === null) return false;
    if (context.state !== 'running') {
      void context.resume();
      return false;
    }
    for (const tone of PATTERNS[name] ?? []) this.#tone(context, ...tone);
    return true;
  }

  #tone(context: AudioContext, hertz: number, from: number, seconds: number): void {
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    const start = context.currentTime + from;
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.02);
    gain.gain.linearRampToValueAtTime(0, start + seconds);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + seconds);
  }
}

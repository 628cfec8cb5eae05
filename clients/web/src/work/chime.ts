// Two soft notes for who looks elsewhere; nothing where the browser does not let pages sound.

const NOTES = [587.33, 880];
const LONG = 0.14;

export function chime(): void {
  try {
    const audio = new AudioContext();
    if (audio.state === "suspended") return void audio.close();
    for (const [place, frequency] of NOTES.entries()) {
      const [start, tone, volume] = [place * LONG, audio.createOscillator(), audio.createGain()];
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0.05, audio.currentTime + start);
      volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 2 * LONG);
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 2 * LONG);
    }
    setTimeout(() => void audio.close(), 1_000);
  } catch {
    // It is shown and said as well.
  }
}

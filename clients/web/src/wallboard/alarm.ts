// When a wait becomes one that somebody should end, and one that somebody must.

const WARN = 5 * 60_000;
const ALARM = 15 * 60_000;

export function alarmOf(wait: number): "alarm" | "warn" | undefined {
  if (wait > ALARM) return "alarm";
  return wait > WARN ? "warn" : undefined;
}

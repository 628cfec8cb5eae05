// How large a page is drawn in a frame: never narrower than it needs, made smaller instead.

import type { FrameName } from "./frames.ts";

/** The least width at which each page is itself, in CSS pixels. */
const NEEDS: Record<FrameName, number> = { client: 400, agent: 860, supervisor: 1440, phone: 390 };
const PHONE = { width: 390, height: 844 };

export interface Fit {
  width: number;
  height: number;
  scale: number;
}

/** The size of a frame's page and the factor by which it is drawn, for the room that there is. */
export function fit(name: FrameName, width: number, height: number, phone = false): Fit {
  if (phone) return { width, height, scale: 1 };
  if (name === "phone") {
    const scale = Math.min(1, width / PHONE.width);
    return { width: PHONE.width, height: Math.min(PHONE.height, height / scale), scale };
  }
  const scale = Math.min(1, width / NEEDS[name]);
  return { width: width / scale, height: height / scale, scale };
}

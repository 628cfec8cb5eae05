// The one place where the demo's parts are joined; they live as long as the page is shown.

import { Conductor } from "./conductor.ts";
import { Door } from "./door.ts";
import { Frame, FRAMES, type FrameName } from "./frames.ts";
import { Guide } from "./guide.ts";

export const door = new Door(window.fetch.bind(window));
export const guide = new Guide(door);
export const frames = Object.fromEntries(
  FRAMES.map((name) => [name, new Frame(name, door)]),
) as Record<FrameName, Frame>;
export const conductor = new Conductor(door, guide, frames);

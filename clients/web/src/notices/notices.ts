// One's own notifications, as the API lists them.

import { m } from "../language/language.ts";
import type { ActorRef, Id, Metric, Millis, NoticeKind, Status } from "../live/wire.ts";
import { percent } from "../words.ts";

export interface Notification {
  id: string;
  kind: NoticeKind;
  at: Millis;
  actor: ActorRef;
  name: string | null;
  ticket_id: Id | null;
  ticket: { id: Id; number: number; title: string; status: Status } | null;
  message_id: Id | null;
  detail: Readonly<Record<string, string | number | boolean>>;
  read_at: Millis | null;
}

/** The counter of one's own room that says how many are unread. */
export const UNREAD = "notices.unread";

/** What happened, to be said after a name; the clocks' speak for themselves. */
export function said({ kind, detail }: Pick<Notification, "kind" | "detail">): string {
  const did = m.notices.did;
  const metric = m.work.metric[detail["metric"] as Metric];
  switch (kind) {
    case "status":
      return did.status(m.status[detail["status"] as Status]);
    case "sla_warned":
      return did.sla_warned(metric, percent(Number(detail["percent"]) / 100));
    case "sla_breached":
      return did.sla_breached(metric);
    case "sla_escalated":
      return did.sla_escalated(metric);
    case "approval_decided":
      return did.approval_decided(detail["approved"] === true);
    default:
      return did[kind];
  }
}

/** Whether nobody did it: a clock did. */
export function ofClock(kind: NoticeKind): boolean {
  return kind.startsWith("sla_");
}

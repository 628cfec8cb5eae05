// The shapes of the wire. The contracts' own are re-exported, so that the rest imports from here.

import type { WireError } from "./refusal.ts";

export type Id = string;
export type Millis = number;
export type Status = "open" | "in_progress" | "pending" | "resolved" | "closed";
export type Priority = "low" | "medium" | "high" | "urgent";
export type Visibility = "public" | "private";
export type Channel = "portal" | "widget" | "mail" | "phone" | "api";
export type ActorKind = "client" | "agent" | "assistant" | "system";
export type FieldValue = string | boolean | number | null;

export interface ActorRef {
  kind: ActorKind;
  id: string;
}

export interface Attachment {
  id: Id;
  name: string;
  media_type: string;
  size: number;
}

export interface Message {
  id: Id;
  ticket_id: Id;
  seq: number;
  at: Millis;
  author: ActorRef;
  visibility: Visibility;
  body: string;
  mentions: Id[];
  attachments: Attachment[];
  edited_at: Millis | null;
  redacted_at: Millis | null;
  edits: number[];
}

export interface Said {
  seq: number;
  author: ActorRef;
}

export interface Face {
  head: number;
  at: Millis;
  messages: number;
  said: Said[];
}

export interface StaffPart {
  tags: string[];
  fields: Record<string, FieldValue>;
  required_skills: Id[];
  reservation: string | null;
}

export interface Ticket {
  id: Id;
  seq: number;
  number: number;
  title: string;
  status: Status;
  priority: Priority;
  category: Id | null;
  requester_id: Id | null;
  company_id: Id | null;
  channel: Channel;
  inbox_id: Id | null;
  team_id: Id | null;
  owner_id: Id | null;
  due_at: Millis | null;
  opened_at: Millis;
  status_seq: number;
  status_at: Millis;
  description_id: Id | null;
  follow_up_of: Id | null;
  follow_ups: Id[];
  deleted: boolean;
  public: Face;
  staff: Face | null;
  private: StaffPart | null;
}

export interface Held {
  ticket_id: Id;
  weight: number;
  confirmed: boolean;
  as_of: number;
}

export interface Agent {
  id: Id;
  seq: number;
  head: number;
  at: Millis;
  /** By reservation. */
  held: Record<string, Held>;
  let_go: string[];
}

/** An event as it comes: only `type` is sure, since a newer release may have sent it. */
export interface AnyEvent {
  type: string;
  [field: string]: unknown;
}

export interface Envelope {
  room: string;
  epoch: string;
  seq: number;
  prev: number;
  at: Millis;
  actor: ActorRef;
  command_id: string;
  events: AnyEvent[];
}

/** What a commit says about its events. */
export type Meta = Pick<Envelope, "seq" | "at" | "actor" | "command_id">;

export interface Marker {
  person: string;
  kind: ActorKind;
  delivered: number;
  read: number;
}

export interface Person {
  name: string;
  kind: ActorKind;
  colour?: string;
}

export interface TicketSnapshot {
  ticket: Ticket;
  messages: Message[];
  has_earlier: boolean;
  markers: Marker[];
  people: Record<Id, Person>;
}

export interface AgentSnapshot {
  agent: Agent;
}

export interface Row {
  id: Id;
  number: number;
  title: string;
  status: Status;
  priority: Priority;
  category: Id | null;
  requester_id: Id;
  company_id: Id | null;
  channel: Channel;
  inbox_id: Id;
  team_id: Id;
  owner_id: Id | null;
  due_at: Millis | null;
  opened_at: Millis;
  at: Millis;
  messages: number;
  said: Said | null;
  tags?: string[];
}

export interface FeedSnapshot {
  rows: { ticket_id: Id; seq: number; row: Row | null }[];
  counters: { name: string; seq: number; value: number }[];
}

export interface JoinAnswer {
  room: string;
  epoch: string;
  seq: number;
  snapshot: unknown;
  envelopes: Envelope[];
  more: boolean;
}

export interface JoinRefusal {
  room: string;
  error: WireError;
}

export interface Command {
  type: string;
  command_id: string;
  [field: string]: unknown;
}

export interface CommandAnswer {
  seq: number;
  result: Record<string, unknown>;
}

interface MessageEvent {
  message_id: Id;
  visibility: Visibility;
}

export type TicketEvent =
  | {
      type: "ticket.opened";
      number: number;
      title: string;
      priority: Priority;
      category: Id | null;
      requester_id: Id;
      company_id: Id | null;
      channel: Channel;
      inbox_id: Id;
      team_id: Id;
      due_at: Millis | null;
      follow_up_of: Id | null;
    }
  | ({
      type: "message.posted";
      body: string;
      author: ActorRef;
      mentions: Id[];
      attachments: Attachment[];
    } & MessageEvent)
  | ({ type: "message.edited"; body: string } & MessageEvent)
  | ({ type: "message.redacted" } & MessageEvent)
  | { type: "ticket.assigned"; agent_id: Id | null; team_id: Id }
  | { type: "ticket.status_changed"; before: Status; status: Status; reason: string | null }
  | { type: "ticket.priority_changed"; priority: Priority }
  | { type: "ticket.renamed"; title: string }
  | { type: "ticket.category_changed"; category: Id | null }
  | { type: "ticket.due_changed"; due_at: Millis | null }
  | { type: "ticket.tags_changed"; tags: string[] }
  | { type: "ticket.fields_changed"; fields: Record<string, FieldValue> }
  | { type: "ticket.skills_changed"; required_skills: Id[] }
  | { type: "ticket.followed_up"; follow_up_id: Id }
  | { type: "ticket.deleted" };

export type AgentEvent = { ticket_id: Id; reservation: string } & (
  | { type: "agent.reserved"; weight: number; as_of: number; confirmed: boolean }
  | { type: "agent.confirmed" | "agent.reweighed"; weight: number; as_of: number }
  | { type: "agent.released" }
);

export type FeedEvent =
  | { type: "feed.row"; ticket_id: Id; seq: number; row: Row | null }
  | { type: "feed.counter"; name: string; seq: number; value: number };

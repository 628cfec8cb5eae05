// Written by `make contracts` from domain/catalog.py and domain/wire.py: change those instead.

/** A UUID in its canonical lower-case form. */
export type Id = string;

/** A moment in UTC milliseconds since 1970. */
export type Millis = number;

/** What `leave` and `signal` are answered with. */
export interface Accepted {
  readonly ok: true;
}

/** What the connection may, or whose it is, changed: ask `GET /api/auth/me` again. Rooms that it may not be in any more are left with `left`; none is entered by itself. */
export interface AccessChanged {
  readonly version: string;
}

/** Who acts. Supervisors and admins are agents here; what they may is in `access`. */
export type ActorKind = "client" | "agent" | "assistant" | "system";

/** An actor as the log names it: by kind and id, never by name. `id` is the user id of an agent, the contact id of a client or guest, a word for the machine. */
export interface ActorRef {
  readonly kind: ActorKind;
  readonly id: string;
}

/** Put somebody into a team, whoever else is put in or taken out meanwhile. */
export interface AddMember {
  readonly type: "team.add_member";
  readonly command_id: string;
  readonly version?: number | null;
  readonly team_id: Id;
  readonly user_id: Id;
}

/** The header of an agent's stream. `seq` 0: nothing happened to them yet. */
export interface Agent {
  readonly id: Id;
  readonly seq: number;
  readonly head: number;
  readonly at: Millis;
  readonly held: Readonly<Record<string, Held>>;
  readonly let_go: readonly string[];
}

export interface AgentConfirmed {
  readonly type: "agent.confirmed";
  readonly v: number;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly weight: number;
  readonly as_of: number;
}

/** `agent` is null where somebody left the team; an older seq than the known is dropped. */
export interface AgentEntry {
  readonly agent_id: Id;
  readonly seq: number;
  readonly agent: Attendance | null;
}

/** What can happen to an agent's load. */
export type AgentEvent = AgentReserved | AgentConfirmed | AgentReweighed | AgentReleased;

export interface AgentReleased {
  readonly type: "agent.released";
  readonly v: number;
  readonly ticket_id: Id;
  readonly reservation: string;
}

export interface AgentReserved {
  readonly type: "agent.reserved";
  readonly v: number;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly weight: number;
  readonly as_of: number;
  readonly confirmed: boolean;
}

export interface AgentReweighed {
  readonly type: "agent.reweighed";
  readonly v: number;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly weight: number;
  readonly as_of: number;
}

export interface AgentSnapshot {
  readonly agent: Agent;
}

/** Give a ticket an owner, or with `agent_id: null` none; `team_id` moves it to a team. */
export interface AssignTicket {
  readonly type: "ticket.assign";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly agent_id: Id | null;
  readonly team_id?: Id | null;
}

/** A file as its message names it; the bytes stand elsewhere. `size` in bytes. */
export interface Attachment {
  readonly id: Id;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
}

/** How somebody of the staff is there: `busy` is connected and full. `load` and `capacity` are in priority weights; `since` is when the state began. `on_shift` holds until `shift_until`, null: for ever, as for who has no set hours. */
export interface Attendance {
  readonly state: "online" | "busy" | "offline";
  readonly load: number;
  readonly capacity: number;
  readonly since: Millis;
  readonly on_shift?: boolean;
  readonly shift_until?: Millis | null;
}

/** Let somebody open and write nothing more. */
export interface BlockContact {
  readonly type: "contact.block";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
}

export interface CategoryChanged {
  readonly type: "ticket.category_changed";
  readonly v: number;
  readonly before: Id | null;
  readonly category: Id | null;
}

/** Why a status changed. */
export type Cause = "person" | "reply" | "quiet";

/** Something began, or ended: for each person once, however many their sockets are and however often they say it. Who it is from is the server's word. */
export interface Changed {
  readonly type: "typing" | "viewing";
  readonly from: ActorRef;
  readonly active: boolean;
  readonly base_seq: number;
}

export type Channel = "portal" | "widget" | "mail" | "phone" | "api";

/** The connection ends: `resync` (join again from your cursors), `expired` and `ended` (log in again), `restart`; with `retry_after`, better not before so many seconds. */
export interface Closing {
  readonly reason: string;
  readonly retry_after?: number | null;
}

/** Every error code on the wire; its HTTP status is in `STATUS`. */
export type Code =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "stale"
  | "not_unique"
  | "command_id_reused"
  | "too_large"
  | "rate_limited"
  | "upgrade_required"
  | "retryable";

/** An absolute number; an older seq than the known is dropped. */
export interface CounterEntry {
  readonly name: string;
  readonly seq: number;
  readonly value: number;
}

export interface CreateArticle {
  readonly type: "article.create";
  readonly command_id: string;
  readonly title: string;
  readonly body: string;
  readonly summary?: string;
  readonly category?: Id | null;
  readonly language?: string;
  readonly reach?: Reach;
  readonly stage?: Stage;
}

export interface CreateCategory {
  readonly type: "category.create";
  readonly command_id: string;
  readonly name: string;
  readonly keywords?: readonly string[];
  readonly team_id?: Id | null;
  readonly approver_ids?: readonly Id[];
}

/** Note somebody who calls or writes; their addresses count as unproven. */
export interface CreateContact {
  readonly type: "contact.create";
  readonly command_id: string;
  readonly name: string;
  readonly emails?: readonly string[];
  readonly company_id?: Id | null;
  readonly notes?: string;
}

export interface CreateInbox {
  readonly type: "inbox.create";
  readonly command_id: string;
  readonly name: string;
  readonly team_id: Id;
  readonly address?: string | null;
  readonly colour?: string;
  readonly signature?: string;
  readonly auto_reply?: string;
  readonly sites?: readonly string[];
}

export interface CreateRole {
  readonly type: "role.create";
  readonly command_id: string;
  readonly name: string;
  readonly title: string;
  readonly staff: boolean;
  readonly permissions: Readonly<Record<string, Scope>>;
}

export interface CreateSkill {
  readonly type: "skill.create";
  readonly command_id: string;
  readonly name: string;
}

export interface CreateTeam {
  readonly type: "team.create";
  readonly command_id: string;
  readonly name: string;
  readonly member_ids?: readonly Id[];
}

/** Give somebody a log-in; their password is set beside it and never part of a command. Staff who are given no team join the default inbox's; a client gets a contact. */
export interface CreateUser {
  readonly type: "user.create";
  readonly command_id: string;
  readonly email: string;
  readonly name: string;
  readonly role?: string;
  readonly skills?: readonly SkillLevel[];
  readonly capacity?: number;
  readonly zone?: string;
  readonly shifts?: readonly Shift[];
  readonly team_ids?: readonly Id[];
  readonly must_change_password?: boolean;
}

/** A room to join; with `epoch` and `after`, from where it was seen last. */
export interface Cursor {
  readonly room: string;
  readonly epoch?: string | null;
  readonly after?: number | null;
}

export interface DeleteArticle {
  readonly type: "article.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly article_id: Id;
}

export interface DeleteCategory {
  readonly type: "category.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly category_id: Id;
}

/** Erase somebody; their tickets stay under an id that says nothing. */
export interface DeleteContact {
  readonly type: "contact.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
}

export interface DeleteInbox {
  readonly type: "inbox.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly inbox_id: Id;
}

export interface DeleteRole {
  readonly type: "role.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly role_id: Id;
}

export interface DeleteSkill {
  readonly type: "skill.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly skill_id: Id;
}

export interface DeleteTeam {
  readonly type: "team.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly team_id: Id;
}

/** Empty a ticket for good; its stream stays as a row of tombstones. */
export interface DeleteTicket {
  readonly type: "ticket.delete";
  readonly command_id: string;
  readonly ticket_id: Id;
}

/** Erase somebody: nothing of the person stays but the id that their acts stand under. */
export interface DeleteUser {
  readonly type: "user.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly user_id: Id;
}

/** What a person may ask of a plain document. */
export type DocumentCommand =
  | CreateUser
  | UpdateUser
  | DeleteUser
  | CreateRole
  | UpdateRole
  | DeleteRole
  | CreateTeam
  | UpdateTeam
  | AddMember
  | RemoveMember
  | DeleteTeam
  | CreateSkill
  | UpdateSkill
  | DeleteSkill
  | CreateInbox
  | UpdateInbox
  | RenewIdentitySecret
  | DeleteInbox
  | CreateCategory
  | UpdateCategory
  | DeleteCategory
  | CreateArticle
  | UpdateArticle
  | DeleteArticle
  | CreateContact
  | UpdateContact
  | DeleteContact
  | MergeContact
  | BlockContact
  | UnblockContact;

/** What somebody does in a room at the moment. */
export interface Doing {
  readonly type: "typing" | "viewing";
  readonly from: ActorRef;
}

/** A command was carried out. `seq` is the head of the sender's audience after it. */
export interface Done {
  readonly ok: true;
  readonly seq: number;
  readonly result: Readonly<Record<string, unknown>>;
}

export interface DueChanged {
  readonly type: "ticket.due_changed";
  readonly v: number;
  readonly before: Millis | null;
  readonly due_at: Millis | null;
}

export interface EditMessage {
  readonly type: "ticket.edit_message";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly message_id: Id;
  readonly body: string;
}

/** One commit as one audience sees it; also one entry of a feed room. `prev` is the seq of the last envelope this room had before it (0: none). Events are plain dicts so that a node can pass on an event that only a newer release knows. */
export interface Envelope {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
  readonly prev: number;
  readonly at: Millis;
  readonly actor: ActorRef;
  readonly command_id: string;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/** A ticket as one audience has seen it. */
export interface Face {
  readonly head: number;
  readonly at: Millis;
  readonly messages: number;
  readonly said: readonly Said[];
}

export interface FeedAgent {
  readonly agent_id: Id;
  readonly seq: number;
  readonly agent: Attendance | null;
  readonly type: "feed.agent";
  readonly v: number;
}

export interface FeedCounter {
  readonly name: string;
  readonly seq: number;
  readonly value: number;
  readonly type: "feed.counter";
  readonly v: number;
}

/** What a feed room shows anew. */
export type FeedEvent = FeedRow | FeedCounter | FeedAgent;

export interface FeedRow {
  readonly ticket_id: Id;
  readonly seq: number;
  readonly row: Row | null;
  readonly type: "feed.row";
  readonly v: number;
}

export interface FeedSnapshot {
  readonly rows: readonly RowEntry[];
  readonly counters: readonly CounterEntry[];
  readonly agents: readonly AgentEntry[];
}

export interface FieldsChanged {
  readonly type: "ticket.fields_changed";
  readonly v: number;
  readonly before: Readonly<Record<string, string | boolean | number | null>>;
  readonly fields: Readonly<Record<string, string | boolean | number | null>>;
}

/** Something of the moment in a room. */
export interface Heard {
  readonly type: "typing" | "viewing";
  readonly from: ActorRef;
  readonly active: boolean;
  readonly base_seq: number;
  readonly room: string;
}

/** What is of the moment: carried, never stored. */
export type HeardSignal = Heard | HeardTogether | MarkerMoved;

/** What changed within a moment in a room of many members. */
export interface HeardTogether {
  readonly room: string;
  readonly type: "several";
  readonly signals: readonly Changed[];
}

/** Capacity held for a ticket. `as_of` is the ticket's seq that the weight was read at: an older one never overwrites. */
export interface Held {
  readonly ticket_id: Id;
  readonly weight: number;
  readonly confirmed: boolean;
  readonly as_of: number;
}

/** Socket.IO's `auth`. What a later client adds is ignored. */
export interface Hello {
  readonly token?: string;
  readonly protocol: number;
}

export interface Join {
  readonly rooms: readonly Cursor[];
}

export interface JoinAnswer {
  readonly ok: true;
  readonly rooms: readonly (RoomJoined | RoomRefused)[];
}

export interface Leave {
  readonly rooms: readonly string[];
}

/** The server took somebody out of a room; the reason `resync` asks to join again. */
export interface Left {
  readonly room: string;
  readonly reason: string;
}

/** How far the sender got in a ticket, as seqs of the room they are in. */
export interface Mark {
  readonly ticket_id: string;
  readonly delivered?: number;
  readonly read?: number;
}

/** How far the sender's marker is now. */
export interface Marked {
  readonly ok: true;
  readonly delivered: number;
  readonly read: number;
}

/** How far somebody got in a ticket, in seqs; both only move up. */
export interface Marker {
  readonly person: string;
  readonly kind: ActorKind;
  readonly delivered: number;
  readonly read: number;
}

export interface MarkerMoved {
  readonly person: string;
  readonly kind: ActorKind;
  readonly delivered: number;
  readonly read: number;
  readonly room: string;
  readonly type: "marker";
}

/** Make two contacts one: `into_id` survives and has the tickets of both. */
export interface MergeContact {
  readonly type: "contact.merge";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
  readonly into_id: Id;
}

/** One message of a ticket. A redacted one keeps its place and author, and no text. */
export interface Message {
  readonly id: Id;
  readonly ticket_id: Id;
  readonly seq: number;
  readonly at: Millis;
  readonly author: ActorRef;
  readonly visibility: Visibility;
  readonly body: string;
  readonly mentions: readonly Id[];
  readonly attachments: readonly Attachment[];
  readonly edited_at: Millis | null;
  readonly redacted_at: Millis | null;
  readonly edits: readonly number[];
}

export interface MessageEdited {
  readonly type: "message.edited";
  readonly v: number;
  readonly message_id: Id;
  readonly visibility: Visibility;
  readonly body: string;
}

export interface MessagePosted {
  readonly type: "message.posted";
  readonly v: number;
  readonly message_id: Id;
  readonly visibility: Visibility;
  readonly body: string;
  readonly author: ActorRef;
  readonly mentions: readonly Id[];
  readonly attachments: readonly Attachment[];
}

/** The text is gone already when this is seen. */
export interface MessageRedacted {
  readonly type: "message.redacted";
  readonly v: number;
  readonly message_id: Id;
  readonly visibility: Visibility;
}

/** Open a ticket. Its id is derived from who opens it and the command id. */
export interface OpenTicket {
  readonly type: "ticket.open";
  readonly command_id: string;
  readonly title: string;
  readonly body: string;
  readonly priority?: Priority | null;
  readonly category?: Id | null;
  readonly inbox_id?: Id | null;
  readonly requester_id?: Id | null;
  readonly channel?: Channel;
  readonly due_at?: Millis | null;
  readonly tags?: readonly string[];
  readonly fields?: Readonly<Record<string, string | boolean | number | null>>;
  readonly required_skills?: readonly Id[];
  readonly attachments?: readonly Id[];
}

/** What can be allowed. The part before the dot is what it is about. */
export type Permission =
  | "ticket.read"
  | "ticket.open"
  | "ticket.open_for_others"
  | "ticket.reply"
  | "ticket.note"
  | "ticket.assign"
  | "ticket.set_status"
  | "ticket.update"
  | "ticket.delete"
  | "message.redact"
  | "agent.read"
  | "contact.read"
  | "contact.manage"
  | "wallboard.view"
  | "catalog.read"
  | "article.manage"
  | "people.read"
  | "people.manage"
  | "settings.manage";

/** Somebody's name. Events name people by id only. */
export interface Person {
  readonly name: string;
  readonly kind: ActorKind;
  readonly colour?: string | null;
}

export type Priority = "low" | "medium" | "high" | "urgent";

export interface PriorityChanged {
  readonly type: "ticket.priority_changed";
  readonly v: number;
  readonly before: Priority;
  readonly priority: Priority;
}

/** Who may read an article once it is published. */
export type Reach = "public" | "staff";

/** Take a message's text away for good, everywhere. */
export interface RedactMessage {
  readonly type: "ticket.redact_message";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly message_id: Id;
}

export interface Refused {
  readonly ok: false;
  readonly error: WireError;
}

export interface RemoveMember {
  readonly type: "team.remove_member";
  readonly command_id: string;
  readonly version?: number | null;
  readonly team_id: Id;
  readonly user_id: Id;
}

/** A fresh token for a connection that lives on. */
export interface Renew {
  readonly token: string;
}

/** What was signed with the inbox's earlier secret proves nothing any more. */
export interface RenewIdentitySecret {
  readonly type: "inbox.renew_identity_secret";
  readonly command_id: string;
  readonly version?: number | null;
  readonly inbox_id: Id;
}

export interface Renewed {
  readonly ok: true;
  readonly expires_at: Millis;
}

/** What `ticket.reply` answers with; with a `ticket_id` where it went on in a follow-up. */
export interface RepliedResult {
  readonly message_id: Id;
  readonly ticket_id?: Id | null;
}

/** Say something. With `seen_seq`, `stale` refuses it where something newer was said. */
export interface Reply {
  readonly type: "ticket.reply";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly body: string;
  readonly visibility?: Visibility;
  readonly seen_seq?: number | null;
  readonly mentions?: readonly Id[];
  readonly attachments?: readonly Id[];
}

/** A snapshot as of `seq` and the envelopes after it, or those after the cursor up to `seq`; with `more`, join again from where they end. `markers` come with the envelopes of a ticket; a snapshot has them itself. `signals` are all that is done at the moment in a ticket's or an agent's room: what was known before is over. */
export interface RoomJoined {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
  readonly snapshot: TicketSnapshot | AgentSnapshot | FeedSnapshot | null;
  readonly envelopes: readonly Envelope[];
  readonly more: boolean;
  readonly markers?: readonly Marker[] | null;
  readonly signals?: readonly Doing[] | null;
}

export interface RoomRefused {
  readonly room: string;
  readonly error: WireError;
}

/** A ticket as a list shows it. `at` is its last change; only staff's rows have tags. */
export interface Row {
  readonly id: Id;
  readonly number: number;
  readonly title: string;
  readonly status: Status;
  readonly priority: Priority;
  readonly category: Id | null;
  readonly requester_id: Id;
  readonly company_id: Id | null;
  readonly channel: Channel;
  readonly inbox_id: Id;
  readonly team_id: Id;
  readonly owner_id: Id | null;
  readonly due_at: Millis | null;
  readonly opened_at: Millis;
  readonly at: Millis;
  readonly messages: number;
  readonly said: Said | null;
  readonly tags?: readonly string[] | null;
}

/** `row` is null where the ticket left the list; an older seq than the known is dropped. */
export interface RowEntry {
  readonly ticket_id: Id;
  readonly seq: number;
  readonly row: Row | null;
}

/** Who wrote a message, and at which seq. */
export interface Said {
  readonly seq: number;
  readonly author: ActorRef;
}

/** How far a permission reaches; each includes those before it. */
export type Scope = "own" | "company" | "team" | "all";

export interface SetPriority {
  readonly type: "ticket.set_priority";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly priority: Priority;
}

/** Move through the lifecycle; the client reads the reason. */
export interface SetStatus {
  readonly type: "ticket.set_status";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly status: Status;
  readonly reason?: string | null;
}

/** Hours on some days of every week; an `end` that is not after `start` is on the next day. */
export interface Shift {
  readonly days: readonly Weekday[];
  readonly start: string;
  readonly end: string;
}

/** Something of the moment. From staff, `private` keeps it among staff. */
export interface Signal {
  readonly room: string;
  readonly type: "typing" | "viewing";
  readonly active?: boolean;
  readonly visibility?: "public" | "private";
  readonly base_seq?: number | null;
}

/** How well somebody knows something, from 1 to 5. */
export interface SkillLevel {
  readonly skill_id: Id;
  readonly level?: number;
}

export interface SkillsChanged {
  readonly type: "ticket.skills_changed";
  readonly v: number;
  readonly before: readonly Id[];
  readonly required_skills: readonly Id[];
}

/** What the client never sees of the header. */
export interface StaffPart {
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string | boolean | number | null>>;
  readonly required_skills: readonly Id[];
  readonly reservation: string | null;
}

/** A draft is for staff alone, whatever its reach. */
export type Stage = "draft" | "published";

export type Status = "open" | "in_progress" | "pending" | "resolved" | "closed";

export interface StatusChanged {
  readonly type: "ticket.status_changed";
  readonly v: number;
  readonly before: Status;
  readonly status: Status;
  readonly cause: Cause;
  readonly reason: string | null;
}

export interface TagsChanged {
  readonly type: "ticket.tags_changed";
  readonly v: number;
  readonly before: readonly string[];
  readonly tags: readonly string[];
}

/** The header. `seq` is the stream's last commit; 0 means that nothing was opened yet. */
export interface Ticket {
  readonly id: Id;
  readonly seq: number;
  readonly number: number;
  readonly title: string;
  readonly status: Status;
  readonly priority: Priority;
  readonly category: Id | null;
  readonly requester_id: Id | null;
  readonly company_id: Id | null;
  readonly channel: Channel;
  readonly inbox_id: Id | null;
  readonly team_id: Id | null;
  readonly owner_id: Id | null;
  readonly due_at: Millis | null;
  readonly opened_at: Millis;
  readonly status_seq: number;
  readonly status_at: Millis;
  readonly resolved_at: Millis | null;
  readonly description_id: Id | null;
  readonly follow_up_of: Id | null;
  readonly follow_ups: readonly Id[];
  readonly deleted: boolean;
  readonly public: Face;
  readonly staff: Face | null;
  readonly private: StaffPart | null;
}

export interface TicketAssigned {
  readonly type: "ticket.assigned";
  readonly v: number;
  readonly agent_id: Id | null;
  readonly team_id: Id;
  readonly before_agent_id: Id | null;
  readonly before_team_id: Id;
}

/** What a person may ask of a ticket. */
export type TicketCommand =
  | OpenTicket
  | Reply
  | EditMessage
  | RedactMessage
  | AssignTicket
  | SetStatus
  | SetPriority
  | UpdateTicket
  | DeleteTicket;

/** The ticket is gone; every text in its log is a tombstone already when this is seen. */
export interface TicketDeleted {
  readonly type: "ticket.deleted";
  readonly v: number;
}

/** What can happen to a ticket. */
export type TicketEvent =
  | TicketOpened
  | MessagePosted
  | MessageEdited
  | MessageRedacted
  | TicketAssigned
  | StatusChanged
  | PriorityChanged
  | TicketRenamed
  | CategoryChanged
  | DueChanged
  | TagsChanged
  | FieldsChanged
  | SkillsChanged
  | TicketFollowedUp
  | TicketDeleted;

export interface TicketFollowedUp {
  readonly type: "ticket.followed_up";
  readonly v: number;
  readonly follow_up_id: Id;
}

/** Always followed, in the same commit, by the message that describes it. */
export interface TicketOpened {
  readonly type: "ticket.opened";
  readonly v: number;
  readonly number: number;
  readonly title: string;
  readonly priority: Priority;
  readonly category: Id | null;
  readonly requester_id: Id;
  readonly company_id: Id | null;
  readonly channel: Channel;
  readonly inbox_id: Id;
  readonly team_id: Id;
  readonly due_at: Millis | null;
  readonly follow_up_of: Id | null;
}

/** What `ticket.open` answers with. */
export interface TicketOpenedResult {
  readonly ticket_id: Id;
  readonly number: number;
}

export interface TicketRenamed {
  readonly type: "ticket.renamed";
  readonly v: number;
  readonly before: string;
  readonly title: string;
}

/** A ticket's room entered anew: its last 50 messages, oldest first. */
export interface TicketSnapshot {
  readonly ticket: Ticket;
  readonly messages: readonly Message[];
  readonly has_earlier: boolean;
  readonly markers: readonly Marker[];
  readonly people: Readonly<Record<string, Person>>;
}

/** A question for the server's clock. */
export type Time = Record<string, never>;

/** The server's clock, and which node tells it. */
export interface TimeTold {
  readonly ok: true;
  readonly now: Millis;
  readonly node: string;
}

export interface UnblockContact {
  readonly type: "contact.unblock";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
}

/** Change an article, publish it, or take it back to a draft. */
export interface UpdateArticle {
  readonly type: "article.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly article_id: Id;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly summary?: string | null;
  readonly category?: Id | null;
  readonly language?: string | null;
  readonly reach?: Reach | null;
  readonly stage?: Stage | null;
}

export interface UpdateCategory {
  readonly type: "category.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly category_id: Id;
  readonly name?: string | null;
  readonly keywords?: readonly string[] | null;
  readonly team_id?: Id | null;
  readonly approver_ids?: readonly Id[] | null;
}

/** A verified address that is named again stays verified. */
export interface UpdateContact {
  readonly type: "contact.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
  readonly name?: string | null;
  readonly emails?: readonly string[] | null;
  readonly company_id?: Id | null;
  readonly notes?: string | null;
}

export interface UpdateInbox {
  readonly type: "inbox.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly inbox_id: Id;
  readonly name?: string | null;
  readonly team_id?: Id | null;
  readonly address?: string | null;
  readonly colour?: string | null;
  readonly signature?: string | null;
  readonly auto_reply?: string | null;
  readonly sites?: readonly string[] | null;
}

/** Users refer to a role by its name, so that stays. */
export interface UpdateRole {
  readonly type: "role.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly role_id: Id;
  readonly title?: string | null;
  readonly permissions?: Readonly<Record<string, Scope>> | null;
}

export interface UpdateSkill {
  readonly type: "skill.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly skill_id: Id;
  readonly name?: string | null;
}

export interface UpdateTeam {
  readonly type: "team.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly team_id: Id;
  readonly name?: string | null;
  readonly member_ids?: readonly Id[] | null;
}

/** Change some of the header; what is not named stays, null empties what may be empty. */
export interface UpdateTicket {
  readonly type: "ticket.update";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly title?: string | null;
  readonly status?: Status | null;
  readonly priority?: Priority | null;
  readonly category?: Id | null;
  readonly due_at?: Millis | null;
  readonly tags?: readonly string[] | null;
  readonly fields?: Readonly<Record<string, string | boolean | number | null>> | null;
  readonly required_skills?: readonly Id[] | null;
}

/** `team_ids` are all teams the user shall be in afterwards. */
export interface UpdateUser {
  readonly type: "user.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly user_id: Id;
  readonly email?: string | null;
  readonly name?: string | null;
  readonly role?: string | null;
  readonly skills?: readonly SkillLevel[] | null;
  readonly capacity?: number | null;
  readonly zone?: string | null;
  readonly shifts?: readonly Shift[] | null;
  readonly active?: boolean | null;
  readonly team_ids?: readonly Id[] | null;
  readonly must_change_password?: boolean | null;
}

export type Visibility = "public" | "private";

/** The days of a week, in its order. */
export type Weekday =
  | "mon"
  | "tue"
  | "wed"
  | "thu"
  | "fri"
  | "sat"
  | "sun";

/** The one shape of every refusal. `fields` has a message per wrong field, or its detail. */
export interface WireError {
  readonly code: Code;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

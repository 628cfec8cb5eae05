// Written by `make contracts` from domain/catalog.py and domain/wire.py: change those instead.

/** A UUID in its canonical lower-case form. */
export type Id = string;

/** A moment in UTC milliseconds since 1970. */
export type Millis = number;

/** Take what one is offered. */
export interface AcceptOffer {
  readonly type: "ticket.accept_offer";
  readonly command_id: string;
  readonly ticket_id: Id;
}

/** What `leave` and `signal` are answered with. */
export interface Accepted {
  readonly ok: true;
}

/** What the connection may, or whose it is, changed: ask `GET /api/auth/me` again. Rooms that it may not be in any more are left with `left`; none is entered by itself. */
export interface AccessChanged {
  readonly version: string;
}

/** What a rung of the ladder does. */
export type Act = "notify" | "raise_priority" | "reassign" | "supervisor";

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
  readonly given_at: Millis;
  readonly lately: Lately;
  readonly status: AgentStatus;
  readonly note: string;
  readonly status_at: Millis;
  readonly on_break: Break | null;
  readonly warned_until: Millis;
  readonly missed: number;
}

/** What a person may ask of an agent's stream. */
export type AgentCommand = SetAgentStatus | StartBreak | EndBreak;

export interface AgentConfirmed {
  readonly type: "agent.confirmed";
  readonly v: number;
  readonly worked: Millis;
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

/** What can happen to an agent's load, status and breaks. */
export type AgentEvent =
  | AgentReserved
  | AgentConfirmed
  | AgentReweighed
  | AgentReleased
  | AgentStatusSet
  | BreakStarted
  | BreakEnded
  | ShiftEnding;

export interface AgentReleased {
  readonly type: "agent.released";
  readonly v: number;
  readonly worked: Millis;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly outcome: Ended | null;
}

export interface AgentReserved {
  readonly type: "agent.reserved";
  readonly v: number;
  readonly worked: Millis;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly weight: number;
  readonly as_of: number;
  readonly confirmed: boolean;
}

export interface AgentReweighed {
  readonly type: "agent.reweighed";
  readonly v: number;
  readonly worked: Millis;
  readonly ticket_id: Id;
  readonly reservation: string;
  readonly weight: number;
  readonly as_of: number;
}

export interface AgentSnapshot {
  readonly agent: Agent;
}

/** What somebody says of themselves; only who is available is given work. */
export type AgentStatus = "available" | "busy" | "away";

/** Who said it is the commit's actor: a supervisor's override is seen by that. */
export interface AgentStatusSet {
  readonly type: "agent.status_set";
  readonly v: number;
  readonly worked: Millis;
  readonly before: AgentStatus;
  readonly status: AgentStatus;
  readonly note: string;
}

/** A round of asking. `seq` is the generation of its links and of its timer. */
export interface Approval {
  readonly seq: number;
  readonly levels: readonly Level[];
  readonly level: number;
  readonly decisions: readonly Decision[];
  readonly asked_at: Millis;
  readonly reminded: number;
  readonly deputies: Readonly<Record<string, Id>>;
  readonly wake_at: Millis | null;
}

/** A round begins with its first level. */
export interface ApprovalAsked {
  readonly type: "ticket.approval_asked";
  readonly v: number;
  readonly levels: readonly Level[];
  readonly wake_at: Millis | null;
}

/** What the requester sees of it; null where it is not needed any more. */
export interface ApprovalChanged {
  readonly type: "ticket.approval_changed";
  readonly v: number;
  readonly approval: ApprovalStatus | null;
  readonly reason: string | null;
}

/** `level` is the place of the level it was said in, `next_level` of the one that is asked after it. */
export interface ApprovalDecided {
  readonly type: "ticket.approval_decided";
  readonly v: number;
  readonly approver_id: Id;
  readonly for_id: Id;
  readonly level: number;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly next_level: number;
  readonly wake_at: Millis | null;
}

/** A deputy is asked in the place of who is away. */
export interface ApprovalDelegated {
  readonly type: "ticket.approval_delegated";
  readonly v: number;
  readonly from_id: Id;
  readonly to_id: Id;
}

/** Those who did not answer are told once more. */
export interface ApprovalReminded {
  readonly type: "ticket.approval_reminded";
  readonly v: number;
  readonly approver_ids: readonly Id[];
  readonly wake_at: Millis | null;
}

/** What everybody may know of it. */
export type ApprovalStatus = "waiting" | "approved" | "refused";

/** Agree to it, as somebody who was asked. */
export interface Approve {
  readonly type: "ticket.approve";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly reason?: string | null;
}

/** The client's: leave it to people from now on. */
export interface AskPerson {
  readonly type: "ticket.ask_person";
  readonly command_id: string;
  readonly ticket_id: Id;
}

/** Give a ticket an owner, or with `agent_id: null` none; `team_id` moves it to a team. With `if_free` only where nobody has it yet: of two who take it at once, one does. */
export interface AssignTicket {
  readonly type: "ticket.assign";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly agent_id: Id | null;
  readonly team_id?: Id | null;
  readonly if_free?: boolean;
}

/** The public part. `seq` and `at` are those of the client's message that waits, of the answer or of the hand-over: the generation of the timer that guards it, and from when it counts. */
export interface Assistant {
  readonly state: AssistantState;
  readonly seq: number;
  readonly at: Millis;
  readonly answers: number;
  readonly unhelpful: number;
  readonly reason: HandOver | null;
}

/** What was found and not shown, for the people who go on. */
export interface AssistantBriefed {
  readonly type: "assistant.briefed";
  readonly v: number;
  readonly found: readonly Source[];
}

export interface AssistantDelta {
  readonly type: "assistant.delta";
  readonly about_seq: number;
  readonly generation: number;
  readonly index: number;
  readonly text: string;
  readonly done: boolean;
  readonly level: AssistantLevel | null;
  readonly room: string;
}

/** The assistant speaks first in this ticket; it stands behind the message that opened it. */
export interface AssistantEngaged {
  readonly type: "assistant.engaged";
  readonly v: number;
}

/** People go on; the assistant says nothing more in this ticket. */
export interface AssistantHandedOver {
  readonly type: "assistant.handed_over";
  readonly v: number;
  readonly reason: HandOver;
}

/** What an answer is made by, and what the assistant is able to do at present. `passages` quotes the articles that fit best; `model` words an answer from them. Only ever of a single message are `general`, a model without sources, which its reader is told, and `question`, which only asks what was meant: no answer, so nobody is asked whether it helped. */
export type AssistantLevel = "off" | "passages" | "model" | "general" | "question";

/** What the client says of an answer. */
export interface AssistantRated {
  readonly type: "assistant.rated";
  readonly v: number;
  readonly message_id: Id;
  readonly visibility: Visibility;
  readonly helpful: boolean;
}

/** `waiting` for its answer, `answered` until the client says more, `handed_over` for good. */
export type AssistantState = "waiting" | "answered" | "handed_over";

/** A piece of what the assistant is writing, from `index` on, in UTF-16 units: what stood there makes room for it. It answers the message at `about_seq`; of two the later one holds, by that and then by `generation`. With `done` it came to nothing, and goes. `level` is what it is made by, as its message will say; a worker of an older release does not tell. It is to be shown while the ticket's `assistant` is `waiting` at that seq, and only then: so it ends with the message that it becomes, and with whatever else comes first. */
export interface AssistantText {
  readonly type: "assistant.delta";
  readonly about_seq: number;
  readonly generation: number;
  readonly index: number;
  readonly text: string;
  readonly done: boolean;
  readonly level: AssistantLevel | null;
}

/** A file as its message names it; the bytes stand elsewhere. `size` in bytes. */
export interface Attachment {
  readonly id: Id;
  readonly name: string;
  readonly media_type: string;
  readonly size: number;
}

/** How somebody of the staff is there: `busy` is connected and full, or says so; `reachable` is not connected, but could be offered work on a phone that push reaches. `load` and `capacity` are in priority weights; `since` is when the state began. `on_shift` holds until `shift_until`, null: for ever, as for who has no set hours. `reason` says why they are given work by itself or not, `until` when the clock changes that; `note` is their own. `plan` is another where their shifts, breaks or leave are: then `/api/shifts` has news. */
export interface Attendance {
  readonly state: "online" | "busy" | "away" | "break" | "reachable" | "offline";
  readonly load: number;
  readonly capacity: number;
  readonly since: Millis;
  readonly on_shift?: boolean;
  readonly shift_until?: Millis | null;
  readonly reason?: Reason;
  readonly until?: Millis | null;
  readonly note?: string;
  readonly plan?: number;
}

/** Answer the client in the place of who looks after the ticket. */
export interface Barge {
  readonly type: "ticket.barge";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly body: string;
}

/** Let somebody open and write nothing more. */
export interface BlockContact {
  readonly type: "contact.block";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
}

/** A break that was taken. `seq` is the generation of the timer that ends it. */
export interface Break {
  readonly since: Millis;
  readonly until: Millis;
  readonly seq: number;
}

/** Why a break ended. */
export type BreakEnd = "person" | "time";

export interface BreakEnded {
  readonly type: "agent.break_ended";
  readonly v: number;
  readonly worked: Millis;
  readonly cause: BreakEnd;
}

export interface BreakStarted {
  readonly type: "agent.break_started";
  readonly v: number;
  readonly worked: Millis;
  readonly until: Millis;
}

/** What an agent wants to know who goes on: by ids, so that redacted words are in none. `asked` are the client's messages to the assistant, the oldest first. `found` is what was not sure enough to be shown. */
export interface Briefing {
  readonly asked: readonly Id[];
  readonly shown: readonly Shown[];
  readonly found: readonly Source[];
}

/** Somebody who was looked at. `reason` says why they were not chosen; null for who was. `score` is what the choice was made by: the lowest is first; null where it did not come to it. */
export interface Candidate {
  readonly agent_id: Id;
  readonly reason: string | null;
  readonly score: number | null;
  readonly load: number;
  readonly capacity: number;
  readonly carried: number;
  readonly idle_since: Millis;
  readonly language: boolean;
  readonly reachable: boolean;
  readonly knows: boolean;
  readonly lack: Lack | null;
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

/** How somebody is told of one kind. `push` is null where they never chose it. */
export interface Channels {
  readonly in_app: boolean;
  readonly mail: boolean;
  readonly push?: boolean | null;
}

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
  readonly ticket_id?: Id | null;
  readonly source?: string | null;
}

export interface CreateCalendar {
  readonly type: "calendar.create";
  readonly command_id: string;
  readonly name: string;
  readonly zone?: string;
  readonly hours: readonly OpenHours[];
  readonly holidays?: readonly Holiday[];
  readonly country?: string | null;
  readonly subdivision?: string | null;
  readonly worked?: readonly string[];
}

export interface CreateCategory {
  readonly type: "category.create";
  readonly command_id: string;
  readonly name: string;
  readonly keywords?: readonly string[];
  readonly team_id?: Id | null;
  readonly member_ids?: readonly Id[];
  readonly skills?: readonly SkillLevel[];
  readonly approval?: readonly LevelInput[];
}

/** Note somebody who calls or writes; their addresses count as unproven. */
export interface CreateContact {
  readonly type: "contact.create";
  readonly command_id: string;
  readonly name: string;
  readonly emails?: readonly string[];
  readonly company_id?: Id | null;
  readonly notes?: string;
  readonly tags?: readonly string[];
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
  readonly assistant?: boolean;
  readonly fallback?: Fallback;
  readonly triage?: TriageMode;
}

/** Note that somebody is away from one moment to another. */
export interface CreateLeave {
  readonly type: "leave.create";
  readonly command_id: string;
  readonly user_id: Id;
  readonly start: Millis;
  readonly end: Millis;
  readonly note?: string;
}

export interface CreatePolicy {
  readonly type: "policy.create";
  readonly command_id: string;
  readonly name: string;
  readonly calendar_id: Id;
  readonly position?: number;
  readonly active?: boolean;
  readonly priorities?: readonly Priority[];
  readonly category_ids?: readonly Id[];
  readonly team_ids?: readonly Id[];
  readonly contact_tags?: readonly string[];
  readonly targets: Readonly<Record<string, Targets>>;
  readonly warn_at?: readonly number[];
  readonly ladder?: readonly Rung[];
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
  readonly routing?: Routing;
  readonly offer_seconds?: number;
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
  readonly languages?: readonly string[];
  readonly exceptions?: readonly ShiftException[];
  readonly breaks?: readonly Shift[];
  readonly team_ids?: readonly Id[];
  readonly must_change_password?: boolean;
}

/** A room to join; with `epoch` and `after`, from where it was seen last. */
export interface Cursor {
  readonly room: string;
  readonly epoch?: string | null;
  readonly after?: number | null;
}

/** What somebody said, `for_id` instead of whom where they are a deputy. */
export interface Decision {
  readonly approver_id: Id;
  readonly for_id: Id;
  readonly level: number;
  readonly approved: boolean;
  readonly reason: string | null;
  readonly at: Millis;
}

/** Leave what one is offered to somebody else. */
export interface DeclineOffer {
  readonly type: "ticket.decline_offer";
  readonly command_id: string;
  readonly ticket_id: Id;
}

export interface DeleteArticle {
  readonly type: "article.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly article_id: Id;
}

export interface DeleteCalendar {
  readonly type: "calendar.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly calendar_id: Id;
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

export interface DeleteLeave {
  readonly type: "leave.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly leave_id: Id;
}

export interface DeletePolicy {
  readonly type: "policy.delete";
  readonly command_id: string;
  readonly version?: number | null;
  readonly policy_id: Id;
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

/** When mails come: each when it is due, or those of an hour or a day in one letter. */
export type Digest = "at_once" | "hourly" | "daily";

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
  | CreateCalendar
  | UpdateCalendar
  | DeleteCalendar
  | CreatePolicy
  | UpdatePolicy
  | DeletePolicy
  | CreateContact
  | UpdateContact
  | DeleteContact
  | MergeContact
  | BlockContact
  | UnblockContact
  | CreateLeave
  | FollowCalendar
  | UpdateLeave
  | DeleteLeave
  | SetPreferences;

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

/** Another open ticket that seems to be about the same. */
export interface Duplicate {
  readonly ticket_id: Id;
  readonly number: number;
  readonly likeness: number;
}

export interface EditMessage {
  readonly type: "ticket.edit_message";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly message_id: Id;
  readonly body: string;
}

export interface EndBreak {
  readonly type: "agent.end_break";
  readonly command_id: string;
  readonly agent_id: Id;
}

/** What became of an offer. */
export type Ended = "accepted" | "declined" | "expired" | "withdrawn";

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

/** The sentence that says most, by its place in the description: [start, end) in UTF-16 units, so that it goes with the words, and nothing of them is kept twice. */
export interface Excerpt {
  readonly start: number;
  readonly end: number;
}

/** A ticket as one audience has seen it. */
export interface Face {
  readonly head: number;
  readonly at: Millis;
  readonly messages: number;
  readonly said: readonly Said[];
}

/** Where a question goes that no article answers. */
export type Fallback = "person" | "general";

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
export type FeedEvent = FeedRow | FeedCounter | FeedAgent | FeedNotice;

export interface FeedNotice {
  readonly id: string;
  readonly seq: number;
  readonly notice: NoticeShown | null;
  readonly type: "feed.notice";
  readonly v: number;
}

export interface FeedRow {
  readonly ticket_id: Id;
  readonly seq: number;
  readonly row: Row | null;
  readonly type: "feed.row";
  readonly v: number;
}

/** `notices` are one's own newest; how many are unread says the counter `notices.unread`. */
export interface FeedSnapshot {
  readonly rows: readonly RowEntry[];
  readonly counters: readonly CounterEntry[];
  readonly agents: readonly AgentEntry[];
  readonly notices: readonly NoticeEntry[];
}

export interface FieldsChanged {
  readonly type: "ticket.fields_changed";
  readonly v: number;
  readonly before: Readonly<Record<string, string | boolean | number | null>>;
  readonly fields: Readonly<Record<string, string | boolean | number | null>>;
}

/** What is wrong with a field that a refusal names; clients say it in their reader's words. */
export type Flaw =
  | "circle"
  | "ends_first"
  | "missing"
  | "never_open"
  | "no_hours"
  | "no_target"
  | "no_time"
  | "not_for_this"
  | "not_staff"
  | "one_of_two"
  | "overlap"
  | "over_a_year"
  | "strange_date"
  | "taken"
  | "too_long"
  | "twice"
  | "unknown";

/** Take somebody's leave from a calendar, as long as it is followed. */
export interface FollowCalendar {
  readonly type: "leave.follow";
  readonly command_id: string;
  readonly user_id: Id;
  readonly url: string;
  readonly note?: string;
}

/** The best first; the scores of two questions do not compare. */
export interface Found {
  readonly ok: true;
  readonly items: readonly FoundArticle[];
}

export interface FoundArticle {
  readonly id: Id;
  readonly title: string;
  readonly summary: string;
  readonly category: Id | null;
  readonly language: string;
  readonly reach: Reach;
  readonly stage: Stage;
  readonly score: number;
  readonly highlights: readonly Highlighted[];
}

/** One guess. `values` are a category's id, a priority, or the ids of skills. */
export interface Guess {
  readonly field: Guessed;
  readonly values: readonly string[];
  readonly confidence: number;
  readonly state: GuessState;
}

/** What somebody says of a guess; before it, in the same commit, what they changed by that. */
export interface GuessJudged {
  readonly type: "ticket.guess_judged";
  readonly v: number;
  readonly field: Guessed;
  readonly verdict: Verdict;
}

/** `overruled` where people set the field to something else, before or after it counted. */
export type GuessState = "suggested" | "applied" | "taken" | "dismissed" | "overruled";

/** The fields of a ticket that are guessed. */
export type Guessed = "category" | "priority" | "skills";

/** Why people go on with a ticket. */
export type HandOver =
  | "asked"
  | "nothing_found"
  | "unsure"
  | "loop"
  | "failed"
  | "not_helpful"
  | "taken";

/** Something of the moment in a room. */
export interface Heard {
  readonly type: "typing" | "viewing";
  readonly from: ActorRef;
  readonly active: boolean;
  readonly base_seq: number;
  readonly room: string;
}

/** What is of the moment: carried, never stored. */
export type HeardSignal = Heard | HeardTogether | MarkerMoved | AssistantDelta;

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

/** A piece of a field; `ranges` are [start, end) in characters, where the words stand. */
export interface Highlighted {
  readonly field: string;
  readonly text: string;
  readonly ranges: readonly (readonly [number, number])[];
}

/** A day on which a desk stays closed. */
export interface Holiday {
  readonly date: string;
  readonly name: string;
}

/** From one time of day to another; an `end` that is not after `start` is on the next day. */
export interface Hours {
  readonly start: string;
  readonly end: string;
}

/** How a supervisor took part. */
export type Intervention = "observe" | "barge" | "take_over";

export interface Join {
  readonly rooms: readonly Cursor[];
}

export interface JoinAnswer {
  readonly ok: true;
  readonly rooms: readonly (RoomJoined | RoomRefused)[];
}

/** Take a guess, or dismiss it; one that counts already is taken back by that. */
export interface JudgeGuess {
  readonly type: "ticket.judge_guess";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly field: Guessed;
  readonly verdict: Verdict;
}

/** What somebody does not know well enough: their level of it, 0 for none, and the least. */
export interface Lack {
  readonly skill_id: Id;
  readonly level: number;
  readonly least: number;
}

/** What we write in. */
export type Language = "en" | "es";

/** What somebody carried on an average of so much time at work, eight hours of it at most. */
export interface Lately {
  readonly load: number;
  readonly worked: Millis;
}

export interface Leave {
  readonly rooms: readonly string[];
}

/** The server took somebody out of a room; the reason `resync` asks to join again. */
export interface Left {
  readonly room: string;
  readonly reason: string;
}

/** Those who are asked together. */
export interface Level {
  readonly approver_ids: readonly Id[];
  readonly rule: Rule;
}

/** Those who are asked together. */
export interface LevelInput {
  readonly approver_ids: readonly Id[];
  readonly rule?: Rule;
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
  readonly whisper: boolean;
  readonly sources: readonly Source[];
  readonly level: AssistantLevel | null;
  readonly helpful: boolean | null;
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
  readonly whisper: boolean;
  readonly sources: readonly Source[];
  readonly level: AssistantLevel | null;
}

/** The text is gone already when this is seen. */
export interface MessageRedacted {
  readonly type: "message.redacted";
  readonly v: number;
  readonly message_id: Id;
  readonly visibility: Visibility;
}

/** What a clock measures. */
export type Metric = "first_response" | "next_response" | "resolution";

/** How the requester sounds. */
export type Mood = "glad" | "calm" | "upset";

/** `notice` is null where it was taken back; an older seq than the known is dropped. */
export interface NoticeEntry {
  readonly id: string;
  readonly seq: number;
  readonly notice: NoticeShown | null;
}

/** What somebody is told of. */
export type NoticeKind =
  | "assigned"
  | "offered"
  | "status"
  | "mentioned"
  | "answered"
  | "whispered"
  | "taken_over"
  | "sla_warned"
  | "sla_breached"
  | "sla_escalated"
  | "approval_asked"
  | "approval_decided"
  | "account_created";

/** What somebody is told, by ids; `detail` says which status, target or decision it is. */
export interface NoticeShown {
  readonly kind: NoticeKind;
  readonly at: Millis;
  readonly actor: ActorRef;
  readonly ticket_id: Id | null;
  readonly number: number | null;
  readonly message_id: Id | null;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly read_at: Millis | null;
}

/** Say that one looks on: the log of the ticket has it, and staff see it. */
export interface Observe {
  readonly type: "ticket.observe";
  readonly command_id: string;
  readonly ticket_id: Id;
}

/** Held for one agent until they answer. `seq` is the generation of its timer. */
export interface Offer {
  readonly agent_id: Id;
  readonly until: Millis;
  readonly reservation: string;
  readonly seq: number;
}

/** Where the ticket was accepted, it stands after the assignment, which so keeps what the offer held; in all other cases before. */
export interface OfferEnded {
  readonly type: "ticket.offer_ended";
  readonly v: number;
  readonly agent_id: Id;
  readonly outcome: Ended;
}

/** Open on some days of every week; an `end` that is not after `start` is on the next day. */
export interface OpenHours {
  readonly days: readonly Weekday[];
  readonly start: string;
  readonly end: string;
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
  readonly skill_levels?: Readonly<Record<string, number>>;
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
  | "ticket.supervise"
  | "message.redact"
  | "agent.read"
  | "agent.manage"
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

/** Every day, on the clock of where somebody is; an `end` before `start` is on the next day. */
export interface QuietHours {
  readonly start: string;
  readonly end: string;
}

/** The client's: whether an answer helped. */
export interface RateAnswer {
  readonly type: "assistant.rate";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly message_id: Id;
  readonly helpful: boolean;
}

/** Who may read an article once it is published. */
export type Reach = "public" | "staff";

/** Why somebody is given work or not, in the order in which it is asked. Who is `reachable` has no connection, but a device that push reaches: they can be offered work, not given it. */
export type Reason =
  | "inactive"
  | "on_leave"
  | "off_shift"
  | "on_break"
  | "away"
  | "busy"
  | "not_answering"
  | "shift_ending"
  | "not_connected"
  | "full"
  | "reachable"
  | "available";

/** Take a message's text away for good, everywhere. */
export interface RedactMessage {
  readonly type: "ticket.redact_message";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly message_id: Id;
}

/** Close it; the requester reads the reason. */
export interface Refuse {
  readonly type: "ticket.refuse";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly reason: string;
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

/** Why a ticket was taken from its owner and waits again. */
export type RequeueReason = "shift_end" | "leave" | "vanished" | "sla" | "person";

/** A snapshot as of `seq` and the envelopes after it, or those after the cursor up to `seq`; with `more`, join again from where they end. `markers` come with the envelopes of a ticket; a snapshot has them itself. `signals` are all that is done at the moment in a ticket's or an agent's room, and all of what the assistant has written so far: what was known before is over. */
export interface RoomJoined {
  readonly room: string;
  readonly epoch: string;
  readonly seq: number;
  readonly snapshot: TicketSnapshot | AgentSnapshot | FeedSnapshot | null;
  readonly envelopes: readonly Envelope[];
  readonly more: boolean;
  readonly markers?: readonly Marker[] | null;
  readonly signals?: readonly (Doing | AssistantText)[] | null;
}

export interface RoomRefused {
  readonly room: string;
  readonly error: WireError;
}

/** How a team's tickets come to their owners: people take them, or the router gives them, at once or to whoever accepts. */
export type Routing = "manual" | "assign" | "offer";

/** A ticket as a list shows it. `at` is its last change; only staff's rows have tags and clocks. */
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
  readonly approval?: ApprovalStatus | null;
  readonly assistant?: AssistantState | null;
  readonly tags?: readonly string[] | null;
  readonly snoozed_until?: Millis | null;
  readonly sla?: readonly SlaClock[] | null;
}

/** `row` is null where the ticket left the list; an older seq than the known is dropped. */
export interface RowEntry {
  readonly ticket_id: Id;
  readonly seq: number;
  readonly row: Row | null;
}

/** Whose consent makes a level complete. */
export type Rule = "all" | "any";

/** One rung of the ladder: at a percentage of the target, or business minutes after the breach. `metric`: of which clock; null: of each. `notify` are people who are told besides the owner. Reassigning lets the ticket wait for an owner again, in `team_id` or where it is; the supervisor is `agent_id`, who becomes its owner, or whoever supervises, where none is named. */
export interface Rung {
  readonly act: Act;
  readonly metric?: Metric | null;
  readonly percent?: number | null;
  readonly minutes_after?: number | null;
  readonly notify?: readonly Id[];
  readonly agent_id?: Id | null;
  readonly team_id?: Id | null;
}

/** Who wrote a message, and at which seq. */
export interface Said {
  readonly seq: number;
  readonly author: ActorRef;
}

/** How far a permission reaches; each includes those before it. */
export type Scope = "own" | "company" | "team" | "all";

/** A question for the articles, or its beginning. */
export interface Search {
  readonly q: string;
  readonly language?: string | null;
  readonly limit?: number;
}

/** Say what one does; whoever says that they are available ends their break with it. */
export interface SetAgentStatus {
  readonly type: "agent.set_status";
  readonly command_id: string;
  readonly agent_id: Id;
  readonly status: AgentStatus;
  readonly note?: string;
}

/** Change one's own; what is not named stays. `channels` are all choices there are afterwards. null in `zone` and `quiet` empties them. */
export interface SetPreferences {
  readonly type: "preferences.set";
  readonly command_id: string;
  readonly language?: Language | null;
  readonly zone?: string | null;
  readonly quiet?: QuietHours | null;
  readonly digest?: Digest | null;
  readonly channels?: Readonly<Record<string, Channels>> | null;
}

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

/** A warning: at `until` nothing more is offered, and what is unanswered goes back. */
export interface ShiftEnding {
  readonly type: "agent.shift_ending";
  readonly v: number;
  readonly worked: Millis;
  readonly until: Millis;
}

/** What holds in the place of the weekly shifts that would begin on a date: other hours, or none. `note` says why, for who reads the rota. */
export interface ShiftException {
  readonly date: string;
  readonly hours?: readonly Hours[];
  readonly note?: string;
}

/** An article that the client was shown, and what they said of that answer. */
export interface Shown {
  readonly message_id: Id;
  readonly article_id: Id;
  readonly title: string;
  readonly helpful: boolean | null;
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
  readonly skill_levels: Readonly<Record<string, number>>;
}

/** What was promised for a ticket. `seq` is the generation of its timers. */
export interface Sla {
  readonly seq: number;
  readonly policy_id: Id | null;
  readonly policy_version: number;
  readonly calendar_id: Id | null;
  readonly clocks: readonly SlaClock[];
}

export interface SlaBreached {
  readonly type: "ticket.sla_breached";
  readonly v: number;
  readonly clocks: readonly SlaClock[];
  readonly metric: Metric;
  readonly due_at: Millis;
}

/** Clocks began, stopped, went on, or follow another policy; without a policy there are none. */
export interface SlaChanged {
  readonly type: "ticket.sla_changed";
  readonly v: number;
  readonly clocks: readonly SlaClock[];
  readonly policy_id: Id | null;
  readonly policy_version: number;
  readonly calendar_id: Id | null;
}

/** One promise. Lengths are milliseconds of business time, moments are absolute. While it runs, `since` is when it was last resumed with `consumed` behind it, and `due_at` when `target` will be used up; both are None while it is paused, and once it is met. */
export interface SlaClock {
  readonly metric: Metric;
  readonly target: Millis;
  readonly started_at: Millis;
  readonly consumed: Millis;
  readonly since: Millis | null;
  readonly due_at: Millis | null;
  readonly met_at: Millis | null;
  readonly breached_at: Millis | null;
  readonly warned: readonly number[];
  readonly escalated: number;
  readonly wake_at: Millis | null;
}

/** A rung was taken; what it did stands beside it in the same commit. */
export interface SlaEscalated {
  readonly type: "ticket.sla_escalated";
  readonly v: number;
  readonly clocks: readonly SlaClock[];
  readonly metric: Metric;
  readonly act: Act;
  readonly notify: readonly Id[];
}

export interface SlaWarned {
  readonly type: "ticket.sla_warned";
  readonly v: number;
  readonly clocks: readonly SlaClock[];
  readonly metric: Metric;
  readonly percent: number;
  readonly due_at: Millis;
}

/** Put a ticket out of sight until a moment or until its client says something; null: bring it back. */
export interface SnoozeTicket {
  readonly type: "ticket.snooze";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly until: Millis | null;
}

/** A passage of an article, as it stood when it was quoted. Text, without Markdown. */
export interface Source {
  readonly article_id: Id;
  readonly title: string;
  readonly passage: string;
}

/** What the client never sees of the header. */
export interface StaffPart {
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string | boolean | number | null>>;
  readonly required_skills: readonly Id[];
  readonly skill_levels: Readonly<Record<string, number>>;
  readonly reservation: string | null;
  readonly queued_at: Millis | null;
  readonly asked_at: Millis | null;
  readonly offer: Offer | null;
  readonly passed: readonly Id[];
  readonly why: Why | null;
  readonly snoozed_until: Millis | null;
  readonly snoozed_seq: number;
  readonly sla: Sla | null;
  readonly approval: Approval | null;
  readonly briefing: Briefing | null;
  readonly triage: Triage | null;
  readonly chosen: readonly Guessed[];
}

/** A draft is for staff alone, whatever its reach. */
export type Stage = "draft" | "published";

/** A break of so many minutes from now on; within one, it ends at another time. */
export interface StartBreak {
  readonly type: "agent.start_break";
  readonly command_id: string;
  readonly agent_id: Id;
  readonly minutes: number;
}

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

/** Take a ticket from who has it, whatever team it is in. `agent_id` is oneself: for whom capacity is held. */
export interface TakeOver {
  readonly type: "ticket.take_over";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly agent_id: Id;
}

/** In how many business minutes what is done; what has none is not promised. */
export interface Targets {
  readonly first_response?: number | null;
  readonly next_response?: number | null;
  readonly resolution?: number | null;
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
  readonly approval: ApprovalStatus | null;
  readonly assistant: Assistant | null;
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
  | DeleteTicket
  | AcceptOffer
  | DeclineOffer
  | TransferTicket
  | SnoozeTicket
  | Observe
  | Whisper
  | Barge
  | TakeOver
  | Approve
  | Refuse
  | AskPerson
  | RateAnswer
  | JudgeGuess;

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
  | TicketDeleted
  | TicketOffered
  | OfferEnded
  | TicketRouted
  | TicketRequeued
  | TicketSnoozed
  | TicketSupervised
  | SlaChanged
  | SlaWarned
  | SlaBreached
  | SlaEscalated
  | ApprovalAsked
  | ApprovalDecided
  | ApprovalReminded
  | ApprovalDelegated
  | ApprovalChanged
  | AssistantEngaged
  | AssistantHandedOver
  | AssistantRated
  | AssistantBriefed
  | TicketTriaged
  | GuessJudged;

export interface TicketFollowedUp {
  readonly type: "ticket.followed_up";
  readonly v: number;
  readonly follow_up_id: Id;
}

/** Its commit's id is the reservation that holds the agent's capacity. */
export interface TicketOffered {
  readonly type: "ticket.offered";
  readonly v: number;
  readonly agent_id: Id;
  readonly until: Millis;
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

/** Why the assignment beside it took the ticket from its owner. */
export interface TicketRequeued {
  readonly type: "ticket.requeued";
  readonly v: number;
  readonly agent_id: Id;
  readonly reason: RequeueReason;
}

/** Why it was offered or given to somebody, or why to nobody. */
export interface TicketRouted {
  readonly type: "ticket.routed";
  readonly v: number;
  readonly agent_id: Id | null;
  readonly candidates: readonly Candidate[];
}

/** A ticket's room entered anew: its last 50 messages, oldest first. */
export interface TicketSnapshot {
  readonly ticket: Ticket;
  readonly messages: readonly Message[];
  readonly has_earlier: boolean;
  readonly markers: readonly Marker[];
  readonly people: Readonly<Record<string, Person>>;
}

/** Out of sight until a moment; null: it is back. */
export interface TicketSnoozed {
  readonly type: "ticket.snoozed";
  readonly v: number;
  readonly until: Millis | null;
}

/** Who did it is the commit's actor. */
export interface TicketSupervised {
  readonly type: "ticket.supervised";
  readonly v: number;
  readonly kind: Intervention;
}

/** What was guessed; behind it, in the same commit, what of it counts at once. */
export interface TicketTriaged {
  readonly type: "ticket.triaged";
  readonly v: number;
  readonly level: TriageLevel;
  readonly guesses: readonly Guess[];
  readonly mood: Mood | null;
  readonly language: string | null;
  readonly summary: Excerpt | null;
  readonly duplicates: readonly Duplicate[];
}

/** A question for the server's clock. */
export type Time = Record<string, never>;

/** The server's clock, and which node tells it. */
export interface TimeTold {
  readonly ok: true;
  readonly now: Millis;
  readonly node: string;
}

/** Hand a ticket to a team or a colleague, with a note for who gets it, in one step. */
export interface TransferTicket {
  readonly type: "ticket.transfer";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly agent_id?: Id | null;
  readonly team_id?: Id | null;
  readonly note: string;
}

/** All that was guessed, once, soon after a ticket was opened. */
export interface Triage {
  readonly level: TriageLevel;
  readonly guesses: readonly Guess[];
  readonly mood: Mood | null;
  readonly language: string | null;
  readonly summary: Excerpt | null;
  readonly duplicates: readonly Duplicate[];
}

/** What guesses were made by: compared words, compared meaning, or a language model. */
export type TriageLevel = "words" | "meaning" | "model";

/** What an inbox does with guesses: nothing, show them, or let the sure ones count at once. */
export type TriageMode = "off" | "suggest" | "apply";

export interface UnblockContact {
  readonly type: "contact.unblock";
  readonly command_id: string;
  readonly version?: number | null;
  readonly contact_id: Id;
}

/** Change an article, publish it, or take it back to a draft. `revision` is what readers do not see before it is published, which is a change of the words themselves with a `revision` of null. */
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
  readonly revision?: Words | null;
}

/** Every ticket that goes by it is counted anew. */
export interface UpdateCalendar {
  readonly type: "calendar.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly calendar_id: Id;
  readonly name?: string | null;
  readonly zone?: string | null;
  readonly hours?: readonly OpenHours[] | null;
  readonly holidays?: readonly Holiday[] | null;
  readonly country?: string | null;
  readonly subdivision?: string | null;
  readonly worked?: readonly string[] | null;
}

export interface UpdateCategory {
  readonly type: "category.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly category_id: Id;
  readonly name?: string | null;
  readonly keywords?: readonly string[] | null;
  readonly team_id?: Id | null;
  readonly member_ids?: readonly Id[] | null;
  readonly skills?: readonly SkillLevel[] | null;
  readonly approval?: readonly LevelInput[] | null;
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
  readonly tags?: readonly string[] | null;
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
  readonly assistant?: boolean | null;
  readonly fallback?: Fallback | null;
  readonly triage?: TriageMode | null;
}

export interface UpdateLeave {
  readonly type: "leave.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly leave_id: Id;
  readonly start?: Millis | null;
  readonly end?: Millis | null;
  readonly note?: string | null;
  readonly url?: string | null;
}

/** Tickets that are active keep what they consumed, and follow what it says from now on. */
export interface UpdatePolicy {
  readonly type: "policy.update";
  readonly command_id: string;
  readonly version?: number | null;
  readonly policy_id: Id;
  readonly name?: string | null;
  readonly calendar_id?: Id | null;
  readonly position?: number | null;
  readonly active?: boolean | null;
  readonly priorities?: readonly Priority[] | null;
  readonly category_ids?: readonly Id[] | null;
  readonly team_ids?: readonly Id[] | null;
  readonly contact_tags?: readonly string[] | null;
  readonly targets?: Readonly<Record<string, Targets>> | null;
  readonly warn_at?: readonly number[] | null;
  readonly ladder?: readonly Rung[] | null;
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
  readonly routing?: Routing | null;
  readonly offer_seconds?: number | null;
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
  readonly skill_levels?: Readonly<Record<string, number>> | null;
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
  readonly languages?: readonly string[] | null;
  readonly exceptions?: readonly ShiftException[] | null;
  readonly breaks?: readonly Shift[] | null;
  readonly deputy_id?: Id | null;
  readonly active?: boolean | null;
  readonly team_ids?: readonly Id[] | null;
  readonly must_change_password?: boolean | null;
}

/** What somebody says of a guess. To dismiss one that counts takes it back. */
export type Verdict = "take" | "dismiss";

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

/** A note for who looks after the ticket, which the client never sees. */
export interface Whisper {
  readonly type: "ticket.whisper";
  readonly command_id: string;
  readonly ticket_id: Id;
  readonly body: string;
}

/** Why this agent: the last choice that was made for the ticket, best first. */
export interface Why {
  readonly at: Millis;
  readonly agent_id: Id | null;
  readonly candidates: readonly Candidate[];
}

/** The one shape of every refusal. `fields` has a message per wrong field, or its detail. */
export interface WireError {
  readonly code: Code;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;
}

/** What an article says. `body` is Markdown. */
export interface Words {
  readonly title: string;
  readonly body: string;
  readonly summary?: string;
}

// Written by `make contracts` from domain/catalog.py and domain/wire.py: change those instead.

/// A UUID in its canonical lower-case form.
typedef Id = String;

/// A moment in UTC milliseconds since 1970.
typedef Millis = int;

/// A field that an update names; with null it is emptied.
final class Given<T> {
  const Given(this.value);

  final T value;
}

/// Take what one is offered.
final class AcceptOffer implements TicketCommand {
  const AcceptOffer({
    required this.commandId,
    required this.ticketId,
  });

  factory AcceptOffer.fromJson(Map<String, dynamic> json) => AcceptOffer(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
  );

  String get type => 'ticket.accept_offer';
  final String commandId;
  final Id ticketId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
  };
}

/// What `leave` and `signal` are answered with.
final class Accepted {
  const Accepted();

  factory Accepted.fromJson(Map<String, dynamic> json) => const Accepted();

  bool get ok => true;

  Map<String, dynamic> toJson() => {
    'ok': ok,
  };
}

/// What the connection may, or whose it is, changed: ask `GET /api/auth/me` again. Rooms that it may not be in any more are left with `left`; none is entered by itself.
final class AccessChanged {
  const AccessChanged({
    required this.version,
  });

  factory AccessChanged.fromJson(Map<String, dynamic> json) => AccessChanged(
    version: json['version'] as String,
  );

  final String version;

  Map<String, dynamic> toJson() => {
    'version': version,
  };
}

/// What a rung of the ladder does.
enum Act {
  notify('notify'),
  raisePriority('raise_priority'),
  reassign('reassign'),
  supervisor('supervisor'),

  /// One that only a newer release knows.
  unknown('');

  const Act(this.wire);

  final String wire;

  static Act fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Who acts. Supervisors and admins are agents here; what they may is in `access`.
enum ActorKind {
  client('client'),
  agent('agent'),
  assistant('assistant'),
  system('system'),

  /// One that only a newer release knows.
  unknown('');

  const ActorKind(this.wire);

  final String wire;

  static ActorKind fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// An actor as the log names it: by kind and id, never by name. `id` is the user id of an agent, the contact id of a client or guest, a word for the machine.
final class ActorRef {
  const ActorRef({
    required this.kind,
    required this.id,
  });

  factory ActorRef.fromJson(Map<String, dynamic> json) => ActorRef(
    kind: ActorKind.fromJson(json['kind']),
    id: json['id'] as String,
  );

  final ActorKind kind;
  final String id;

  Map<String, dynamic> toJson() => {
    'kind': kind.toJson(),
    'id': id,
  };
}

/// Put somebody into a team, whoever else is put in or taken out meanwhile.
final class AddMember implements DocumentCommand {
  const AddMember({
    required this.commandId,
    this.version,
    required this.teamId,
    required this.userId,
  });

  factory AddMember.fromJson(Map<String, dynamic> json) => AddMember(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    teamId: json['team_id'] as Id,
    userId: json['user_id'] as Id,
  );

  String get type => 'team.add_member';
  final String commandId;
  final int? version;
  final Id teamId;
  final Id userId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'team_id': teamId,
    'user_id': userId,
  };
}

/// The header of an agent's stream. `seq` 0: nothing happened to them yet.
final class Agent {
  const Agent({
    required this.id,
    required this.seq,
    required this.head,
    required this.at,
    required this.held,
    required this.letGo,
    required this.givenAt,
    required this.lately,
    required this.status,
    required this.note,
    required this.statusAt,
    required this.onBreak,
    required this.warnedUntil,
    required this.missed,
  });

  factory Agent.fromJson(Map<String, dynamic> json) => Agent(
    id: json['id'] as Id,
    seq: json['seq'] as int,
    head: json['head'] as int,
    at: json['at'] as Millis,
    held: {for (final entry in (json['held'] as Map<String, dynamic>).entries) entry.key: Held.fromJson(entry.value as Map<String, dynamic>)},
    letGo: [for (final each in json['let_go'] as List<dynamic>) each as String],
    givenAt: json['given_at'] as Millis,
    lately: Lately.fromJson(json['lately'] as Map<String, dynamic>),
    status: AgentStatus.fromJson(json['status']),
    note: json['note'] as String,
    statusAt: json['status_at'] as Millis,
    onBreak: json['on_break'] == null ? null : Break.fromJson(json['on_break'] as Map<String, dynamic>),
    warnedUntil: json['warned_until'] as Millis,
    missed: json['missed'] as int,
  );

  final Id id;
  final int seq;
  final int head;
  final Millis at;
  final Map<String, Held> held;
  final List<String> letGo;
  final Millis givenAt;
  final Lately lately;
  final AgentStatus status;
  final String note;
  final Millis statusAt;
  final Break? onBreak;
  final Millis warnedUntil;
  final int missed;

  Map<String, dynamic> toJson() => {
    'id': id,
    'seq': seq,
    'head': head,
    'at': at,
    'held': {for (final entry in held.entries) entry.key: entry.value.toJson()},
    'let_go': letGo,
    'given_at': givenAt,
    'lately': lately.toJson(),
    'status': status.toJson(),
    'note': note,
    'status_at': statusAt,
    'on_break': onBreak?.toJson(),
    'warned_until': warnedUntil,
    'missed': missed,
  };
}

/// What a person may ask of an agent's stream.
sealed class AgentCommand {
  factory AgentCommand.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'agent.set_status' => SetAgentStatus.fromJson(json),
    'agent.start_break' => StartBreak.fromJson(json),
    'agent.end_break' => EndBreak.fromJson(json),
    _ => UnknownAgentCommand(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownAgentCommand implements AgentCommand {
  const UnknownAgentCommand(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

final class AgentConfirmed implements AgentEvent {
  const AgentConfirmed({
    required this.v,
    required this.worked,
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
  });

  factory AgentConfirmed.fromJson(Map<String, dynamic> json) => AgentConfirmed(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
  );

  String get type => 'agent.confirmed';
  final int v;
  final Millis worked;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'ticket_id': ticketId,
    'reservation': reservation,
    'weight': weight,
    'as_of': asOf,
  };
}

/// `agent` is null where somebody left the team; an older seq than the known is dropped.
final class AgentEntry {
  const AgentEntry({
    required this.agentId,
    required this.seq,
    required this.agent,
  });

  factory AgentEntry.fromJson(Map<String, dynamic> json) => AgentEntry(
    agentId: json['agent_id'] as Id,
    seq: json['seq'] as int,
    agent: json['agent'] == null ? null : Attendance.fromJson(json['agent'] as Map<String, dynamic>),
  );

  final Id agentId;
  final int seq;
  final Attendance? agent;

  Map<String, dynamic> toJson() => {
    'agent_id': agentId,
    'seq': seq,
    'agent': agent?.toJson(),
  };
}

/// What can happen to an agent's load, status and breaks.
sealed class AgentEvent {
  factory AgentEvent.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'agent.reserved' => AgentReserved.fromJson(json),
    'agent.confirmed' => AgentConfirmed.fromJson(json),
    'agent.reweighed' => AgentReweighed.fromJson(json),
    'agent.released' => AgentReleased.fromJson(json),
    'agent.status_set' => AgentStatusSet.fromJson(json),
    'agent.break_started' => BreakStarted.fromJson(json),
    'agent.break_ended' => BreakEnded.fromJson(json),
    'agent.shift_ending' => ShiftEnding.fromJson(json),
    _ => UnknownAgentEvent(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownAgentEvent implements AgentEvent {
  const UnknownAgentEvent(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

final class AgentReleased implements AgentEvent {
  const AgentReleased({
    required this.v,
    required this.worked,
    required this.ticketId,
    required this.reservation,
    required this.outcome,
  });

  factory AgentReleased.fromJson(Map<String, dynamic> json) => AgentReleased(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    outcome: json['outcome'] == null ? null : Ended.fromJson(json['outcome']),
  );

  String get type => 'agent.released';
  final int v;
  final Millis worked;
  final Id ticketId;
  final String reservation;
  final Ended? outcome;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'ticket_id': ticketId,
    'reservation': reservation,
    'outcome': outcome?.toJson(),
  };
}

final class AgentReserved implements AgentEvent {
  const AgentReserved({
    required this.v,
    required this.worked,
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
    required this.confirmed,
  });

  factory AgentReserved.fromJson(Map<String, dynamic> json) => AgentReserved(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
    confirmed: json['confirmed'] as bool,
  );

  String get type => 'agent.reserved';
  final int v;
  final Millis worked;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;
  final bool confirmed;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'ticket_id': ticketId,
    'reservation': reservation,
    'weight': weight,
    'as_of': asOf,
    'confirmed': confirmed,
  };
}

final class AgentReweighed implements AgentEvent {
  const AgentReweighed({
    required this.v,
    required this.worked,
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
  });

  factory AgentReweighed.fromJson(Map<String, dynamic> json) => AgentReweighed(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
  );

  String get type => 'agent.reweighed';
  final int v;
  final Millis worked;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'ticket_id': ticketId,
    'reservation': reservation,
    'weight': weight,
    'as_of': asOf,
  };
}

final class AgentSnapshot {
  const AgentSnapshot({
    required this.agent,
  });

  factory AgentSnapshot.fromJson(Map<String, dynamic> json) => AgentSnapshot(
    agent: Agent.fromJson(json['agent'] as Map<String, dynamic>),
  );

  final Agent agent;

  Map<String, dynamic> toJson() => {
    'agent': agent.toJson(),
  };
}

/// What somebody says of themselves; only who is available is given work.
enum AgentStatus {
  available('available'),
  busy('busy'),
  away('away'),

  /// One that only a newer release knows.
  unknown('');

  const AgentStatus(this.wire);

  final String wire;

  static AgentStatus fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Who said it is the commit's actor: a supervisor's override is seen by that.
final class AgentStatusSet implements AgentEvent {
  const AgentStatusSet({
    required this.v,
    required this.worked,
    required this.before,
    required this.status,
    required this.note,
  });

  factory AgentStatusSet.fromJson(Map<String, dynamic> json) => AgentStatusSet(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    before: AgentStatus.fromJson(json['before']),
    status: AgentStatus.fromJson(json['status']),
    note: json['note'] as String,
  );

  String get type => 'agent.status_set';
  final int v;
  final Millis worked;
  final AgentStatus before;
  final AgentStatus status;
  final String note;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'before': before.toJson(),
    'status': status.toJson(),
    'note': note,
  };
}

/// A round of asking. `seq` is the generation of its links and of its timer.
final class Approval {
  const Approval({
    required this.seq,
    required this.levels,
    required this.level,
    required this.decisions,
    required this.askedAt,
    required this.reminded,
    required this.deputies,
    required this.wakeAt,
  });

  factory Approval.fromJson(Map<String, dynamic> json) => Approval(
    seq: json['seq'] as int,
    levels: [for (final each in json['levels'] as List<dynamic>) Level.fromJson(each as Map<String, dynamic>)],
    level: json['level'] as int,
    decisions: [for (final each in json['decisions'] as List<dynamic>) Decision.fromJson(each as Map<String, dynamic>)],
    askedAt: json['asked_at'] as Millis,
    reminded: json['reminded'] as int,
    deputies: {for (final entry in (json['deputies'] as Map<String, dynamic>).entries) entry.key: entry.value as Id},
    wakeAt: json['wake_at'] as Millis?,
  );

  final int seq;
  final List<Level> levels;
  final int level;
  final List<Decision> decisions;
  final Millis askedAt;
  final int reminded;
  final Map<String, Id> deputies;
  final Millis? wakeAt;

  Map<String, dynamic> toJson() => {
    'seq': seq,
    'levels': [for (final each in levels) each.toJson()],
    'level': level,
    'decisions': [for (final each in decisions) each.toJson()],
    'asked_at': askedAt,
    'reminded': reminded,
    'deputies': deputies,
    'wake_at': wakeAt,
  };
}

/// A round begins with its first level.
final class ApprovalAsked implements TicketEvent {
  const ApprovalAsked({
    required this.v,
    required this.levels,
    required this.wakeAt,
  });

  factory ApprovalAsked.fromJson(Map<String, dynamic> json) => ApprovalAsked(
    v: json['v'] as int,
    levels: [for (final each in json['levels'] as List<dynamic>) Level.fromJson(each as Map<String, dynamic>)],
    wakeAt: json['wake_at'] as Millis?,
  );

  String get type => 'ticket.approval_asked';
  final int v;
  final List<Level> levels;
  final Millis? wakeAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'levels': [for (final each in levels) each.toJson()],
    'wake_at': wakeAt,
  };
}

/// What the requester sees of it; null where it is not needed any more.
final class ApprovalChanged implements TicketEvent {
  const ApprovalChanged({
    required this.v,
    required this.approval,
    required this.reason,
  });

  factory ApprovalChanged.fromJson(Map<String, dynamic> json) => ApprovalChanged(
    v: json['v'] as int,
    approval: json['approval'] == null ? null : ApprovalStatus.fromJson(json['approval']),
    reason: json['reason'] as String?,
  );

  String get type => 'ticket.approval_changed';
  final int v;
  final ApprovalStatus? approval;
  final String? reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'approval': approval?.toJson(),
    'reason': reason,
  };
}

/// `level` is the place of the level it was said in, `next_level` of the one that is asked after it.
final class ApprovalDecided implements TicketEvent {
  const ApprovalDecided({
    required this.v,
    required this.approverId,
    required this.forId,
    required this.level,
    required this.approved,
    required this.reason,
    required this.nextLevel,
    required this.wakeAt,
  });

  factory ApprovalDecided.fromJson(Map<String, dynamic> json) => ApprovalDecided(
    v: json['v'] as int,
    approverId: json['approver_id'] as Id,
    forId: json['for_id'] as Id,
    level: json['level'] as int,
    approved: json['approved'] as bool,
    reason: json['reason'] as String?,
    nextLevel: json['next_level'] as int,
    wakeAt: json['wake_at'] as Millis?,
  );

  String get type => 'ticket.approval_decided';
  final int v;
  final Id approverId;
  final Id forId;
  final int level;
  final bool approved;
  final String? reason;
  final int nextLevel;
  final Millis? wakeAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'approver_id': approverId,
    'for_id': forId,
    'level': level,
    'approved': approved,
    'reason': reason,
    'next_level': nextLevel,
    'wake_at': wakeAt,
  };
}

/// A deputy is asked in the place of who is away.
final class ApprovalDelegated implements TicketEvent {
  const ApprovalDelegated({
    required this.v,
    required this.fromId,
    required this.toId,
  });

  factory ApprovalDelegated.fromJson(Map<String, dynamic> json) => ApprovalDelegated(
    v: json['v'] as int,
    fromId: json['from_id'] as Id,
    toId: json['to_id'] as Id,
  );

  String get type => 'ticket.approval_delegated';
  final int v;
  final Id fromId;
  final Id toId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'from_id': fromId,
    'to_id': toId,
  };
}

/// Those who did not answer are told once more.
final class ApprovalReminded implements TicketEvent {
  const ApprovalReminded({
    required this.v,
    required this.approverIds,
    required this.wakeAt,
  });

  factory ApprovalReminded.fromJson(Map<String, dynamic> json) => ApprovalReminded(
    v: json['v'] as int,
    approverIds: [for (final each in json['approver_ids'] as List<dynamic>) each as Id],
    wakeAt: json['wake_at'] as Millis?,
  );

  String get type => 'ticket.approval_reminded';
  final int v;
  final List<Id> approverIds;
  final Millis? wakeAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'approver_ids': approverIds,
    'wake_at': wakeAt,
  };
}

/// What everybody may know of it.
enum ApprovalStatus {
  waiting('waiting'),
  approved('approved'),
  refused('refused'),

  /// One that only a newer release knows.
  unknown('');

  const ApprovalStatus(this.wire);

  final String wire;

  static ApprovalStatus fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Agree to it, as somebody who was asked.
final class Approve implements TicketCommand {
  const Approve({
    required this.commandId,
    required this.ticketId,
    this.reason,
  });

  factory Approve.fromJson(Map<String, dynamic> json) => Approve(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    reason: json['reason'] as String?,
  );

  String get type => 'ticket.approve';
  final String commandId;
  final Id ticketId;
  final String? reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    if (reason case final value?) 'reason': value,
  };
}

/// The client's: leave it to people from now on.
final class AskPerson implements TicketCommand {
  const AskPerson({
    required this.commandId,
    required this.ticketId,
  });

  factory AskPerson.fromJson(Map<String, dynamic> json) => AskPerson(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
  );

  String get type => 'ticket.ask_person';
  final String commandId;
  final Id ticketId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
  };
}

/// Give a ticket an owner, or with `agent_id: null` none; `team_id` moves it to a team. With `if_free` only where nobody has it yet: of two who take it at once, one does.
final class AssignTicket implements TicketCommand {
  const AssignTicket({
    required this.commandId,
    required this.ticketId,
    required this.agentId,
    this.teamId,
    this.ifFree,
  });

  factory AssignTicket.fromJson(Map<String, dynamic> json) => AssignTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    agentId: json['agent_id'] as Id?,
    teamId: json['team_id'] as Id?,
    ifFree: json['if_free'] as bool?,
  );

  String get type => 'ticket.assign';
  final String commandId;
  final Id ticketId;
  final Id? agentId;
  final Id? teamId;
  final bool? ifFree;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'agent_id': agentId,
    if (teamId case final value?) 'team_id': value,
    if (ifFree case final value?) 'if_free': value,
  };
}

/// The public part. `seq` and `at` are those of the client's message that waits, of the answer or of the hand-over: the generation of the timer that guards it, and from when it counts.
final class Assistant {
  const Assistant({
    required this.state,
    required this.seq,
    required this.at,
    required this.answers,
    required this.unhelpful,
    required this.reason,
  });

  factory Assistant.fromJson(Map<String, dynamic> json) => Assistant(
    state: AssistantState.fromJson(json['state']),
    seq: json['seq'] as int,
    at: json['at'] as Millis,
    answers: json['answers'] as int,
    unhelpful: json['unhelpful'] as int,
    reason: json['reason'] == null ? null : HandOver.fromJson(json['reason']),
  );

  final AssistantState state;
  final int seq;
  final Millis at;
  final int answers;
  final int unhelpful;
  final HandOver? reason;

  Map<String, dynamic> toJson() => {
    'state': state.toJson(),
    'seq': seq,
    'at': at,
    'answers': answers,
    'unhelpful': unhelpful,
    'reason': reason?.toJson(),
  };
}

/// What was found and not shown, for the people who go on.
final class AssistantBriefed implements TicketEvent {
  const AssistantBriefed({
    required this.v,
    required this.found,
  });

  factory AssistantBriefed.fromJson(Map<String, dynamic> json) => AssistantBriefed(
    v: json['v'] as int,
    found: [for (final each in json['found'] as List<dynamic>) Source.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'assistant.briefed';
  final int v;
  final List<Source> found;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'found': [for (final each in found) each.toJson()],
  };
}

final class AssistantDelta implements HeardSignal {
  const AssistantDelta({
    required this.aboutSeq,
    required this.generation,
    required this.index,
    required this.text,
    required this.done,
    required this.level,
    required this.room,
  });

  factory AssistantDelta.fromJson(Map<String, dynamic> json) => AssistantDelta(
    aboutSeq: json['about_seq'] as int,
    generation: json['generation'] as int,
    index: json['index'] as int,
    text: json['text'] as String,
    done: json['done'] as bool,
    level: json['level'] == null ? null : AssistantLevel.fromJson(json['level']),
    room: json['room'] as String,
  );

  String get type => 'assistant.delta';
  final int aboutSeq;
  final int generation;
  final int index;
  final String text;
  final bool done;
  final AssistantLevel? level;
  final String room;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'about_seq': aboutSeq,
    'generation': generation,
    'index': index,
    'text': text,
    'done': done,
    'level': level?.toJson(),
    'room': room,
  };
}

/// The assistant speaks first in this ticket; it stands behind the message that opened it.
final class AssistantEngaged implements TicketEvent {
  const AssistantEngaged({
    required this.v,
  });

  factory AssistantEngaged.fromJson(Map<String, dynamic> json) => AssistantEngaged(
    v: json['v'] as int,
  );

  String get type => 'assistant.engaged';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
  };
}

/// People go on; the assistant says nothing more in this ticket.
final class AssistantHandedOver implements TicketEvent {
  const AssistantHandedOver({
    required this.v,
    required this.reason,
  });

  factory AssistantHandedOver.fromJson(Map<String, dynamic> json) => AssistantHandedOver(
    v: json['v'] as int,
    reason: HandOver.fromJson(json['reason']),
  );

  String get type => 'assistant.handed_over';
  final int v;
  final HandOver reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'reason': reason.toJson(),
  };
}

/// What an answer is made by, and what the assistant is able to do at present. `passages` quotes the articles that fit best; `model` words an answer from them. Only ever of a single message are `general`, a model without sources, which its reader is told, and `question`, which only asks what was meant: no answer, so nobody is asked whether it helped.
enum AssistantLevel {
  off('off'),
  passages('passages'),
  model('model'),
  general('general'),
  question('question'),

  /// One that only a newer release knows.
  unknown('');

  const AssistantLevel(this.wire);

  final String wire;

  static AssistantLevel fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// What the client says of an answer.
final class AssistantRated implements TicketEvent {
  const AssistantRated({
    required this.v,
    required this.messageId,
    required this.visibility,
    required this.helpful,
  });

  factory AssistantRated.fromJson(Map<String, dynamic> json) => AssistantRated(
    v: json['v'] as int,
    messageId: json['message_id'] as Id,
    visibility: Visibility.fromJson(json['visibility']),
    helpful: json['helpful'] as bool,
  );

  String get type => 'assistant.rated';
  final int v;
  final Id messageId;
  final Visibility visibility;
  final bool helpful;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'message_id': messageId,
    'visibility': visibility.toJson(),
    'helpful': helpful,
  };
}

/// `waiting` for its answer, `answered` until the client says more, `handed_over` for good.
enum AssistantState {
  waiting('waiting'),
  answered('answered'),
  handedOver('handed_over'),

  /// One that only a newer release knows.
  unknown('');

  const AssistantState(this.wire);

  final String wire;

  static AssistantState fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A piece of what the assistant is writing, from `index` on, in UTF-16 units: what stood there makes room for it. It answers the message at `about_seq`; of two the later one holds, by that and then by `generation`. With `done` it came to nothing, and goes. `level` is what it is made by, as its message will say; a worker of an older release does not tell. It is to be shown while the ticket's `assistant` is `waiting` at that seq, and only then: so it ends with the message that it becomes, and with whatever else comes first.
final class AssistantText {
  const AssistantText({
    required this.aboutSeq,
    required this.generation,
    required this.index,
    required this.text,
    required this.done,
    required this.level,
  });

  factory AssistantText.fromJson(Map<String, dynamic> json) => AssistantText(
    aboutSeq: json['about_seq'] as int,
    generation: json['generation'] as int,
    index: json['index'] as int,
    text: json['text'] as String,
    done: json['done'] as bool,
    level: json['level'] == null ? null : AssistantLevel.fromJson(json['level']),
  );

  String get type => 'assistant.delta';
  final int aboutSeq;
  final int generation;
  final int index;
  final String text;
  final bool done;
  final AssistantLevel? level;

  Map<String, dynamic> toJson() => {
    'type': type,
    'about_seq': aboutSeq,
    'generation': generation,
    'index': index,
    'text': text,
    'done': done,
    'level': level?.toJson(),
  };
}

/// A file as its message names it; the bytes stand elsewhere. `size` in bytes.
final class Attachment {
  const Attachment({
    required this.id,
    required this.name,
    required this.mediaType,
    required this.size,
  });

  factory Attachment.fromJson(Map<String, dynamic> json) => Attachment(
    id: json['id'] as Id,
    name: json['name'] as String,
    mediaType: json['media_type'] as String,
    size: json['size'] as int,
  );

  final Id id;
  final String name;
  final String mediaType;
  final int size;

  Map<String, dynamic> toJson() => {
    'id': id,
    'name': name,
    'media_type': mediaType,
    'size': size,
  };
}

/// How somebody of the staff is there: `busy` is connected and full, or says so; `reachable` is not connected, but could be offered work on a phone that push reaches. `load` and `capacity` are in priority weights; `since` is when the state began. `on_shift` holds until `shift_until`, null: for ever, as for who has no set hours. `reason` says why they are given work by itself or not, `until` when the clock changes that; `note` is their own. `plan` is another where their shifts, breaks or leave are: then `/api/shifts` has news.
final class Attendance {
  const Attendance({
    required this.state,
    required this.load,
    required this.capacity,
    required this.since,
    this.onShift,
    this.shiftUntil,
    this.reason,
    this.until,
    this.note,
    this.plan,
  });

  factory Attendance.fromJson(Map<String, dynamic> json) => Attendance(
    state: json['state'] as String,
    load: json['load'] as int,
    capacity: json['capacity'] as int,
    since: json['since'] as Millis,
    onShift: json['on_shift'] as bool?,
    shiftUntil: json['shift_until'] as Millis?,
    reason: json['reason'] == null ? null : Reason.fromJson(json['reason']),
    until: json['until'] as Millis?,
    note: json['note'] as String?,
    plan: json['plan'] as int?,
  );

  final String state;
  final int load;
  final int capacity;
  final Millis since;
  final bool? onShift;
  final Millis? shiftUntil;
  final Reason? reason;
  final Millis? until;
  final String? note;
  final int? plan;

  Map<String, dynamic> toJson() => {
    'state': state,
    'load': load,
    'capacity': capacity,
    'since': since,
    if (onShift case final value?) 'on_shift': value,
    if (shiftUntil case final value?) 'shift_until': value,
    if (reason case final value?) 'reason': value.toJson(),
    if (until case final value?) 'until': value,
    if (note case final value?) 'note': value,
    if (plan case final value?) 'plan': value,
  };
}

/// Answer the client in the place of who looks after the ticket.
final class Barge implements TicketCommand {
  const Barge({
    required this.commandId,
    required this.ticketId,
    required this.body,
  });

  factory Barge.fromJson(Map<String, dynamic> json) => Barge(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    body: json['body'] as String,
  );

  String get type => 'ticket.barge';
  final String commandId;
  final Id ticketId;
  final String body;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'body': body,
  };
}

/// Let somebody open and write nothing more.
final class BlockContact implements DocumentCommand {
  const BlockContact({
    required this.commandId,
    this.version,
    required this.contactId,
  });

  factory BlockContact.fromJson(Map<String, dynamic> json) => BlockContact(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    contactId: json['contact_id'] as Id,
  );

  String get type => 'contact.block';
  final String commandId;
  final int? version;
  final Id contactId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'contact_id': contactId,
  };
}

/// A break that was taken. `seq` is the generation of the timer that ends it.
final class Break {
  const Break({
    required this.since,
    required this.until,
    required this.seq,
  });

  factory Break.fromJson(Map<String, dynamic> json) => Break(
    since: json['since'] as Millis,
    until: json['until'] as Millis,
    seq: json['seq'] as int,
  );

  final Millis since;
  final Millis until;
  final int seq;

  Map<String, dynamic> toJson() => {
    'since': since,
    'until': until,
    'seq': seq,
  };
}

/// Why a break ended.
enum BreakEnd {
  person('person'),
  time('time'),

  /// One that only a newer release knows.
  unknown('');

  const BreakEnd(this.wire);

  final String wire;

  static BreakEnd fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class BreakEnded implements AgentEvent {
  const BreakEnded({
    required this.v,
    required this.worked,
    required this.cause,
  });

  factory BreakEnded.fromJson(Map<String, dynamic> json) => BreakEnded(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    cause: BreakEnd.fromJson(json['cause']),
  );

  String get type => 'agent.break_ended';
  final int v;
  final Millis worked;
  final BreakEnd cause;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'cause': cause.toJson(),
  };
}

final class BreakStarted implements AgentEvent {
  const BreakStarted({
    required this.v,
    required this.worked,
    required this.until,
  });

  factory BreakStarted.fromJson(Map<String, dynamic> json) => BreakStarted(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    until: json['until'] as Millis,
  );

  String get type => 'agent.break_started';
  final int v;
  final Millis worked;
  final Millis until;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'until': until,
  };
}

/// What an agent wants to know who goes on: by ids, so that redacted words are in none. `asked` are the client's messages to the assistant, the oldest first. `found` is what was not sure enough to be shown.
final class Briefing {
  const Briefing({
    required this.asked,
    required this.shown,
    required this.found,
  });

  factory Briefing.fromJson(Map<String, dynamic> json) => Briefing(
    asked: [for (final each in json['asked'] as List<dynamic>) each as Id],
    shown: [for (final each in json['shown'] as List<dynamic>) Shown.fromJson(each as Map<String, dynamic>)],
    found: [for (final each in json['found'] as List<dynamic>) Source.fromJson(each as Map<String, dynamic>)],
  );

  final List<Id> asked;
  final List<Shown> shown;
  final List<Source> found;

  Map<String, dynamic> toJson() => {
    'asked': asked,
    'shown': [for (final each in shown) each.toJson()],
    'found': [for (final each in found) each.toJson()],
  };
}

/// Somebody who was looked at. `reason` says why they were not chosen; null for who was. `score` is what the choice was made by: the lowest is first; null where it did not come to it.
final class Candidate {
  const Candidate({
    required this.agentId,
    required this.reason,
    required this.score,
    required this.load,
    required this.capacity,
    required this.carried,
    required this.idleSince,
    required this.language,
    required this.reachable,
    required this.knows,
    required this.lack,
  });

  factory Candidate.fromJson(Map<String, dynamic> json) => Candidate(
    agentId: json['agent_id'] as Id,
    reason: json['reason'] as String?,
    score: json['score'] as num?,
    load: json['load'] as int,
    capacity: json['capacity'] as int,
    carried: json['carried'] as num,
    idleSince: json['idle_since'] as Millis,
    language: json['language'] as bool,
    reachable: json['reachable'] as bool,
    knows: json['knows'] as bool,
    lack: json['lack'] == null ? null : Lack.fromJson(json['lack'] as Map<String, dynamic>),
  );

  final Id agentId;
  final String? reason;
  final num? score;
  final int load;
  final int capacity;
  final num carried;
  final Millis idleSince;
  final bool language;
  final bool reachable;
  final bool knows;
  final Lack? lack;

  Map<String, dynamic> toJson() => {
    'agent_id': agentId,
    'reason': reason,
    'score': score,
    'load': load,
    'capacity': capacity,
    'carried': carried,
    'idle_since': idleSince,
    'language': language,
    'reachable': reachable,
    'knows': knows,
    'lack': lack?.toJson(),
  };
}

final class CategoryChanged implements TicketEvent {
  const CategoryChanged({
    required this.v,
    required this.before,
    required this.category,
  });

  factory CategoryChanged.fromJson(Map<String, dynamic> json) => CategoryChanged(
    v: json['v'] as int,
    before: json['before'] as Id?,
    category: json['category'] as Id?,
  );

  String get type => 'ticket.category_changed';
  final int v;
  final Id? before;
  final Id? category;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'category': category,
  };
}

/// Why a status changed.
enum Cause {
  person('person'),
  reply('reply'),
  quiet('quiet'),

  /// One that only a newer release knows.
  unknown('');

  const Cause(this.wire);

  final String wire;

  static Cause fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Something began, or ended: for each person once, however many their sockets are and however often they say it. Who it is from is the server's word.
final class Changed {
  const Changed({
    required this.type,
    required this.from,
    required this.active,
    required this.baseSeq,
  });

  factory Changed.fromJson(Map<String, dynamic> json) => Changed(
    type: json['type'] as String,
    from: ActorRef.fromJson(json['from'] as Map<String, dynamic>),
    active: json['active'] as bool,
    baseSeq: json['base_seq'] as int,
  );

  final String type;
  final ActorRef from;
  final bool active;
  final int baseSeq;

  Map<String, dynamic> toJson() => {
    'type': type,
    'from': from.toJson(),
    'active': active,
    'base_seq': baseSeq,
  };
}

enum Channel {
  portal('portal'),
  widget('widget'),
  mail('mail'),
  phone('phone'),
  api('api'),

  /// One that only a newer release knows.
  unknown('');

  const Channel(this.wire);

  final String wire;

  static Channel fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// How somebody is told of one kind. `push` is null where they never chose it.
final class Channels {
  const Channels({
    required this.inApp,
    required this.mail,
    this.push,
  });

  factory Channels.fromJson(Map<String, dynamic> json) => Channels(
    inApp: json['in_app'] as bool,
    mail: json['mail'] as bool,
    push: json['push'] as bool?,
  );

  final bool inApp;
  final bool mail;
  final bool? push;

  Map<String, dynamic> toJson() => {
    'in_app': inApp,
    'mail': mail,
    if (push case final value?) 'push': value,
  };
}

/// The connection ends: `resync` (join again from your cursors), `expired` and `ended` (log in again), `restart`; with `retry_after`, better not before so many seconds.
final class Closing {
  const Closing({
    required this.reason,
    this.retryAfter,
  });

  factory Closing.fromJson(Map<String, dynamic> json) => Closing(
    reason: json['reason'] as String,
    retryAfter: json['retry_after'] as num?,
  );

  final String reason;
  final num? retryAfter;

  Map<String, dynamic> toJson() => {
    'reason': reason,
    if (retryAfter case final value?) 'retry_after': value,
  };
}

/// Every error code on the wire; its HTTP status is in `STATUS`.
enum Code {
  invalid('invalid'),
  unauthenticated('unauthenticated'),
  forbidden('forbidden'),
  notFound('not_found'),
  conflict('conflict'),
  stale('stale'),
  notUnique('not_unique'),
  commandIdReused('command_id_reused'),
  tooLarge('too_large'),
  rateLimited('rate_limited'),
  upgradeRequired('upgrade_required'),
  retryable('retryable'),

  /// One that only a newer release knows.
  unknown('');

  const Code(this.wire);

  final String wire;

  static Code fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// An absolute number; an older seq than the known is dropped.
final class CounterEntry {
  const CounterEntry({
    required this.name,
    required this.seq,
    required this.value,
  });

  factory CounterEntry.fromJson(Map<String, dynamic> json) => CounterEntry(
    name: json['name'] as String,
    seq: json['seq'] as int,
    value: json['value'] as int,
  );

  final String name;
  final int seq;
  final int value;

  Map<String, dynamic> toJson() => {
    'name': name,
    'seq': seq,
    'value': value,
  };
}

final class CreateArticle implements DocumentCommand {
  const CreateArticle({
    required this.commandId,
    required this.title,
    required this.body,
    this.summary,
    this.category,
    this.language,
    this.reach,
    this.stage,
    this.ticketId,
    this.source,
  });

  factory CreateArticle.fromJson(Map<String, dynamic> json) => CreateArticle(
    commandId: json['command_id'] as String,
    title: json['title'] as String,
    body: json['body'] as String,
    summary: json['summary'] as String?,
    category: json['category'] as Id?,
    language: json['language'] as String?,
    reach: json['reach'] == null ? null : Reach.fromJson(json['reach']),
    stage: json['stage'] == null ? null : Stage.fromJson(json['stage']),
    ticketId: json['ticket_id'] as Id?,
    source: json['source'] as String?,
  );

  String get type => 'article.create';
  final String commandId;
  final String title;
  final String body;
  final String? summary;
  final Id? category;
  final String? language;
  final Reach? reach;
  final Stage? stage;
  final Id? ticketId;
  final String? source;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'title': title,
    'body': body,
    if (summary case final value?) 'summary': value,
    if (category case final value?) 'category': value,
    if (language case final value?) 'language': value,
    if (reach case final value?) 'reach': value.toJson(),
    if (stage case final value?) 'stage': value.toJson(),
    if (ticketId case final value?) 'ticket_id': value,
    if (source case final value?) 'source': value,
  };
}

final class CreateCalendar implements DocumentCommand {
  const CreateCalendar({
    required this.commandId,
    required this.name,
    this.zone,
    required this.hours,
    this.holidays,
    this.country,
    this.subdivision,
    this.worked,
  });

  factory CreateCalendar.fromJson(Map<String, dynamic> json) => CreateCalendar(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    zone: json['zone'] as String?,
    hours: [for (final each in json['hours'] as List<dynamic>) OpenHours.fromJson(each as Map<String, dynamic>)],
    holidays: json['holidays'] == null ? null : [for (final each in json['holidays'] as List<dynamic>) Holiday.fromJson(each as Map<String, dynamic>)],
    country: json['country'] as String?,
    subdivision: json['subdivision'] as String?,
    worked: json['worked'] == null ? null : [for (final each in json['worked'] as List<dynamic>) each as String],
  );

  String get type => 'calendar.create';
  final String commandId;
  final String name;
  final String? zone;
  final List<OpenHours> hours;
  final List<Holiday>? holidays;
  final String? country;
  final String? subdivision;
  final List<String>? worked;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (zone case final value?) 'zone': value,
    'hours': [for (final each in hours) each.toJson()],
    if (holidays case final value?) 'holidays': [for (final each in value) each.toJson()],
    if (country case final value?) 'country': value,
    if (subdivision case final value?) 'subdivision': value,
    if (worked case final value?) 'worked': value,
  };
}

final class CreateCategory implements DocumentCommand {
  const CreateCategory({
    required this.commandId,
    required this.name,
    this.keywords,
    this.teamId,
    this.memberIds,
    this.skills,
    this.approval,
  });

  factory CreateCategory.fromJson(Map<String, dynamic> json) => CreateCategory(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    keywords: json['keywords'] == null ? null : [for (final each in json['keywords'] as List<dynamic>) each as String],
    teamId: json['team_id'] as Id?,
    memberIds: json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id],
    skills: json['skills'] == null ? null : [for (final each in json['skills'] as List<dynamic>) SkillLevel.fromJson(each as Map<String, dynamic>)],
    approval: json['approval'] == null ? null : [for (final each in json['approval'] as List<dynamic>) LevelInput.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'category.create';
  final String commandId;
  final String name;
  final List<String>? keywords;
  final Id? teamId;
  final List<Id>? memberIds;
  final List<SkillLevel>? skills;
  final List<LevelInput>? approval;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (keywords case final value?) 'keywords': value,
    if (teamId case final value?) 'team_id': value,
    if (memberIds case final value?) 'member_ids': value,
    if (skills case final value?) 'skills': [for (final each in value) each.toJson()],
    if (approval case final value?) 'approval': [for (final each in value) each.toJson()],
  };
}

/// Note somebody who calls or writes; their addresses count as unproven.
final class CreateContact implements DocumentCommand {
  const CreateContact({
    required this.commandId,
    required this.name,
    this.emails,
    this.companyId,
    this.notes,
    this.tags,
  });

  factory CreateContact.fromJson(Map<String, dynamic> json) => CreateContact(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    emails: json['emails'] == null ? null : [for (final each in json['emails'] as List<dynamic>) each as String],
    companyId: json['company_id'] as Id?,
    notes: json['notes'] as String?,
    tags: json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String],
  );

  String get type => 'contact.create';
  final String commandId;
  final String name;
  final List<String>? emails;
  final Id? companyId;
  final String? notes;
  final List<String>? tags;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (emails case final value?) 'emails': value,
    if (companyId case final value?) 'company_id': value,
    if (notes case final value?) 'notes': value,
    if (tags case final value?) 'tags': value,
  };
}

final class CreateInbox implements DocumentCommand {
  const CreateInbox({
    required this.commandId,
    required this.name,
    required this.teamId,
    this.address,
    this.colour,
    this.signature,
    this.autoReply,
    this.sites,
    this.assistant,
    this.fallback,
    this.triage,
  });

  factory CreateInbox.fromJson(Map<String, dynamic> json) => CreateInbox(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    teamId: json['team_id'] as Id,
    address: json['address'] as String?,
    colour: json['colour'] as String?,
    signature: json['signature'] as String?,
    autoReply: json['auto_reply'] as String?,
    sites: json['sites'] == null ? null : [for (final each in json['sites'] as List<dynamic>) each as String],
    assistant: json['assistant'] as bool?,
    fallback: json['fallback'] == null ? null : Fallback.fromJson(json['fallback']),
    triage: json['triage'] == null ? null : TriageMode.fromJson(json['triage']),
  );

  String get type => 'inbox.create';
  final String commandId;
  final String name;
  final Id teamId;
  final String? address;
  final String? colour;
  final String? signature;
  final String? autoReply;
  final List<String>? sites;
  final bool? assistant;
  final Fallback? fallback;
  final TriageMode? triage;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    'team_id': teamId,
    if (address case final value?) 'address': value,
    if (colour case final value?) 'colour': value,
    if (signature case final value?) 'signature': value,
    if (autoReply case final value?) 'auto_reply': value,
    if (sites case final value?) 'sites': value,
    if (assistant case final value?) 'assistant': value,
    if (fallback case final value?) 'fallback': value.toJson(),
    if (triage case final value?) 'triage': value.toJson(),
  };
}

/// Note that somebody is away from one moment to another.
final class CreateLeave implements DocumentCommand {
  const CreateLeave({
    required this.commandId,
    required this.userId,
    required this.start,
    required this.end,
    this.note,
  });

  factory CreateLeave.fromJson(Map<String, dynamic> json) => CreateLeave(
    commandId: json['command_id'] as String,
    userId: json['user_id'] as Id,
    start: json['start'] as Millis,
    end: json['end'] as Millis,
    note: json['note'] as String?,
  );

  String get type => 'leave.create';
  final String commandId;
  final Id userId;
  final Millis start;
  final Millis end;
  final String? note;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'user_id': userId,
    'start': start,
    'end': end,
    if (note case final value?) 'note': value,
  };
}

final class CreatePolicy implements DocumentCommand {
  const CreatePolicy({
    required this.commandId,
    required this.name,
    required this.calendarId,
    this.position,
    this.active,
    this.priorities,
    this.categoryIds,
    this.teamIds,
    this.contactTags,
    required this.targets,
    this.warnAt,
    this.ladder,
  });

  factory CreatePolicy.fromJson(Map<String, dynamic> json) => CreatePolicy(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    calendarId: json['calendar_id'] as Id,
    position: json['position'] as int?,
    active: json['active'] as bool?,
    priorities: json['priorities'] == null ? null : [for (final each in json['priorities'] as List<dynamic>) Priority.fromJson(each)],
    categoryIds: json['category_ids'] == null ? null : [for (final each in json['category_ids'] as List<dynamic>) each as Id],
    teamIds: json['team_ids'] == null ? null : [for (final each in json['team_ids'] as List<dynamic>) each as Id],
    contactTags: json['contact_tags'] == null ? null : [for (final each in json['contact_tags'] as List<dynamic>) each as String],
    targets: {for (final entry in (json['targets'] as Map<String, dynamic>).entries) entry.key: Targets.fromJson(entry.value as Map<String, dynamic>)},
    warnAt: json['warn_at'] == null ? null : [for (final each in json['warn_at'] as List<dynamic>) each as int],
    ladder: json['ladder'] == null ? null : [for (final each in json['ladder'] as List<dynamic>) Rung.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'policy.create';
  final String commandId;
  final String name;
  final Id calendarId;
  final int? position;
  final bool? active;
  final List<Priority>? priorities;
  final List<Id>? categoryIds;
  final List<Id>? teamIds;
  final List<String>? contactTags;
  final Map<String, Targets> targets;
  final List<int>? warnAt;
  final List<Rung>? ladder;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    'calendar_id': calendarId,
    if (position case final value?) 'position': value,
    if (active case final value?) 'active': value,
    if (priorities case final value?) 'priorities': [for (final each in value) each.toJson()],
    if (categoryIds case final value?) 'category_ids': value,
    if (teamIds case final value?) 'team_ids': value,
    if (contactTags case final value?) 'contact_tags': value,
    'targets': {for (final entry in targets.entries) entry.key: entry.value.toJson()},
    if (warnAt case final value?) 'warn_at': value,
    if (ladder case final value?) 'ladder': [for (final each in value) each.toJson()],
  };
}

final class CreateRole implements DocumentCommand {
  const CreateRole({
    required this.commandId,
    required this.name,
    required this.title,
    required this.staff,
    required this.permissions,
  });

  factory CreateRole.fromJson(Map<String, dynamic> json) => CreateRole(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    title: json['title'] as String,
    staff: json['staff'] as bool,
    permissions: {for (final entry in (json['permissions'] as Map<String, dynamic>).entries) entry.key: Scope.fromJson(entry.value)},
  );

  String get type => 'role.create';
  final String commandId;
  final String name;
  final String title;
  final bool staff;
  final Map<String, Scope> permissions;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    'title': title,
    'staff': staff,
    'permissions': {for (final entry in permissions.entries) entry.key: entry.value.toJson()},
  };
}

final class CreateSkill implements DocumentCommand {
  const CreateSkill({
    required this.commandId,
    required this.name,
  });

  factory CreateSkill.fromJson(Map<String, dynamic> json) => CreateSkill(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
  );

  String get type => 'skill.create';
  final String commandId;
  final String name;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
  };
}

final class CreateTeam implements DocumentCommand {
  const CreateTeam({
    required this.commandId,
    required this.name,
    this.memberIds,
    this.routing,
    this.offerSeconds,
  });

  factory CreateTeam.fromJson(Map<String, dynamic> json) => CreateTeam(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    memberIds: json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id],
    routing: json['routing'] == null ? null : Routing.fromJson(json['routing']),
    offerSeconds: json['offer_seconds'] as int?,
  );

  String get type => 'team.create';
  final String commandId;
  final String name;
  final List<Id>? memberIds;
  final Routing? routing;
  final int? offerSeconds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (memberIds case final value?) 'member_ids': value,
    if (routing case final value?) 'routing': value.toJson(),
    if (offerSeconds case final value?) 'offer_seconds': value,
  };
}

/// Give somebody a log-in; their password is set beside it and never part of a command. Staff who are given no team join the default inbox's; a client gets a contact.
final class CreateUser implements DocumentCommand {
  const CreateUser({
    required this.commandId,
    required this.email,
    required this.name,
    this.role,
    this.skills,
    this.capacity,
    this.zone,
    this.shifts,
    this.languages,
    this.exceptions,
    this.breaks,
    this.teamIds,
    this.mustChangePassword,
  });

  factory CreateUser.fromJson(Map<String, dynamic> json) => CreateUser(
    commandId: json['command_id'] as String,
    email: json['email'] as String,
    name: json['name'] as String,
    role: json['role'] as String?,
    skills: json['skills'] == null ? null : [for (final each in json['skills'] as List<dynamic>) SkillLevel.fromJson(each as Map<String, dynamic>)],
    capacity: json['capacity'] as int?,
    zone: json['zone'] as String?,
    shifts: json['shifts'] == null ? null : [for (final each in json['shifts'] as List<dynamic>) Shift.fromJson(each as Map<String, dynamic>)],
    languages: json['languages'] == null ? null : [for (final each in json['languages'] as List<dynamic>) each as String],
    exceptions: json['exceptions'] == null ? null : [for (final each in json['exceptions'] as List<dynamic>) ShiftException.fromJson(each as Map<String, dynamic>)],
    breaks: json['breaks'] == null ? null : [for (final each in json['breaks'] as List<dynamic>) Shift.fromJson(each as Map<String, dynamic>)],
    teamIds: json['team_ids'] == null ? null : [for (final each in json['team_ids'] as List<dynamic>) each as Id],
    mustChangePassword: json['must_change_password'] as bool?,
  );

  String get type => 'user.create';
  final String commandId;
  final String email;
  final String name;
  final String? role;
  final List<SkillLevel>? skills;
  final int? capacity;
  final String? zone;
  final List<Shift>? shifts;
  final List<String>? languages;
  final List<ShiftException>? exceptions;
  final List<Shift>? breaks;
  final List<Id>? teamIds;
  final bool? mustChangePassword;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'email': email,
    'name': name,
    if (role case final value?) 'role': value,
    if (skills case final value?) 'skills': [for (final each in value) each.toJson()],
    if (capacity case final value?) 'capacity': value,
    if (zone case final value?) 'zone': value,
    if (shifts case final value?) 'shifts': [for (final each in value) each.toJson()],
    if (languages case final value?) 'languages': value,
    if (exceptions case final value?) 'exceptions': [for (final each in value) each.toJson()],
    if (breaks case final value?) 'breaks': [for (final each in value) each.toJson()],
    if (teamIds case final value?) 'team_ids': value,
    if (mustChangePassword case final value?) 'must_change_password': value,
  };
}

/// A room to join; with `epoch` and `after`, from where it was seen last.
final class Cursor {
  const Cursor({
    required this.room,
    this.epoch,
    this.after,
  });

  factory Cursor.fromJson(Map<String, dynamic> json) => Cursor(
    room: json['room'] as String,
    epoch: json['epoch'] as String?,
    after: json['after'] as int?,
  );

  final String room;
  final String? epoch;
  final int? after;

  Map<String, dynamic> toJson() => {
    'room': room,
    if (epoch case final value?) 'epoch': value,
    if (after case final value?) 'after': value,
  };
}

/// What somebody said, `for_id` instead of whom where they are a deputy.
final class Decision {
  const Decision({
    required this.approverId,
    required this.forId,
    required this.level,
    required this.approved,
    required this.reason,
    required this.at,
  });

  factory Decision.fromJson(Map<String, dynamic> json) => Decision(
    approverId: json['approver_id'] as Id,
    forId: json['for_id'] as Id,
    level: json['level'] as int,
    approved: json['approved'] as bool,
    reason: json['reason'] as String?,
    at: json['at'] as Millis,
  );

  final Id approverId;
  final Id forId;
  final int level;
  final bool approved;
  final String? reason;
  final Millis at;

  Map<String, dynamic> toJson() => {
    'approver_id': approverId,
    'for_id': forId,
    'level': level,
    'approved': approved,
    'reason': reason,
    'at': at,
  };
}

/// Leave what one is offered to somebody else.
final class DeclineOffer implements TicketCommand {
  const DeclineOffer({
    required this.commandId,
    required this.ticketId,
  });

  factory DeclineOffer.fromJson(Map<String, dynamic> json) => DeclineOffer(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
  );

  String get type => 'ticket.decline_offer';
  final String commandId;
  final Id ticketId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
  };
}

final class DeleteArticle implements DocumentCommand {
  const DeleteArticle({
    required this.commandId,
    this.version,
    required this.articleId,
  });

  factory DeleteArticle.fromJson(Map<String, dynamic> json) => DeleteArticle(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    articleId: json['article_id'] as Id,
  );

  String get type => 'article.delete';
  final String commandId;
  final int? version;
  final Id articleId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'article_id': articleId,
  };
}

final class DeleteCalendar implements DocumentCommand {
  const DeleteCalendar({
    required this.commandId,
    this.version,
    required this.calendarId,
  });

  factory DeleteCalendar.fromJson(Map<String, dynamic> json) => DeleteCalendar(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    calendarId: json['calendar_id'] as Id,
  );

  String get type => 'calendar.delete';
  final String commandId;
  final int? version;
  final Id calendarId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'calendar_id': calendarId,
  };
}

final class DeleteCategory implements DocumentCommand {
  const DeleteCategory({
    required this.commandId,
    this.version,
    required this.categoryId,
  });

  factory DeleteCategory.fromJson(Map<String, dynamic> json) => DeleteCategory(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    categoryId: json['category_id'] as Id,
  );

  String get type => 'category.delete';
  final String commandId;
  final int? version;
  final Id categoryId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'category_id': categoryId,
  };
}

/// Erase somebody; their tickets stay under an id that says nothing.
final class DeleteContact implements DocumentCommand {
  const DeleteContact({
    required this.commandId,
    this.version,
    required this.contactId,
  });

  factory DeleteContact.fromJson(Map<String, dynamic> json) => DeleteContact(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    contactId: json['contact_id'] as Id,
  );

  String get type => 'contact.delete';
  final String commandId;
  final int? version;
  final Id contactId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'contact_id': contactId,
  };
}

final class DeleteInbox implements DocumentCommand {
  const DeleteInbox({
    required this.commandId,
    this.version,
    required this.inboxId,
  });

  factory DeleteInbox.fromJson(Map<String, dynamic> json) => DeleteInbox(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    inboxId: json['inbox_id'] as Id,
  );

  String get type => 'inbox.delete';
  final String commandId;
  final int? version;
  final Id inboxId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'inbox_id': inboxId,
  };
}

final class DeleteLeave implements DocumentCommand {
  const DeleteLeave({
    required this.commandId,
    this.version,
    required this.leaveId,
  });

  factory DeleteLeave.fromJson(Map<String, dynamic> json) => DeleteLeave(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    leaveId: json['leave_id'] as Id,
  );

  String get type => 'leave.delete';
  final String commandId;
  final int? version;
  final Id leaveId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'leave_id': leaveId,
  };
}

final class DeletePolicy implements DocumentCommand {
  const DeletePolicy({
    required this.commandId,
    this.version,
    required this.policyId,
  });

  factory DeletePolicy.fromJson(Map<String, dynamic> json) => DeletePolicy(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    policyId: json['policy_id'] as Id,
  );

  String get type => 'policy.delete';
  final String commandId;
  final int? version;
  final Id policyId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'policy_id': policyId,
  };
}

final class DeleteRole implements DocumentCommand {
  const DeleteRole({
    required this.commandId,
    this.version,
    required this.roleId,
  });

  factory DeleteRole.fromJson(Map<String, dynamic> json) => DeleteRole(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    roleId: json['role_id'] as Id,
  );

  String get type => 'role.delete';
  final String commandId;
  final int? version;
  final Id roleId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'role_id': roleId,
  };
}

final class DeleteSkill implements DocumentCommand {
  const DeleteSkill({
    required this.commandId,
    this.version,
    required this.skillId,
  });

  factory DeleteSkill.fromJson(Map<String, dynamic> json) => DeleteSkill(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    skillId: json['skill_id'] as Id,
  );

  String get type => 'skill.delete';
  final String commandId;
  final int? version;
  final Id skillId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'skill_id': skillId,
  };
}

final class DeleteTeam implements DocumentCommand {
  const DeleteTeam({
    required this.commandId,
    this.version,
    required this.teamId,
  });

  factory DeleteTeam.fromJson(Map<String, dynamic> json) => DeleteTeam(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    teamId: json['team_id'] as Id,
  );

  String get type => 'team.delete';
  final String commandId;
  final int? version;
  final Id teamId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'team_id': teamId,
  };
}

/// Empty a ticket for good; its stream stays as a row of tombstones.
final class DeleteTicket implements TicketCommand {
  const DeleteTicket({
    required this.commandId,
    required this.ticketId,
  });

  factory DeleteTicket.fromJson(Map<String, dynamic> json) => DeleteTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
  );

  String get type => 'ticket.delete';
  final String commandId;
  final Id ticketId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
  };
}

/// Erase somebody: nothing of the person stays but the id that their acts stand under.
final class DeleteUser implements DocumentCommand {
  const DeleteUser({
    required this.commandId,
    this.version,
    required this.userId,
  });

  factory DeleteUser.fromJson(Map<String, dynamic> json) => DeleteUser(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    userId: json['user_id'] as Id,
  );

  String get type => 'user.delete';
  final String commandId;
  final int? version;
  final Id userId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'user_id': userId,
  };
}

/// When mails come: each when it is due, or those of an hour or a day in one letter.
enum Digest {
  atOnce('at_once'),
  hourly('hourly'),
  daily('daily'),

  /// One that only a newer release knows.
  unknown('');

  const Digest(this.wire);

  final String wire;

  static Digest fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// What a person may ask of a plain document.
sealed class DocumentCommand {
  factory DocumentCommand.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'user.create' => CreateUser.fromJson(json),
    'user.update' => UpdateUser.fromJson(json),
    'user.delete' => DeleteUser.fromJson(json),
    'role.create' => CreateRole.fromJson(json),
    'role.update' => UpdateRole.fromJson(json),
    'role.delete' => DeleteRole.fromJson(json),
    'team.create' => CreateTeam.fromJson(json),
    'team.update' => UpdateTeam.fromJson(json),
    'team.add_member' => AddMember.fromJson(json),
    'team.remove_member' => RemoveMember.fromJson(json),
    'team.delete' => DeleteTeam.fromJson(json),
    'skill.create' => CreateSkill.fromJson(json),
    'skill.update' => UpdateSkill.fromJson(json),
    'skill.delete' => DeleteSkill.fromJson(json),
    'inbox.create' => CreateInbox.fromJson(json),
    'inbox.update' => UpdateInbox.fromJson(json),
    'inbox.renew_identity_secret' => RenewIdentitySecret.fromJson(json),
    'inbox.delete' => DeleteInbox.fromJson(json),
    'category.create' => CreateCategory.fromJson(json),
    'category.update' => UpdateCategory.fromJson(json),
    'category.delete' => DeleteCategory.fromJson(json),
    'article.create' => CreateArticle.fromJson(json),
    'article.update' => UpdateArticle.fromJson(json),
    'article.delete' => DeleteArticle.fromJson(json),
    'calendar.create' => CreateCalendar.fromJson(json),
    'calendar.update' => UpdateCalendar.fromJson(json),
    'calendar.delete' => DeleteCalendar.fromJson(json),
    'policy.create' => CreatePolicy.fromJson(json),
    'policy.update' => UpdatePolicy.fromJson(json),
    'policy.delete' => DeletePolicy.fromJson(json),
    'contact.create' => CreateContact.fromJson(json),
    'contact.update' => UpdateContact.fromJson(json),
    'contact.delete' => DeleteContact.fromJson(json),
    'contact.merge' => MergeContact.fromJson(json),
    'contact.block' => BlockContact.fromJson(json),
    'contact.unblock' => UnblockContact.fromJson(json),
    'leave.create' => CreateLeave.fromJson(json),
    'leave.follow' => FollowCalendar.fromJson(json),
    'leave.update' => UpdateLeave.fromJson(json),
    'leave.delete' => DeleteLeave.fromJson(json),
    'preferences.set' => SetPreferences.fromJson(json),
    _ => UnknownDocumentCommand(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownDocumentCommand implements DocumentCommand {
  const UnknownDocumentCommand(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

/// What somebody does in a room at the moment.
final class Doing {
  const Doing({
    required this.type,
    required this.from,
  });

  factory Doing.fromJson(Map<String, dynamic> json) => Doing(
    type: json['type'] as String,
    from: ActorRef.fromJson(json['from'] as Map<String, dynamic>),
  );

  final String type;
  final ActorRef from;

  Map<String, dynamic> toJson() => {
    'type': type,
    'from': from.toJson(),
  };
}

/// A command was carried out. `seq` is the head of the sender's audience after it.
final class Done {
  const Done({
    required this.seq,
    required this.result,
  });

  factory Done.fromJson(Map<String, dynamic> json) => Done(
    seq: json['seq'] as int,
    result: json['result'] as Map<String, dynamic>,
  );

  bool get ok => true;
  final int seq;
  final Map<String, dynamic> result;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'seq': seq,
    'result': result,
  };
}

final class DueChanged implements TicketEvent {
  const DueChanged({
    required this.v,
    required this.before,
    required this.dueAt,
  });

  factory DueChanged.fromJson(Map<String, dynamic> json) => DueChanged(
    v: json['v'] as int,
    before: json['before'] as Millis?,
    dueAt: json['due_at'] as Millis?,
  );

  String get type => 'ticket.due_changed';
  final int v;
  final Millis? before;
  final Millis? dueAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'due_at': dueAt,
  };
}

/// Another open ticket that seems to be about the same.
final class Duplicate {
  const Duplicate({
    required this.ticketId,
    required this.number,
    required this.likeness,
  });

  factory Duplicate.fromJson(Map<String, dynamic> json) => Duplicate(
    ticketId: json['ticket_id'] as Id,
    number: json['number'] as int,
    likeness: json['likeness'] as num,
  );

  final Id ticketId;
  final int number;
  final num likeness;

  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    'number': number,
    'likeness': likeness,
  };
}

final class EditMessage implements TicketCommand {
  const EditMessage({
    required this.commandId,
    required this.ticketId,
    required this.messageId,
    required this.body,
  });

  factory EditMessage.fromJson(Map<String, dynamic> json) => EditMessage(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    messageId: json['message_id'] as Id,
    body: json['body'] as String,
  );

  String get type => 'ticket.edit_message';
  final String commandId;
  final Id ticketId;
  final Id messageId;
  final String body;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'message_id': messageId,
    'body': body,
  };
}

final class EndBreak implements AgentCommand {
  const EndBreak({
    required this.commandId,
    required this.agentId,
  });

  factory EndBreak.fromJson(Map<String, dynamic> json) => EndBreak(
    commandId: json['command_id'] as String,
    agentId: json['agent_id'] as Id,
  );

  String get type => 'agent.end_break';
  final String commandId;
  final Id agentId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'agent_id': agentId,
  };
}

/// What became of an offer.
enum Ended {
  accepted('accepted'),
  declined('declined'),
  expired('expired'),
  withdrawn('withdrawn'),

  /// One that only a newer release knows.
  unknown('');

  const Ended(this.wire);

  final String wire;

  static Ended fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// One commit as one audience sees it; also one entry of a feed room. `prev` is the seq of the last envelope this room had before it (0: none). Events are plain dicts so that a node can pass on an event that only a newer release knows.
final class Envelope {
  const Envelope({
    required this.room,
    required this.epoch,
    required this.seq,
    required this.prev,
    required this.at,
    required this.actor,
    required this.commandId,
    required this.events,
  });

  factory Envelope.fromJson(Map<String, dynamic> json) => Envelope(
    room: json['room'] as String,
    epoch: json['epoch'] as String,
    seq: json['seq'] as int,
    prev: json['prev'] as int,
    at: json['at'] as Millis,
    actor: ActorRef.fromJson(json['actor'] as Map<String, dynamic>),
    commandId: json['command_id'] as String,
    events: [for (final each in json['events'] as List<dynamic>) each as Map<String, dynamic>],
  );

  final String room;
  final String epoch;
  final int seq;
  final int prev;
  final Millis at;
  final ActorRef actor;
  final String commandId;
  final List<Map<String, dynamic>> events;

  Map<String, dynamic> toJson() => {
    'room': room,
    'epoch': epoch,
    'seq': seq,
    'prev': prev,
    'at': at,
    'actor': actor.toJson(),
    'command_id': commandId,
    'events': events,
  };
}

/// The sentence that says most, by its place in the description: [start, end) in UTF-16 units, so that it goes with the words, and nothing of them is kept twice.
final class Excerpt {
  const Excerpt({
    required this.start,
    required this.end,
  });

  factory Excerpt.fromJson(Map<String, dynamic> json) => Excerpt(
    start: json['start'] as int,
    end: json['end'] as int,
  );

  final int start;
  final int end;

  Map<String, dynamic> toJson() => {
    'start': start,
    'end': end,
  };
}

/// A ticket as one audience has seen it.
final class Face {
  const Face({
    required this.head,
    required this.at,
    required this.messages,
    required this.said,
  });

  factory Face.fromJson(Map<String, dynamic> json) => Face(
    head: json['head'] as int,
    at: json['at'] as Millis,
    messages: json['messages'] as int,
    said: [for (final each in json['said'] as List<dynamic>) Said.fromJson(each as Map<String, dynamic>)],
  );

  final int head;
  final Millis at;
  final int messages;
  final List<Said> said;

  Map<String, dynamic> toJson() => {
    'head': head,
    'at': at,
    'messages': messages,
    'said': [for (final each in said) each.toJson()],
  };
}

/// Where a question goes that no article answers.
enum Fallback {
  person('person'),
  general('general'),

  /// One that only a newer release knows.
  unknown('');

  const Fallback(this.wire);

  final String wire;

  static Fallback fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class FeedAgent implements FeedEvent {
  const FeedAgent({
    required this.agentId,
    required this.seq,
    required this.agent,
    required this.v,
  });

  factory FeedAgent.fromJson(Map<String, dynamic> json) => FeedAgent(
    agentId: json['agent_id'] as Id,
    seq: json['seq'] as int,
    agent: json['agent'] == null ? null : Attendance.fromJson(json['agent'] as Map<String, dynamic>),
    v: json['v'] as int,
  );

  final Id agentId;
  final int seq;
  final Attendance? agent;
  String get type => 'feed.agent';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'agent_id': agentId,
    'seq': seq,
    'agent': agent?.toJson(),
    'type': type,
    'v': v,
  };
}

final class FeedCounter implements FeedEvent {
  const FeedCounter({
    required this.name,
    required this.seq,
    required this.value,
    required this.v,
  });

  factory FeedCounter.fromJson(Map<String, dynamic> json) => FeedCounter(
    name: json['name'] as String,
    seq: json['seq'] as int,
    value: json['value'] as int,
    v: json['v'] as int,
  );

  final String name;
  final int seq;
  final int value;
  String get type => 'feed.counter';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'name': name,
    'seq': seq,
    'value': value,
    'type': type,
    'v': v,
  };
}

/// What a feed room shows anew.
sealed class FeedEvent {
  factory FeedEvent.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'feed.row' => FeedRow.fromJson(json),
    'feed.counter' => FeedCounter.fromJson(json),
    'feed.agent' => FeedAgent.fromJson(json),
    'feed.notice' => FeedNotice.fromJson(json),
    _ => UnknownFeedEvent(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownFeedEvent implements FeedEvent {
  const UnknownFeedEvent(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

final class FeedNotice implements FeedEvent {
  const FeedNotice({
    required this.id,
    required this.seq,
    required this.notice,
    required this.v,
  });

  factory FeedNotice.fromJson(Map<String, dynamic> json) => FeedNotice(
    id: json['id'] as String,
    seq: json['seq'] as int,
    notice: json['notice'] == null ? null : NoticeShown.fromJson(json['notice'] as Map<String, dynamic>),
    v: json['v'] as int,
  );

  final String id;
  final int seq;
  final NoticeShown? notice;
  String get type => 'feed.notice';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'id': id,
    'seq': seq,
    'notice': notice?.toJson(),
    'type': type,
    'v': v,
  };
}

final class FeedRow implements FeedEvent {
  const FeedRow({
    required this.ticketId,
    required this.seq,
    required this.row,
    required this.v,
  });

  factory FeedRow.fromJson(Map<String, dynamic> json) => FeedRow(
    ticketId: json['ticket_id'] as Id,
    seq: json['seq'] as int,
    row: json['row'] == null ? null : Row.fromJson(json['row'] as Map<String, dynamic>),
    v: json['v'] as int,
  );

  final Id ticketId;
  final int seq;
  final Row? row;
  String get type => 'feed.row';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    'seq': seq,
    'row': row?.toJson(),
    'type': type,
    'v': v,
  };
}

/// `notices` are one's own newest; how many are unread says the counter `notices.unread`.
final class FeedSnapshot {
  const FeedSnapshot({
    required this.rows,
    required this.counters,
    required this.agents,
    required this.notices,
  });

  factory FeedSnapshot.fromJson(Map<String, dynamic> json) => FeedSnapshot(
    rows: [for (final each in json['rows'] as List<dynamic>) RowEntry.fromJson(each as Map<String, dynamic>)],
    counters: [for (final each in json['counters'] as List<dynamic>) CounterEntry.fromJson(each as Map<String, dynamic>)],
    agents: [for (final each in json['agents'] as List<dynamic>) AgentEntry.fromJson(each as Map<String, dynamic>)],
    notices: [for (final each in json['notices'] as List<dynamic>) NoticeEntry.fromJson(each as Map<String, dynamic>)],
  );

  final List<RowEntry> rows;
  final List<CounterEntry> counters;
  final List<AgentEntry> agents;
  final List<NoticeEntry> notices;

  Map<String, dynamic> toJson() => {
    'rows': [for (final each in rows) each.toJson()],
    'counters': [for (final each in counters) each.toJson()],
    'agents': [for (final each in agents) each.toJson()],
    'notices': [for (final each in notices) each.toJson()],
  };
}

final class FieldsChanged implements TicketEvent {
  const FieldsChanged({
    required this.v,
    required this.before,
    required this.fields,
  });

  factory FieldsChanged.fromJson(Map<String, dynamic> json) => FieldsChanged(
    v: json['v'] as int,
    before: {for (final entry in (json['before'] as Map<String, dynamic>).entries) entry.key: entry.value},
    fields: {for (final entry in (json['fields'] as Map<String, dynamic>).entries) entry.key: entry.value},
  );

  String get type => 'ticket.fields_changed';
  final int v;
  final Map<String, Object?> before;
  final Map<String, Object?> fields;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'fields': fields,
  };
}

/// What is wrong with a field that a refusal names; clients say it in their reader's words.
enum Flaw {
  circle('circle'),
  endsFirst('ends_first'),
  missing('missing'),
  neverOpen('never_open'),
  noHours('no_hours'),
  noTarget('no_target'),
  noTime('no_time'),
  notForThis('not_for_this'),
  notStaff('not_staff'),
  oneOfTwo('one_of_two'),
  overlap('overlap'),
  overAYear('over_a_year'),
  strangeDate('strange_date'),
  taken('taken'),
  tooLong('too_long'),
  twice('twice'),
  unknown('unknown'),

  /// One that only a newer release knows.
  unknown('');

  const Flaw(this.wire);

  final String wire;

  static Flaw fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Take somebody's leave from a calendar, as long as it is followed.
final class FollowCalendar implements DocumentCommand {
  const FollowCalendar({
    required this.commandId,
    required this.userId,
    required this.url,
    this.note,
  });

  factory FollowCalendar.fromJson(Map<String, dynamic> json) => FollowCalendar(
    commandId: json['command_id'] as String,
    userId: json['user_id'] as Id,
    url: json['url'] as String,
    note: json['note'] as String?,
  );

  String get type => 'leave.follow';
  final String commandId;
  final Id userId;
  final String url;
  final String? note;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'user_id': userId,
    'url': url,
    if (note case final value?) 'note': value,
  };
}

/// The best first; the scores of two questions do not compare.
final class Found {
  const Found({
    required this.items,
  });

  factory Found.fromJson(Map<String, dynamic> json) => Found(
    items: [for (final each in json['items'] as List<dynamic>) FoundArticle.fromJson(each as Map<String, dynamic>)],
  );

  bool get ok => true;
  final List<FoundArticle> items;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'items': [for (final each in items) each.toJson()],
  };
}

final class FoundArticle {
  const FoundArticle({
    required this.id,
    required this.title,
    required this.summary,
    required this.category,
    required this.language,
    required this.reach,
    required this.stage,
    required this.score,
    required this.highlights,
  });

  factory FoundArticle.fromJson(Map<String, dynamic> json) => FoundArticle(
    id: json['id'] as Id,
    title: json['title'] as String,
    summary: json['summary'] as String,
    category: json['category'] as Id?,
    language: json['language'] as String,
    reach: Reach.fromJson(json['reach']),
    stage: Stage.fromJson(json['stage']),
    score: json['score'] as num,
    highlights: [for (final each in json['highlights'] as List<dynamic>) Highlighted.fromJson(each as Map<String, dynamic>)],
  );

  final Id id;
  final String title;
  final String summary;
  final Id? category;
  final String language;
  final Reach reach;
  final Stage stage;
  final num score;
  final List<Highlighted> highlights;

  Map<String, dynamic> toJson() => {
    'id': id,
    'title': title,
    'summary': summary,
    'category': category,
    'language': language,
    'reach': reach.toJson(),
    'stage': stage.toJson(),
    'score': score,
    'highlights': [for (final each in highlights) each.toJson()],
  };
}

/// One guess. `values` are a category's id, a priority, or the ids of skills.
final class Guess {
  const Guess({
    required this.field,
    required this.values,
    required this.confidence,
    required this.state,
  });

  factory Guess.fromJson(Map<String, dynamic> json) => Guess(
    field: Guessed.fromJson(json['field']),
    values: [for (final each in json['values'] as List<dynamic>) each as String],
    confidence: json['confidence'] as num,
    state: GuessState.fromJson(json['state']),
  );

  final Guessed field;
  final List<String> values;
  final num confidence;
  final GuessState state;

  Map<String, dynamic> toJson() => {
    'field': field.toJson(),
    'values': values,
    'confidence': confidence,
    'state': state.toJson(),
  };
}

/// What somebody says of a guess; before it, in the same commit, what they changed by that.
final class GuessJudged implements TicketEvent {
  const GuessJudged({
    required this.v,
    required this.field,
    required this.verdict,
  });

  factory GuessJudged.fromJson(Map<String, dynamic> json) => GuessJudged(
    v: json['v'] as int,
    field: Guessed.fromJson(json['field']),
    verdict: Verdict.fromJson(json['verdict']),
  );

  String get type => 'ticket.guess_judged';
  final int v;
  final Guessed field;
  final Verdict verdict;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'field': field.toJson(),
    'verdict': verdict.toJson(),
  };
}

/// `overruled` where people set the field to something else, before or after it counted.
enum GuessState {
  suggested('suggested'),
  applied('applied'),
  taken('taken'),
  dismissed('dismissed'),
  overruled('overruled'),

  /// One that only a newer release knows.
  unknown('');

  const GuessState(this.wire);

  final String wire;

  static GuessState fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// The fields of a ticket that are guessed.
enum Guessed {
  category('category'),
  priority('priority'),
  skills('skills'),

  /// One that only a newer release knows.
  unknown('');

  const Guessed(this.wire);

  final String wire;

  static Guessed fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Why people go on with a ticket.
enum HandOver {
  asked('asked'),
  nothingFound('nothing_found'),
  unsure('unsure'),
  loop('loop'),
  failed('failed'),
  notHelpful('not_helpful'),
  taken('taken'),

  /// One that only a newer release knows.
  unknown('');

  const HandOver(this.wire);

  final String wire;

  static HandOver fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Something of the moment in a room.
final class Heard implements HeardSignal {
  const Heard({
    required this.type,
    required this.from,
    required this.active,
    required this.baseSeq,
    required this.room,
  });

  factory Heard.fromJson(Map<String, dynamic> json) => Heard(
    type: json['type'] as String,
    from: ActorRef.fromJson(json['from'] as Map<String, dynamic>),
    active: json['active'] as bool,
    baseSeq: json['base_seq'] as int,
    room: json['room'] as String,
  );

  final String type;
  final ActorRef from;
  final bool active;
  final int baseSeq;
  final String room;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'from': from.toJson(),
    'active': active,
    'base_seq': baseSeq,
    'room': room,
  };
}

/// What is of the moment: carried, never stored.
sealed class HeardSignal {
  factory HeardSignal.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'typing' => Heard.fromJson(json),
    'viewing' => Heard.fromJson(json),
    'several' => HeardTogether.fromJson(json),
    'marker' => MarkerMoved.fromJson(json),
    'assistant.delta' => AssistantDelta.fromJson(json),
    _ => UnknownHeardSignal(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownHeardSignal implements HeardSignal {
  const UnknownHeardSignal(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

/// What changed within a moment in a room of many members.
final class HeardTogether implements HeardSignal {
  const HeardTogether({
    required this.room,
    required this.signals,
  });

  factory HeardTogether.fromJson(Map<String, dynamic> json) => HeardTogether(
    room: json['room'] as String,
    signals: [for (final each in json['signals'] as List<dynamic>) Changed.fromJson(each as Map<String, dynamic>)],
  );

  final String room;
  String get type => 'several';
  final List<Changed> signals;

  @override
  Map<String, dynamic> toJson() => {
    'room': room,
    'type': type,
    'signals': [for (final each in signals) each.toJson()],
  };
}

/// Capacity held for a ticket. `as_of` is the ticket's seq that the weight was read at: an older one never overwrites.
final class Held {
  const Held({
    required this.ticketId,
    required this.weight,
    required this.confirmed,
    required this.asOf,
  });

  factory Held.fromJson(Map<String, dynamic> json) => Held(
    ticketId: json['ticket_id'] as Id,
    weight: json['weight'] as int,
    confirmed: json['confirmed'] as bool,
    asOf: json['as_of'] as int,
  );

  final Id ticketId;
  final int weight;
  final bool confirmed;
  final int asOf;

  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    'weight': weight,
    'confirmed': confirmed,
    'as_of': asOf,
  };
}

/// Socket.IO's `auth`. What a later client adds is ignored.
final class Hello {
  const Hello({
    this.token,
    required this.protocol,
  });

  factory Hello.fromJson(Map<String, dynamic> json) => Hello(
    token: json['token'] as String?,
    protocol: json['protocol'] as int,
  );

  final String? token;
  final int protocol;

  Map<String, dynamic> toJson() => {
    if (token case final value?) 'token': value,
    'protocol': protocol,
  };
}

/// A piece of a field; `ranges` are [start, end) in characters, where the words stand.
final class Highlighted {
  const Highlighted({
    required this.field,
    required this.text,
    required this.ranges,
  });

  factory Highlighted.fromJson(Map<String, dynamic> json) => Highlighted(
    field: json['field'] as String,
    text: json['text'] as String,
    ranges: [for (final each in json['ranges'] as List<dynamic>) [for (final each in each as List<dynamic>) each as int]],
  );

  final String field;
  final String text;
  final List<List<int>> ranges;

  Map<String, dynamic> toJson() => {
    'field': field,
    'text': text,
    'ranges': ranges,
  };
}

/// A day on which a desk stays closed.
final class Holiday {
  const Holiday({
    required this.date,
    required this.name,
  });

  factory Holiday.fromJson(Map<String, dynamic> json) => Holiday(
    date: json['date'] as String,
    name: json['name'] as String,
  );

  final String date;
  final String name;

  Map<String, dynamic> toJson() => {
    'date': date,
    'name': name,
  };
}

/// From one time of day to another; an `end` that is not after `start` is on the next day.
final class Hours {
  const Hours({
    required this.start,
    required this.end,
  });

  factory Hours.fromJson(Map<String, dynamic> json) => Hours(
    start: json['start'] as String,
    end: json['end'] as String,
  );

  final String start;
  final String end;

  Map<String, dynamic> toJson() => {
    'start': start,
    'end': end,
  };
}

/// How a supervisor took part.
enum Intervention {
  observe('observe'),
  barge('barge'),
  takeOver('take_over'),

  /// One that only a newer release knows.
  unknown('');

  const Intervention(this.wire);

  final String wire;

  static Intervention fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class Join {
  const Join({
    required this.rooms,
  });

  factory Join.fromJson(Map<String, dynamic> json) => Join(
    rooms: [for (final each in json['rooms'] as List<dynamic>) Cursor.fromJson(each as Map<String, dynamic>)],
  );

  final List<Cursor> rooms;

  Map<String, dynamic> toJson() => {
    'rooms': [for (final each in rooms) each.toJson()],
  };
}

final class JoinAnswer {
  const JoinAnswer({
    required this.rooms,
  });

  factory JoinAnswer.fromJson(Map<String, dynamic> json) => JoinAnswer(
    rooms: [for (final each in json['rooms'] as List<dynamic>) each as Map<String, dynamic>],
  );

  bool get ok => true;
  final List<Map<String, dynamic>> rooms;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'rooms': rooms,
  };
}

/// Take a guess, or dismiss it; one that counts already is taken back by that.
final class JudgeGuess implements TicketCommand {
  const JudgeGuess({
    required this.commandId,
    required this.ticketId,
    required this.field,
    required this.verdict,
  });

  factory JudgeGuess.fromJson(Map<String, dynamic> json) => JudgeGuess(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    field: Guessed.fromJson(json['field']),
    verdict: Verdict.fromJson(json['verdict']),
  );

  String get type => 'ticket.judge_guess';
  final String commandId;
  final Id ticketId;
  final Guessed field;
  final Verdict verdict;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'field': field.toJson(),
    'verdict': verdict.toJson(),
  };
}

/// What somebody does not know well enough: their level of it, 0 for none, and the least.
final class Lack {
  const Lack({
    required this.skillId,
    required this.level,
    required this.least,
  });

  factory Lack.fromJson(Map<String, dynamic> json) => Lack(
    skillId: json['skill_id'] as Id,
    level: json['level'] as int,
    least: json['least'] as int,
  );

  final Id skillId;
  final int level;
  final int least;

  Map<String, dynamic> toJson() => {
    'skill_id': skillId,
    'level': level,
    'least': least,
  };
}

/// What we write in.
enum Language {
  en('en'),
  es('es'),

  /// One that only a newer release knows.
  unknown('');

  const Language(this.wire);

  final String wire;

  static Language fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// What somebody carried on an average of so much time at work, eight hours of it at most.
final class Lately {
  const Lately({
    required this.load,
    required this.worked,
  });

  factory Lately.fromJson(Map<String, dynamic> json) => Lately(
    load: json['load'] as num,
    worked: json['worked'] as Millis,
  );

  final num load;
  final Millis worked;

  Map<String, dynamic> toJson() => {
    'load': load,
    'worked': worked,
  };
}

final class Leave {
  const Leave({
    required this.rooms,
  });

  factory Leave.fromJson(Map<String, dynamic> json) => Leave(
    rooms: [for (final each in json['rooms'] as List<dynamic>) each as String],
  );

  final List<String> rooms;

  Map<String, dynamic> toJson() => {
    'rooms': rooms,
  };
}

/// The server took somebody out of a room; the reason `resync` asks to join again.
final class Left {
  const Left({
    required this.room,
    required this.reason,
  });

  factory Left.fromJson(Map<String, dynamic> json) => Left(
    room: json['room'] as String,
    reason: json['reason'] as String,
  );

  final String room;
  final String reason;

  Map<String, dynamic> toJson() => {
    'room': room,
    'reason': reason,
  };
}

/// Those who are asked together.
final class Level {
  const Level({
    required this.approverIds,
    required this.rule,
  });

  factory Level.fromJson(Map<String, dynamic> json) => Level(
    approverIds: [for (final each in json['approver_ids'] as List<dynamic>) each as Id],
    rule: Rule.fromJson(json['rule']),
  );

  final List<Id> approverIds;
  final Rule rule;

  Map<String, dynamic> toJson() => {
    'approver_ids': approverIds,
    'rule': rule.toJson(),
  };
}

/// Those who are asked together.
final class LevelInput {
  const LevelInput({
    required this.approverIds,
    this.rule,
  });

  factory LevelInput.fromJson(Map<String, dynamic> json) => LevelInput(
    approverIds: [for (final each in json['approver_ids'] as List<dynamic>) each as Id],
    rule: json['rule'] == null ? null : Rule.fromJson(json['rule']),
  );

  final List<Id> approverIds;
  final Rule? rule;

  Map<String, dynamic> toJson() => {
    'approver_ids': approverIds,
    if (rule case final value?) 'rule': value.toJson(),
  };
}

/// How far the sender got in a ticket, as seqs of the room they are in.
final class Mark {
  const Mark({
    required this.ticketId,
    this.delivered,
    this.read,
  });

  factory Mark.fromJson(Map<String, dynamic> json) => Mark(
    ticketId: json['ticket_id'] as String,
    delivered: json['delivered'] as int?,
    read: json['read'] as int?,
  );

  final String ticketId;
  final int? delivered;
  final int? read;

  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    if (delivered case final value?) 'delivered': value,
    if (read case final value?) 'read': value,
  };
}

/// How far the sender's marker is now.
final class Marked {
  const Marked({
    required this.delivered,
    required this.read,
  });

  factory Marked.fromJson(Map<String, dynamic> json) => Marked(
    delivered: json['delivered'] as int,
    read: json['read'] as int,
  );

  bool get ok => true;
  final int delivered;
  final int read;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'delivered': delivered,
    'read': read,
  };
}

/// How far somebody got in a ticket, in seqs; both only move up.
final class Marker {
  const Marker({
    required this.person,
    required this.kind,
    required this.delivered,
    required this.read,
  });

  factory Marker.fromJson(Map<String, dynamic> json) => Marker(
    person: json['person'] as String,
    kind: ActorKind.fromJson(json['kind']),
    delivered: json['delivered'] as int,
    read: json['read'] as int,
  );

  final String person;
  final ActorKind kind;
  final int delivered;
  final int read;

  Map<String, dynamic> toJson() => {
    'person': person,
    'kind': kind.toJson(),
    'delivered': delivered,
    'read': read,
  };
}

final class MarkerMoved implements HeardSignal {
  const MarkerMoved({
    required this.person,
    required this.kind,
    required this.delivered,
    required this.read,
    required this.room,
  });

  factory MarkerMoved.fromJson(Map<String, dynamic> json) => MarkerMoved(
    person: json['person'] as String,
    kind: ActorKind.fromJson(json['kind']),
    delivered: json['delivered'] as int,
    read: json['read'] as int,
    room: json['room'] as String,
  );

  final String person;
  final ActorKind kind;
  final int delivered;
  final int read;
  final String room;
  String get type => 'marker';

  @override
  Map<String, dynamic> toJson() => {
    'person': person,
    'kind': kind.toJson(),
    'delivered': delivered,
    'read': read,
    'room': room,
    'type': type,
  };
}

/// Make two contacts one: `into_id` survives and has the tickets of both.
final class MergeContact implements DocumentCommand {
  const MergeContact({
    required this.commandId,
    this.version,
    required this.contactId,
    required this.intoId,
  });

  factory MergeContact.fromJson(Map<String, dynamic> json) => MergeContact(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    contactId: json['contact_id'] as Id,
    intoId: json['into_id'] as Id,
  );

  String get type => 'contact.merge';
  final String commandId;
  final int? version;
  final Id contactId;
  final Id intoId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'contact_id': contactId,
    'into_id': intoId,
  };
}

/// One message of a ticket. A redacted one keeps its place and author, and no text.
final class Message {
  const Message({
    required this.id,
    required this.ticketId,
    required this.seq,
    required this.at,
    required this.author,
    required this.visibility,
    required this.body,
    required this.mentions,
    required this.attachments,
    required this.whisper,
    required this.sources,
    required this.level,
    required this.helpful,
    required this.editedAt,
    required this.redactedAt,
    required this.edits,
  });

  factory Message.fromJson(Map<String, dynamic> json) => Message(
    id: json['id'] as Id,
    ticketId: json['ticket_id'] as Id,
    seq: json['seq'] as int,
    at: json['at'] as Millis,
    author: ActorRef.fromJson(json['author'] as Map<String, dynamic>),
    visibility: Visibility.fromJson(json['visibility']),
    body: json['body'] as String,
    mentions: [for (final each in json['mentions'] as List<dynamic>) each as Id],
    attachments: [for (final each in json['attachments'] as List<dynamic>) Attachment.fromJson(each as Map<String, dynamic>)],
    whisper: json['whisper'] as bool,
    sources: [for (final each in json['sources'] as List<dynamic>) Source.fromJson(each as Map<String, dynamic>)],
    level: json['level'] == null ? null : AssistantLevel.fromJson(json['level']),
    helpful: json['helpful'] as bool?,
    editedAt: json['edited_at'] as Millis?,
    redactedAt: json['redacted_at'] as Millis?,
    edits: [for (final each in json['edits'] as List<dynamic>) each as int],
  );

  final Id id;
  final Id ticketId;
  final int seq;
  final Millis at;
  final ActorRef author;
  final Visibility visibility;
  final String body;
  final List<Id> mentions;
  final List<Attachment> attachments;
  final bool whisper;
  final List<Source> sources;
  final AssistantLevel? level;
  final bool? helpful;
  final Millis? editedAt;
  final Millis? redactedAt;
  final List<int> edits;

  Map<String, dynamic> toJson() => {
    'id': id,
    'ticket_id': ticketId,
    'seq': seq,
    'at': at,
    'author': author.toJson(),
    'visibility': visibility.toJson(),
    'body': body,
    'mentions': mentions,
    'attachments': [for (final each in attachments) each.toJson()],
    'whisper': whisper,
    'sources': [for (final each in sources) each.toJson()],
    'level': level?.toJson(),
    'helpful': helpful,
    'edited_at': editedAt,
    'redacted_at': redactedAt,
    'edits': edits,
  };
}

final class MessageEdited implements TicketEvent {
  const MessageEdited({
    required this.v,
    required this.messageId,
    required this.visibility,
    required this.body,
  });

  factory MessageEdited.fromJson(Map<String, dynamic> json) => MessageEdited(
    v: json['v'] as int,
    messageId: json['message_id'] as Id,
    visibility: Visibility.fromJson(json['visibility']),
    body: json['body'] as String,
  );

  String get type => 'message.edited';
  final int v;
  final Id messageId;
  final Visibility visibility;
  final String body;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'message_id': messageId,
    'visibility': visibility.toJson(),
    'body': body,
  };
}

final class MessagePosted implements TicketEvent {
  const MessagePosted({
    required this.v,
    required this.messageId,
    required this.visibility,
    required this.body,
    required this.author,
    required this.mentions,
    required this.attachments,
    required this.whisper,
    required this.sources,
    required this.level,
  });

  factory MessagePosted.fromJson(Map<String, dynamic> json) => MessagePosted(
    v: json['v'] as int,
    messageId: json['message_id'] as Id,
    visibility: Visibility.fromJson(json['visibility']),
    body: json['body'] as String,
    author: ActorRef.fromJson(json['author'] as Map<String, dynamic>),
    mentions: [for (final each in json['mentions'] as List<dynamic>) each as Id],
    attachments: [for (final each in json['attachments'] as List<dynamic>) Attachment.fromJson(each as Map<String, dynamic>)],
    whisper: json['whisper'] as bool,
    sources: [for (final each in json['sources'] as List<dynamic>) Source.fromJson(each as Map<String, dynamic>)],
    level: json['level'] == null ? null : AssistantLevel.fromJson(json['level']),
  );

  String get type => 'message.posted';
  final int v;
  final Id messageId;
  final Visibility visibility;
  final String body;
  final ActorRef author;
  final List<Id> mentions;
  final List<Attachment> attachments;
  final bool whisper;
  final List<Source> sources;
  final AssistantLevel? level;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'message_id': messageId,
    'visibility': visibility.toJson(),
    'body': body,
    'author': author.toJson(),
    'mentions': mentions,
    'attachments': [for (final each in attachments) each.toJson()],
    'whisper': whisper,
    'sources': [for (final each in sources) each.toJson()],
    'level': level?.toJson(),
  };
}

/// The text is gone already when this is seen.
final class MessageRedacted implements TicketEvent {
  const MessageRedacted({
    required this.v,
    required this.messageId,
    required this.visibility,
  });

  factory MessageRedacted.fromJson(Map<String, dynamic> json) => MessageRedacted(
    v: json['v'] as int,
    messageId: json['message_id'] as Id,
    visibility: Visibility.fromJson(json['visibility']),
  );

  String get type => 'message.redacted';
  final int v;
  final Id messageId;
  final Visibility visibility;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'message_id': messageId,
    'visibility': visibility.toJson(),
  };
}

/// What a clock measures.
enum Metric {
  firstResponse('first_response'),
  nextResponse('next_response'),
  resolution('resolution'),

  /// One that only a newer release knows.
  unknown('');

  const Metric(this.wire);

  final String wire;

  static Metric fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// How the requester sounds.
enum Mood {
  glad('glad'),
  calm('calm'),
  upset('upset'),

  /// One that only a newer release knows.
  unknown('');

  const Mood(this.wire);

  final String wire;

  static Mood fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// `notice` is null where it was taken back; an older seq than the known is dropped.
final class NoticeEntry {
  const NoticeEntry({
    required this.id,
    required this.seq,
    required this.notice,
  });

  factory NoticeEntry.fromJson(Map<String, dynamic> json) => NoticeEntry(
    id: json['id'] as String,
    seq: json['seq'] as int,
    notice: json['notice'] == null ? null : NoticeShown.fromJson(json['notice'] as Map<String, dynamic>),
  );

  final String id;
  final int seq;
  final NoticeShown? notice;

  Map<String, dynamic> toJson() => {
    'id': id,
    'seq': seq,
    'notice': notice?.toJson(),
  };
}

/// What somebody is told of.
enum NoticeKind {
  assigned('assigned'),
  offered('offered'),
  status('status'),
  mentioned('mentioned'),
  answered('answered'),
  whispered('whispered'),
  takenOver('taken_over'),
  slaWarned('sla_warned'),
  slaBreached('sla_breached'),
  slaEscalated('sla_escalated'),
  approvalAsked('approval_asked'),
  approvalDecided('approval_decided'),
  accountCreated('account_created'),

  /// One that only a newer release knows.
  unknown('');

  const NoticeKind(this.wire);

  final String wire;

  static NoticeKind fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// What somebody is told, by ids; `detail` says which status, target or decision it is.
final class NoticeShown {
  const NoticeShown({
    required this.kind,
    required this.at,
    required this.actor,
    required this.ticketId,
    required this.number,
    required this.messageId,
    required this.detail,
    required this.readAt,
  });

  factory NoticeShown.fromJson(Map<String, dynamic> json) => NoticeShown(
    kind: NoticeKind.fromJson(json['kind']),
    at: json['at'] as Millis,
    actor: ActorRef.fromJson(json['actor'] as Map<String, dynamic>),
    ticketId: json['ticket_id'] as Id?,
    number: json['number'] as int?,
    messageId: json['message_id'] as Id?,
    detail: {for (final entry in (json['detail'] as Map<String, dynamic>).entries) entry.key: entry.value},
    readAt: json['read_at'] as Millis?,
  );

  final NoticeKind kind;
  final Millis at;
  final ActorRef actor;
  final Id? ticketId;
  final int? number;
  final Id? messageId;
  final Map<String, Object?> detail;
  final Millis? readAt;

  Map<String, dynamic> toJson() => {
    'kind': kind.toJson(),
    'at': at,
    'actor': actor.toJson(),
    'ticket_id': ticketId,
    'number': number,
    'message_id': messageId,
    'detail': detail,
    'read_at': readAt,
  };
}

/// Say that one looks on: the log of the ticket has it, and staff see it.
final class Observe implements TicketCommand {
  const Observe({
    required this.commandId,
    required this.ticketId,
  });

  factory Observe.fromJson(Map<String, dynamic> json) => Observe(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
  );

  String get type => 'ticket.observe';
  final String commandId;
  final Id ticketId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
  };
}

/// Held for one agent until they answer. `seq` is the generation of its timer.
final class Offer {
  const Offer({
    required this.agentId,
    required this.until,
    required this.reservation,
    required this.seq,
  });

  factory Offer.fromJson(Map<String, dynamic> json) => Offer(
    agentId: json['agent_id'] as Id,
    until: json['until'] as Millis,
    reservation: json['reservation'] as String,
    seq: json['seq'] as int,
  );

  final Id agentId;
  final Millis until;
  final String reservation;
  final int seq;

  Map<String, dynamic> toJson() => {
    'agent_id': agentId,
    'until': until,
    'reservation': reservation,
    'seq': seq,
  };
}

/// Where the ticket was accepted, it stands after the assignment, which so keeps what the offer held; in all other cases before.
final class OfferEnded implements TicketEvent {
  const OfferEnded({
    required this.v,
    required this.agentId,
    required this.outcome,
  });

  factory OfferEnded.fromJson(Map<String, dynamic> json) => OfferEnded(
    v: json['v'] as int,
    agentId: json['agent_id'] as Id,
    outcome: Ended.fromJson(json['outcome']),
  );

  String get type => 'ticket.offer_ended';
  final int v;
  final Id agentId;
  final Ended outcome;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'agent_id': agentId,
    'outcome': outcome.toJson(),
  };
}

/// Open on some days of every week; an `end` that is not after `start` is on the next day.
final class OpenHours {
  const OpenHours({
    required this.days,
    required this.start,
    required this.end,
  });

  factory OpenHours.fromJson(Map<String, dynamic> json) => OpenHours(
    days: [for (final each in json['days'] as List<dynamic>) Weekday.fromJson(each)],
    start: json['start'] as String,
    end: json['end'] as String,
  );

  final List<Weekday> days;
  final String start;
  final String end;

  Map<String, dynamic> toJson() => {
    'days': [for (final each in days) each.toJson()],
    'start': start,
    'end': end,
  };
}

/// Open a ticket. Its id is derived from who opens it and the command id.
final class OpenTicket implements TicketCommand {
  const OpenTicket({
    required this.commandId,
    required this.title,
    required this.body,
    this.priority,
    this.category,
    this.inboxId,
    this.requesterId,
    this.channel,
    this.dueAt,
    this.tags,
    this.fields,
    this.requiredSkills,
    this.skillLevels,
    this.attachments,
  });

  factory OpenTicket.fromJson(Map<String, dynamic> json) => OpenTicket(
    commandId: json['command_id'] as String,
    title: json['title'] as String,
    body: json['body'] as String,
    priority: json['priority'] == null ? null : Priority.fromJson(json['priority']),
    category: json['category'] as Id?,
    inboxId: json['inbox_id'] as Id?,
    requesterId: json['requester_id'] as Id?,
    channel: json['channel'] == null ? null : Channel.fromJson(json['channel']),
    dueAt: json['due_at'] as Millis?,
    tags: json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String],
    fields: json['fields'] == null ? null : {for (final entry in (json['fields'] as Map<String, dynamic>).entries) entry.key: entry.value},
    requiredSkills: json['required_skills'] == null ? null : [for (final each in json['required_skills'] as List<dynamic>) each as Id],
    skillLevels: json['skill_levels'] == null ? null : {for (final entry in (json['skill_levels'] as Map<String, dynamic>).entries) entry.key: entry.value as int},
    attachments: json['attachments'] == null ? null : [for (final each in json['attachments'] as List<dynamic>) each as Id],
  );

  String get type => 'ticket.open';
  final String commandId;
  final String title;
  final String body;
  final Priority? priority;
  final Id? category;
  final Id? inboxId;
  final Id? requesterId;
  final Channel? channel;
  final Millis? dueAt;
  final List<String>? tags;
  final Map<String, Object?>? fields;
  final List<Id>? requiredSkills;
  final Map<String, int>? skillLevels;
  final List<Id>? attachments;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'title': title,
    'body': body,
    if (priority case final value?) 'priority': value.toJson(),
    if (category case final value?) 'category': value,
    if (inboxId case final value?) 'inbox_id': value,
    if (requesterId case final value?) 'requester_id': value,
    if (channel case final value?) 'channel': value.toJson(),
    if (dueAt case final value?) 'due_at': value,
    if (tags case final value?) 'tags': value,
    if (fields case final value?) 'fields': value,
    if (requiredSkills case final value?) 'required_skills': value,
    if (skillLevels case final value?) 'skill_levels': value,
    if (attachments case final value?) 'attachments': value,
  };
}

/// What can be allowed. The part before the dot is what it is about.
enum Permission {
  ticketRead('ticket.read'),
  ticketOpen('ticket.open'),
  ticketOpenForOthers('ticket.open_for_others'),
  ticketReply('ticket.reply'),
  ticketNote('ticket.note'),
  ticketAssign('ticket.assign'),
  ticketSetStatus('ticket.set_status'),
  ticketUpdate('ticket.update'),
  ticketDelete('ticket.delete'),
  ticketSupervise('ticket.supervise'),
  messageRedact('message.redact'),
  agentRead('agent.read'),
  agentManage('agent.manage'),
  contactRead('contact.read'),
  contactManage('contact.manage'),
  wallboardView('wallboard.view'),
  catalogRead('catalog.read'),
  articleManage('article.manage'),
  peopleRead('people.read'),
  peopleManage('people.manage'),
  settingsManage('settings.manage'),

  /// One that only a newer release knows.
  unknown('');

  const Permission(this.wire);

  final String wire;

  static Permission fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Somebody's name. Events name people by id only.
final class Person {
  const Person({
    required this.name,
    required this.kind,
    this.colour,
  });

  factory Person.fromJson(Map<String, dynamic> json) => Person(
    name: json['name'] as String,
    kind: ActorKind.fromJson(json['kind']),
    colour: json['colour'] as String?,
  );

  final String name;
  final ActorKind kind;
  final String? colour;

  Map<String, dynamic> toJson() => {
    'name': name,
    'kind': kind.toJson(),
    if (colour case final value?) 'colour': value,
  };
}

enum Priority {
  low('low'),
  medium('medium'),
  high('high'),
  urgent('urgent'),

  /// One that only a newer release knows.
  unknown('');

  const Priority(this.wire);

  final String wire;

  static Priority fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class PriorityChanged implements TicketEvent {
  const PriorityChanged({
    required this.v,
    required this.before,
    required this.priority,
  });

  factory PriorityChanged.fromJson(Map<String, dynamic> json) => PriorityChanged(
    v: json['v'] as int,
    before: Priority.fromJson(json['before']),
    priority: Priority.fromJson(json['priority']),
  );

  String get type => 'ticket.priority_changed';
  final int v;
  final Priority before;
  final Priority priority;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before.toJson(),
    'priority': priority.toJson(),
  };
}

/// Every day, on the clock of where somebody is; an `end` before `start` is on the next day.
final class QuietHours {
  const QuietHours({
    required this.start,
    required this.end,
  });

  factory QuietHours.fromJson(Map<String, dynamic> json) => QuietHours(
    start: json['start'] as String,
    end: json['end'] as String,
  );

  final String start;
  final String end;

  Map<String, dynamic> toJson() => {
    'start': start,
    'end': end,
  };
}

/// The client's: whether an answer helped.
final class RateAnswer implements TicketCommand {
  const RateAnswer({
    required this.commandId,
    required this.ticketId,
    required this.messageId,
    required this.helpful,
  });

  factory RateAnswer.fromJson(Map<String, dynamic> json) => RateAnswer(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    messageId: json['message_id'] as Id,
    helpful: json['helpful'] as bool,
  );

  String get type => 'assistant.rate';
  final String commandId;
  final Id ticketId;
  final Id messageId;
  final bool helpful;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'message_id': messageId,
    'helpful': helpful,
  };
}

/// Who may read an article once it is published.
enum Reach {
  public('public'),
  staff('staff'),

  /// One that only a newer release knows.
  unknown('');

  const Reach(this.wire);

  final String wire;

  static Reach fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Why somebody is given work or not, in the order in which it is asked. Who is `reachable` has no connection, but a device that push reaches: they can be offered work, not given it.
enum Reason {
  inactive('inactive'),
  onLeave('on_leave'),
  offShift('off_shift'),
  onBreak('on_break'),
  away('away'),
  busy('busy'),
  notAnswering('not_answering'),
  shiftEnding('shift_ending'),
  notConnected('not_connected'),
  full('full'),
  reachable('reachable'),
  available('available'),

  /// One that only a newer release knows.
  unknown('');

  const Reason(this.wire);

  final String wire;

  static Reason fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// Take a message's text away for good, everywhere.
final class RedactMessage implements TicketCommand {
  const RedactMessage({
    required this.commandId,
    required this.ticketId,
    required this.messageId,
  });

  factory RedactMessage.fromJson(Map<String, dynamic> json) => RedactMessage(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    messageId: json['message_id'] as Id,
  );

  String get type => 'ticket.redact_message';
  final String commandId;
  final Id ticketId;
  final Id messageId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'message_id': messageId,
  };
}

/// Close it; the requester reads the reason.
final class Refuse implements TicketCommand {
  const Refuse({
    required this.commandId,
    required this.ticketId,
    required this.reason,
  });

  factory Refuse.fromJson(Map<String, dynamic> json) => Refuse(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    reason: json['reason'] as String,
  );

  String get type => 'ticket.refuse';
  final String commandId;
  final Id ticketId;
  final String reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'reason': reason,
  };
}

final class Refused {
  const Refused({
    required this.error,
  });

  factory Refused.fromJson(Map<String, dynamic> json) => Refused(
    error: WireError.fromJson(json['error'] as Map<String, dynamic>),
  );

  bool get ok => false;
  final WireError error;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'error': error.toJson(),
  };
}

final class RemoveMember implements DocumentCommand {
  const RemoveMember({
    required this.commandId,
    this.version,
    required this.teamId,
    required this.userId,
  });

  factory RemoveMember.fromJson(Map<String, dynamic> json) => RemoveMember(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    teamId: json['team_id'] as Id,
    userId: json['user_id'] as Id,
  );

  String get type => 'team.remove_member';
  final String commandId;
  final int? version;
  final Id teamId;
  final Id userId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'team_id': teamId,
    'user_id': userId,
  };
}

/// A fresh token for a connection that lives on.
final class Renew {
  const Renew({
    required this.token,
  });

  factory Renew.fromJson(Map<String, dynamic> json) => Renew(
    token: json['token'] as String,
  );

  final String token;

  Map<String, dynamic> toJson() => {
    'token': token,
  };
}

/// What was signed with the inbox's earlier secret proves nothing any more.
final class RenewIdentitySecret implements DocumentCommand {
  const RenewIdentitySecret({
    required this.commandId,
    this.version,
    required this.inboxId,
  });

  factory RenewIdentitySecret.fromJson(Map<String, dynamic> json) => RenewIdentitySecret(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    inboxId: json['inbox_id'] as Id,
  );

  String get type => 'inbox.renew_identity_secret';
  final String commandId;
  final int? version;
  final Id inboxId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'inbox_id': inboxId,
  };
}

final class Renewed {
  const Renewed({
    required this.expiresAt,
  });

  factory Renewed.fromJson(Map<String, dynamic> json) => Renewed(
    expiresAt: json['expires_at'] as Millis,
  );

  bool get ok => true;
  final Millis expiresAt;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'expires_at': expiresAt,
  };
}

/// What `ticket.reply` answers with; with a `ticket_id` where it went on in a follow-up.
final class RepliedResult {
  const RepliedResult({
    required this.messageId,
    this.ticketId,
  });

  factory RepliedResult.fromJson(Map<String, dynamic> json) => RepliedResult(
    messageId: json['message_id'] as Id,
    ticketId: json['ticket_id'] as Id?,
  );

  final Id messageId;
  final Id? ticketId;

  Map<String, dynamic> toJson() => {
    'message_id': messageId,
    if (ticketId case final value?) 'ticket_id': value,
  };
}

/// Say something. With `seen_seq`, `stale` refuses it where something newer was said.
final class Reply implements TicketCommand {
  const Reply({
    required this.commandId,
    required this.ticketId,
    required this.body,
    this.visibility,
    this.seenSeq,
    this.mentions,
    this.attachments,
  });

  factory Reply.fromJson(Map<String, dynamic> json) => Reply(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    body: json['body'] as String,
    visibility: json['visibility'] == null ? null : Visibility.fromJson(json['visibility']),
    seenSeq: json['seen_seq'] as int?,
    mentions: json['mentions'] == null ? null : [for (final each in json['mentions'] as List<dynamic>) each as Id],
    attachments: json['attachments'] == null ? null : [for (final each in json['attachments'] as List<dynamic>) each as Id],
  );

  String get type => 'ticket.reply';
  final String commandId;
  final Id ticketId;
  final String body;
  final Visibility? visibility;
  final int? seenSeq;
  final List<Id>? mentions;
  final List<Id>? attachments;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'body': body,
    if (visibility case final value?) 'visibility': value.toJson(),
    if (seenSeq case final value?) 'seen_seq': value,
    if (mentions case final value?) 'mentions': value,
    if (attachments case final value?) 'attachments': value,
  };
}

/// Why a ticket was taken from its owner and waits again.
enum RequeueReason {
  shiftEnd('shift_end'),
  leave('leave'),
  vanished('vanished'),
  sla('sla'),
  person('person'),

  /// One that only a newer release knows.
  unknown('');

  const RequeueReason(this.wire);

  final String wire;

  static RequeueReason fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A snapshot as of `seq` and the envelopes after it, or those after the cursor up to `seq`; with `more`, join again from where they end. `markers` come with the envelopes of a ticket; a snapshot has them itself. `signals` are all that is done at the moment in a ticket's or an agent's room, and all of what the assistant has written so far: what was known before is over.
final class RoomJoined {
  const RoomJoined({
    required this.room,
    required this.epoch,
    required this.seq,
    required this.snapshot,
    required this.envelopes,
    required this.more,
    this.markers,
    this.signals,
  });

  factory RoomJoined.fromJson(Map<String, dynamic> json) => RoomJoined(
    room: json['room'] as String,
    epoch: json['epoch'] as String,
    seq: json['seq'] as int,
    snapshot: json['snapshot'] as Map<String, dynamic>?,
    envelopes: [for (final each in json['envelopes'] as List<dynamic>) Envelope.fromJson(each as Map<String, dynamic>)],
    more: json['more'] as bool,
    markers: json['markers'] == null ? null : [for (final each in json['markers'] as List<dynamic>) Marker.fromJson(each as Map<String, dynamic>)],
    signals: json['signals'] == null ? null : [for (final each in json['signals'] as List<dynamic>) each as Map<String, dynamic>],
  );

  final String room;
  final String epoch;
  final int seq;
  final Map<String, dynamic>? snapshot;
  final List<Envelope> envelopes;
  final bool more;
  final List<Marker>? markers;
  final List<Map<String, dynamic>>? signals;

  Map<String, dynamic> toJson() => {
    'room': room,
    'epoch': epoch,
    'seq': seq,
    'snapshot': snapshot,
    'envelopes': [for (final each in envelopes) each.toJson()],
    'more': more,
    if (markers case final value?) 'markers': [for (final each in value) each.toJson()],
    if (signals case final value?) 'signals': value,
  };
}

final class RoomRefused {
  const RoomRefused({
    required this.room,
    required this.error,
  });

  factory RoomRefused.fromJson(Map<String, dynamic> json) => RoomRefused(
    room: json['room'] as String,
    error: WireError.fromJson(json['error'] as Map<String, dynamic>),
  );

  final String room;
  final WireError error;

  Map<String, dynamic> toJson() => {
    'room': room,
    'error': error.toJson(),
  };
}

/// How a team's tickets come to their owners: people take them, or the router gives them, at once or to whoever accepts.
enum Routing {
  manual('manual'),
  assign('assign'),
  offer('offer'),

  /// One that only a newer release knows.
  unknown('');

  const Routing(this.wire);

  final String wire;

  static Routing fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A ticket as a list shows it. `at` is its last change; only staff's rows have tags and clocks.
final class Row {
  const Row({
    required this.id,
    required this.number,
    required this.title,
    required this.status,
    required this.priority,
    required this.category,
    required this.requesterId,
    required this.companyId,
    required this.channel,
    required this.inboxId,
    required this.teamId,
    required this.ownerId,
    required this.dueAt,
    required this.openedAt,
    required this.at,
    required this.messages,
    required this.said,
    this.approval,
    this.assistant,
    this.tags,
    this.snoozedUntil,
    this.sla,
  });

  factory Row.fromJson(Map<String, dynamic> json) => Row(
    id: json['id'] as Id,
    number: json['number'] as int,
    title: json['title'] as String,
    status: Status.fromJson(json['status']),
    priority: Priority.fromJson(json['priority']),
    category: json['category'] as Id?,
    requesterId: json['requester_id'] as Id,
    companyId: json['company_id'] as Id?,
    channel: Channel.fromJson(json['channel']),
    inboxId: json['inbox_id'] as Id,
    teamId: json['team_id'] as Id,
    ownerId: json['owner_id'] as Id?,
    dueAt: json['due_at'] as Millis?,
    openedAt: json['opened_at'] as Millis,
    at: json['at'] as Millis,
    messages: json['messages'] as int,
    said: json['said'] == null ? null : Said.fromJson(json['said'] as Map<String, dynamic>),
    approval: json['approval'] == null ? null : ApprovalStatus.fromJson(json['approval']),
    assistant: json['assistant'] == null ? null : AssistantState.fromJson(json['assistant']),
    tags: json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String],
    snoozedUntil: json['snoozed_until'] as Millis?,
    sla: json['sla'] == null ? null : [for (final each in json['sla'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
  );

  final Id id;
  final int number;
  final String title;
  final Status status;
  final Priority priority;
  final Id? category;
  final Id requesterId;
  final Id? companyId;
  final Channel channel;
  final Id inboxId;
  final Id teamId;
  final Id? ownerId;
  final Millis? dueAt;
  final Millis openedAt;
  final Millis at;
  final int messages;
  final Said? said;
  final ApprovalStatus? approval;
  final AssistantState? assistant;
  final List<String>? tags;
  final Millis? snoozedUntil;
  final List<SlaClock>? sla;

  Map<String, dynamic> toJson() => {
    'id': id,
    'number': number,
    'title': title,
    'status': status.toJson(),
    'priority': priority.toJson(),
    'category': category,
    'requester_id': requesterId,
    'company_id': companyId,
    'channel': channel.toJson(),
    'inbox_id': inboxId,
    'team_id': teamId,
    'owner_id': ownerId,
    'due_at': dueAt,
    'opened_at': openedAt,
    'at': at,
    'messages': messages,
    'said': said?.toJson(),
    if (approval case final value?) 'approval': value.toJson(),
    if (assistant case final value?) 'assistant': value.toJson(),
    if (tags case final value?) 'tags': value,
    if (snoozedUntil case final value?) 'snoozed_until': value,
    if (sla case final value?) 'sla': [for (final each in value) each.toJson()],
  };
}

/// `row` is null where the ticket left the list; an older seq than the known is dropped.
final class RowEntry {
  const RowEntry({
    required this.ticketId,
    required this.seq,
    required this.row,
  });

  factory RowEntry.fromJson(Map<String, dynamic> json) => RowEntry(
    ticketId: json['ticket_id'] as Id,
    seq: json['seq'] as int,
    row: json['row'] == null ? null : Row.fromJson(json['row'] as Map<String, dynamic>),
  );

  final Id ticketId;
  final int seq;
  final Row? row;

  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    'seq': seq,
    'row': row?.toJson(),
  };
}

/// Whose consent makes a level complete.
enum Rule {
  all('all'),
  any('any'),

  /// One that only a newer release knows.
  unknown('');

  const Rule(this.wire);

  final String wire;

  static Rule fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// One rung of the ladder: at a percentage of the target, or business minutes after the breach. `metric`: of which clock; null: of each. `notify` are people who are told besides the owner. Reassigning lets the ticket wait for an owner again, in `team_id` or where it is; the supervisor is `agent_id`, who becomes its owner, or whoever supervises, where none is named.
final class Rung {
  const Rung({
    required this.act,
    this.metric,
    this.percent,
    this.minutesAfter,
    this.notify,
    this.agentId,
    this.teamId,
  });

  factory Rung.fromJson(Map<String, dynamic> json) => Rung(
    act: Act.fromJson(json['act']),
    metric: json['metric'] == null ? null : Metric.fromJson(json['metric']),
    percent: json['percent'] as int?,
    minutesAfter: json['minutes_after'] as int?,
    notify: json['notify'] == null ? null : [for (final each in json['notify'] as List<dynamic>) each as Id],
    agentId: json['agent_id'] as Id?,
    teamId: json['team_id'] as Id?,
  );

  final Act act;
  final Metric? metric;
  final int? percent;
  final int? minutesAfter;
  final List<Id>? notify;
  final Id? agentId;
  final Id? teamId;

  Map<String, dynamic> toJson() => {
    'act': act.toJson(),
    if (metric case final value?) 'metric': value.toJson(),
    if (percent case final value?) 'percent': value,
    if (minutesAfter case final value?) 'minutes_after': value,
    if (notify case final value?) 'notify': value,
    if (agentId case final value?) 'agent_id': value,
    if (teamId case final value?) 'team_id': value,
  };
}

/// Who wrote a message, and at which seq.
final class Said {
  const Said({
    required this.seq,
    required this.author,
  });

  factory Said.fromJson(Map<String, dynamic> json) => Said(
    seq: json['seq'] as int,
    author: ActorRef.fromJson(json['author'] as Map<String, dynamic>),
  );

  final int seq;
  final ActorRef author;

  Map<String, dynamic> toJson() => {
    'seq': seq,
    'author': author.toJson(),
  };
}

/// How far a permission reaches; each includes those before it.
enum Scope {
  own('own'),
  company('company'),
  team('team'),
  all('all'),

  /// One that only a newer release knows.
  unknown('');

  const Scope(this.wire);

  final String wire;

  static Scope fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A question for the articles, or its beginning.
final class Search {
  const Search({
    required this.q,
    this.language,
    this.limit,
  });

  factory Search.fromJson(Map<String, dynamic> json) => Search(
    q: json['q'] as String,
    language: json['language'] as String?,
    limit: json['limit'] as int?,
  );

  final String q;
  final String? language;
  final int? limit;

  Map<String, dynamic> toJson() => {
    'q': q,
    if (language case final value?) 'language': value,
    if (limit case final value?) 'limit': value,
  };
}

/// Say what one does; whoever says that they are available ends their break with it.
final class SetAgentStatus implements AgentCommand {
  const SetAgentStatus({
    required this.commandId,
    required this.agentId,
    required this.status,
    this.note,
  });

  factory SetAgentStatus.fromJson(Map<String, dynamic> json) => SetAgentStatus(
    commandId: json['command_id'] as String,
    agentId: json['agent_id'] as Id,
    status: AgentStatus.fromJson(json['status']),
    note: json['note'] as String?,
  );

  String get type => 'agent.set_status';
  final String commandId;
  final Id agentId;
  final AgentStatus status;
  final String? note;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'agent_id': agentId,
    'status': status.toJson(),
    if (note case final value?) 'note': value,
  };
}

/// Change one's own; what is not named stays. `channels` are all choices there are afterwards. null in `zone` and `quiet` empties them.
final class SetPreferences implements DocumentCommand {
  const SetPreferences({
    required this.commandId,
    this.language,
    this.zone,
    this.quiet,
    this.digest,
    this.channels,
  });

  factory SetPreferences.fromJson(Map<String, dynamic> json) => SetPreferences(
    commandId: json['command_id'] as String,
    language: json['language'] == null ? null : Language.fromJson(json['language']),
    zone: json['zone'] as String?,
    quiet: json['quiet'] == null ? null : QuietHours.fromJson(json['quiet'] as Map<String, dynamic>),
    digest: json['digest'] == null ? null : Digest.fromJson(json['digest']),
    channels: json['channels'] == null ? null : {for (final entry in (json['channels'] as Map<String, dynamic>).entries) entry.key: Channels.fromJson(entry.value as Map<String, dynamic>)},
  );

  String get type => 'preferences.set';
  final String commandId;
  final Language? language;
  final String? zone;
  final QuietHours? quiet;
  final Digest? digest;
  final Map<String, Channels>? channels;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (language case final value?) 'language': value.toJson(),
    if (zone case final value?) 'zone': value,
    if (quiet case final value?) 'quiet': value.toJson(),
    if (digest case final value?) 'digest': value.toJson(),
    if (channels case final value?) 'channels': {for (final entry in value.entries) entry.key: entry.value.toJson()},
  };
}

final class SetPriority implements TicketCommand {
  const SetPriority({
    required this.commandId,
    required this.ticketId,
    required this.priority,
  });

  factory SetPriority.fromJson(Map<String, dynamic> json) => SetPriority(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    priority: Priority.fromJson(json['priority']),
  );

  String get type => 'ticket.set_priority';
  final String commandId;
  final Id ticketId;
  final Priority priority;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'priority': priority.toJson(),
  };
}

/// Move through the lifecycle; the client reads the reason.
final class SetStatus implements TicketCommand {
  const SetStatus({
    required this.commandId,
    required this.ticketId,
    required this.status,
    this.reason,
  });

  factory SetStatus.fromJson(Map<String, dynamic> json) => SetStatus(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    status: Status.fromJson(json['status']),
    reason: json['reason'] as String?,
  );

  String get type => 'ticket.set_status';
  final String commandId;
  final Id ticketId;
  final Status status;
  final String? reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'status': status.toJson(),
    if (reason case final value?) 'reason': value,
  };
}

/// Hours on some days of every week; an `end` that is not after `start` is on the next day.
final class Shift {
  const Shift({
    required this.days,
    required this.start,
    required this.end,
  });

  factory Shift.fromJson(Map<String, dynamic> json) => Shift(
    days: [for (final each in json['days'] as List<dynamic>) Weekday.fromJson(each)],
    start: json['start'] as String,
    end: json['end'] as String,
  );

  final List<Weekday> days;
  final String start;
  final String end;

  Map<String, dynamic> toJson() => {
    'days': [for (final each in days) each.toJson()],
    'start': start,
    'end': end,
  };
}

/// A warning: at `until` nothing more is offered, and what is unanswered goes back.
final class ShiftEnding implements AgentEvent {
  const ShiftEnding({
    required this.v,
    required this.worked,
    required this.until,
  });

  factory ShiftEnding.fromJson(Map<String, dynamic> json) => ShiftEnding(
    v: json['v'] as int,
    worked: json['worked'] as Millis,
    until: json['until'] as Millis,
  );

  String get type => 'agent.shift_ending';
  final int v;
  final Millis worked;
  final Millis until;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'worked': worked,
    'until': until,
  };
}

/// What holds in the place of the weekly shifts that would begin on a date: other hours, or none. `note` says why, for who reads the rota.
final class ShiftException {
  const ShiftException({
    required this.date,
    this.hours,
    this.note,
  });

  factory ShiftException.fromJson(Map<String, dynamic> json) => ShiftException(
    date: json['date'] as String,
    hours: json['hours'] == null ? null : [for (final each in json['hours'] as List<dynamic>) Hours.fromJson(each as Map<String, dynamic>)],
    note: json['note'] as String?,
  );

  final String date;
  final List<Hours>? hours;
  final String? note;

  Map<String, dynamic> toJson() => {
    'date': date,
    if (hours case final value?) 'hours': [for (final each in value) each.toJson()],
    if (note case final value?) 'note': value,
  };
}

/// An article that the client was shown, and what they said of that answer.
final class Shown {
  const Shown({
    required this.messageId,
    required this.articleId,
    required this.title,
    required this.helpful,
  });

  factory Shown.fromJson(Map<String, dynamic> json) => Shown(
    messageId: json['message_id'] as Id,
    articleId: json['article_id'] as Id,
    title: json['title'] as String,
    helpful: json['helpful'] as bool?,
  );

  final Id messageId;
  final Id articleId;
  final String title;
  final bool? helpful;

  Map<String, dynamic> toJson() => {
    'message_id': messageId,
    'article_id': articleId,
    'title': title,
    'helpful': helpful,
  };
}

/// Something of the moment. From staff, `private` keeps it among staff.
final class Signal {
  const Signal({
    required this.room,
    required this.type,
    this.active,
    this.visibility,
    this.baseSeq,
  });

  factory Signal.fromJson(Map<String, dynamic> json) => Signal(
    room: json['room'] as String,
    type: json['type'] as String,
    active: json['active'] as bool?,
    visibility: json['visibility'] as String?,
    baseSeq: json['base_seq'] as int?,
  );

  final String room;
  final String type;
  final bool? active;
  final String? visibility;
  final int? baseSeq;

  Map<String, dynamic> toJson() => {
    'room': room,
    'type': type,
    if (active case final value?) 'active': value,
    if (visibility case final value?) 'visibility': value,
    if (baseSeq case final value?) 'base_seq': value,
  };
}

/// How well somebody knows something, from 1 to 5.
final class SkillLevel {
  const SkillLevel({
    required this.skillId,
    this.level,
  });

  factory SkillLevel.fromJson(Map<String, dynamic> json) => SkillLevel(
    skillId: json['skill_id'] as Id,
    level: json['level'] as int?,
  );

  final Id skillId;
  final int? level;

  Map<String, dynamic> toJson() => {
    'skill_id': skillId,
    if (level case final value?) 'level': value,
  };
}

final class SkillsChanged implements TicketEvent {
  const SkillsChanged({
    required this.v,
    required this.before,
    required this.requiredSkills,
    required this.skillLevels,
  });

  factory SkillsChanged.fromJson(Map<String, dynamic> json) => SkillsChanged(
    v: json['v'] as int,
    before: [for (final each in json['before'] as List<dynamic>) each as Id],
    requiredSkills: [for (final each in json['required_skills'] as List<dynamic>) each as Id],
    skillLevels: {for (final entry in (json['skill_levels'] as Map<String, dynamic>).entries) entry.key: entry.value as int},
  );

  String get type => 'ticket.skills_changed';
  final int v;
  final List<Id> before;
  final List<Id> requiredSkills;
  final Map<String, int> skillLevels;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'required_skills': requiredSkills,
    'skill_levels': skillLevels,
  };
}

/// What was promised for a ticket. `seq` is the generation of its timers.
final class Sla {
  const Sla({
    required this.seq,
    required this.policyId,
    required this.policyVersion,
    required this.calendarId,
    required this.clocks,
  });

  factory Sla.fromJson(Map<String, dynamic> json) => Sla(
    seq: json['seq'] as int,
    policyId: json['policy_id'] as Id?,
    policyVersion: json['policy_version'] as int,
    calendarId: json['calendar_id'] as Id?,
    clocks: [for (final each in json['clocks'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
  );

  final int seq;
  final Id? policyId;
  final int policyVersion;
  final Id? calendarId;
  final List<SlaClock> clocks;

  Map<String, dynamic> toJson() => {
    'seq': seq,
    'policy_id': policyId,
    'policy_version': policyVersion,
    'calendar_id': calendarId,
    'clocks': [for (final each in clocks) each.toJson()],
  };
}

final class SlaBreached implements TicketEvent {
  const SlaBreached({
    required this.v,
    required this.clocks,
    required this.metric,
    required this.dueAt,
  });

  factory SlaBreached.fromJson(Map<String, dynamic> json) => SlaBreached(
    v: json['v'] as int,
    clocks: [for (final each in json['clocks'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
    metric: Metric.fromJson(json['metric']),
    dueAt: json['due_at'] as Millis,
  );

  String get type => 'ticket.sla_breached';
  final int v;
  final List<SlaClock> clocks;
  final Metric metric;
  final Millis dueAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'clocks': [for (final each in clocks) each.toJson()],
    'metric': metric.toJson(),
    'due_at': dueAt,
  };
}

/// Clocks began, stopped, went on, or follow another policy; without a policy there are none.
final class SlaChanged implements TicketEvent {
  const SlaChanged({
    required this.v,
    required this.clocks,
    required this.policyId,
    required this.policyVersion,
    required this.calendarId,
  });

  factory SlaChanged.fromJson(Map<String, dynamic> json) => SlaChanged(
    v: json['v'] as int,
    clocks: [for (final each in json['clocks'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
    policyId: json['policy_id'] as Id?,
    policyVersion: json['policy_version'] as int,
    calendarId: json['calendar_id'] as Id?,
  );

  String get type => 'ticket.sla_changed';
  final int v;
  final List<SlaClock> clocks;
  final Id? policyId;
  final int policyVersion;
  final Id? calendarId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'clocks': [for (final each in clocks) each.toJson()],
    'policy_id': policyId,
    'policy_version': policyVersion,
    'calendar_id': calendarId,
  };
}

/// One promise. Lengths are milliseconds of business time, moments are absolute. While it runs, `since` is when it was last resumed with `consumed` behind it, and `due_at` when `target` will be used up; both are None while it is paused, and once it is met.
final class SlaClock {
  const SlaClock({
    required this.metric,
    required this.target,
    required this.startedAt,
    required this.consumed,
    required this.since,
    required this.dueAt,
    required this.metAt,
    required this.breachedAt,
    required this.warned,
    required this.escalated,
    required this.wakeAt,
  });

  factory SlaClock.fromJson(Map<String, dynamic> json) => SlaClock(
    metric: Metric.fromJson(json['metric']),
    target: json['target'] as Millis,
    startedAt: json['started_at'] as Millis,
    consumed: json['consumed'] as Millis,
    since: json['since'] as Millis?,
    dueAt: json['due_at'] as Millis?,
    metAt: json['met_at'] as Millis?,
    breachedAt: json['breached_at'] as Millis?,
    warned: [for (final each in json['warned'] as List<dynamic>) each as int],
    escalated: json['escalated'] as int,
    wakeAt: json['wake_at'] as Millis?,
  );

  final Metric metric;
  final Millis target;
  final Millis startedAt;
  final Millis consumed;
  final Millis? since;
  final Millis? dueAt;
  final Millis? metAt;
  final Millis? breachedAt;
  final List<int> warned;
  final int escalated;
  final Millis? wakeAt;

  Map<String, dynamic> toJson() => {
    'metric': metric.toJson(),
    'target': target,
    'started_at': startedAt,
    'consumed': consumed,
    'since': since,
    'due_at': dueAt,
    'met_at': metAt,
    'breached_at': breachedAt,
    'warned': warned,
    'escalated': escalated,
    'wake_at': wakeAt,
  };
}

/// A rung was taken; what it did stands beside it in the same commit.
final class SlaEscalated implements TicketEvent {
  const SlaEscalated({
    required this.v,
    required this.clocks,
    required this.metric,
    required this.act,
    required this.notify,
  });

  factory SlaEscalated.fromJson(Map<String, dynamic> json) => SlaEscalated(
    v: json['v'] as int,
    clocks: [for (final each in json['clocks'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
    metric: Metric.fromJson(json['metric']),
    act: Act.fromJson(json['act']),
    notify: [for (final each in json['notify'] as List<dynamic>) each as Id],
  );

  String get type => 'ticket.sla_escalated';
  final int v;
  final List<SlaClock> clocks;
  final Metric metric;
  final Act act;
  final List<Id> notify;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'clocks': [for (final each in clocks) each.toJson()],
    'metric': metric.toJson(),
    'act': act.toJson(),
    'notify': notify,
  };
}

final class SlaWarned implements TicketEvent {
  const SlaWarned({
    required this.v,
    required this.clocks,
    required this.metric,
    required this.percent,
    required this.dueAt,
  });

  factory SlaWarned.fromJson(Map<String, dynamic> json) => SlaWarned(
    v: json['v'] as int,
    clocks: [for (final each in json['clocks'] as List<dynamic>) SlaClock.fromJson(each as Map<String, dynamic>)],
    metric: Metric.fromJson(json['metric']),
    percent: json['percent'] as int,
    dueAt: json['due_at'] as Millis,
  );

  String get type => 'ticket.sla_warned';
  final int v;
  final List<SlaClock> clocks;
  final Metric metric;
  final int percent;
  final Millis dueAt;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'clocks': [for (final each in clocks) each.toJson()],
    'metric': metric.toJson(),
    'percent': percent,
    'due_at': dueAt,
  };
}

/// Put a ticket out of sight until a moment or until its client says something; null: bring it back.
final class SnoozeTicket implements TicketCommand {
  const SnoozeTicket({
    required this.commandId,
    required this.ticketId,
    required this.until,
  });

  factory SnoozeTicket.fromJson(Map<String, dynamic> json) => SnoozeTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    until: json['until'] as Millis?,
  );

  String get type => 'ticket.snooze';
  final String commandId;
  final Id ticketId;
  final Millis? until;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'until': until,
  };
}

/// A passage of an article, as it stood when it was quoted. Text, without Markdown.
final class Source {
  const Source({
    required this.articleId,
    required this.title,
    required this.passage,
  });

  factory Source.fromJson(Map<String, dynamic> json) => Source(
    articleId: json['article_id'] as Id,
    title: json['title'] as String,
    passage: json['passage'] as String,
  );

  final Id articleId;
  final String title;
  final String passage;

  Map<String, dynamic> toJson() => {
    'article_id': articleId,
    'title': title,
    'passage': passage,
  };
}

/// What the client never sees of the header.
final class StaffPart {
  const StaffPart({
    required this.tags,
    required this.fields,
    required this.requiredSkills,
    required this.skillLevels,
    required this.reservation,
    required this.queuedAt,
    required this.askedAt,
    required this.offer,
    required this.passed,
    required this.why,
    required this.snoozedUntil,
    required this.snoozedSeq,
    required this.sla,
    required this.approval,
    required this.briefing,
    required this.triage,
    required this.chosen,
  });

  factory StaffPart.fromJson(Map<String, dynamic> json) => StaffPart(
    tags: [for (final each in json['tags'] as List<dynamic>) each as String],
    fields: {for (final entry in (json['fields'] as Map<String, dynamic>).entries) entry.key: entry.value},
    requiredSkills: [for (final each in json['required_skills'] as List<dynamic>) each as Id],
    skillLevels: {for (final entry in (json['skill_levels'] as Map<String, dynamic>).entries) entry.key: entry.value as int},
    reservation: json['reservation'] as String?,
    queuedAt: json['queued_at'] as Millis?,
    askedAt: json['asked_at'] as Millis?,
    offer: json['offer'] == null ? null : Offer.fromJson(json['offer'] as Map<String, dynamic>),
    passed: [for (final each in json['passed'] as List<dynamic>) each as Id],
    why: json['why'] == null ? null : Why.fromJson(json['why'] as Map<String, dynamic>),
    snoozedUntil: json['snoozed_until'] as Millis?,
    snoozedSeq: json['snoozed_seq'] as int,
    sla: json['sla'] == null ? null : Sla.fromJson(json['sla'] as Map<String, dynamic>),
    approval: json['approval'] == null ? null : Approval.fromJson(json['approval'] as Map<String, dynamic>),
    briefing: json['briefing'] == null ? null : Briefing.fromJson(json['briefing'] as Map<String, dynamic>),
    triage: json['triage'] == null ? null : Triage.fromJson(json['triage'] as Map<String, dynamic>),
    chosen: [for (final each in json['chosen'] as List<dynamic>) Guessed.fromJson(each)],
  );

  final List<String> tags;
  final Map<String, Object?> fields;
  final List<Id> requiredSkills;
  final Map<String, int> skillLevels;
  final String? reservation;
  final Millis? queuedAt;
  final Millis? askedAt;
  final Offer? offer;
  final List<Id> passed;
  final Why? why;
  final Millis? snoozedUntil;
  final int snoozedSeq;
  final Sla? sla;
  final Approval? approval;
  final Briefing? briefing;
  final Triage? triage;
  final List<Guessed> chosen;

  Map<String, dynamic> toJson() => {
    'tags': tags,
    'fields': fields,
    'required_skills': requiredSkills,
    'skill_levels': skillLevels,
    'reservation': reservation,
    'queued_at': queuedAt,
    'asked_at': askedAt,
    'offer': offer?.toJson(),
    'passed': passed,
    'why': why?.toJson(),
    'snoozed_until': snoozedUntil,
    'snoozed_seq': snoozedSeq,
    'sla': sla?.toJson(),
    'approval': approval?.toJson(),
    'briefing': briefing?.toJson(),
    'triage': triage?.toJson(),
    'chosen': [for (final each in chosen) each.toJson()],
  };
}

/// A draft is for staff alone, whatever its reach.
enum Stage {
  draft('draft'),
  published('published'),

  /// One that only a newer release knows.
  unknown('');

  const Stage(this.wire);

  final String wire;

  static Stage fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A break of so many minutes from now on; within one, it ends at another time.
final class StartBreak implements AgentCommand {
  const StartBreak({
    required this.commandId,
    required this.agentId,
    required this.minutes,
  });

  factory StartBreak.fromJson(Map<String, dynamic> json) => StartBreak(
    commandId: json['command_id'] as String,
    agentId: json['agent_id'] as Id,
    minutes: json['minutes'] as int,
  );

  String get type => 'agent.start_break';
  final String commandId;
  final Id agentId;
  final int minutes;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'agent_id': agentId,
    'minutes': minutes,
  };
}

enum Status {
  open('open'),
  inProgress('in_progress'),
  pending('pending'),
  resolved('resolved'),
  closed('closed'),

  /// One that only a newer release knows.
  unknown('');

  const Status(this.wire);

  final String wire;

  static Status fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class StatusChanged implements TicketEvent {
  const StatusChanged({
    required this.v,
    required this.before,
    required this.status,
    required this.cause,
    required this.reason,
  });

  factory StatusChanged.fromJson(Map<String, dynamic> json) => StatusChanged(
    v: json['v'] as int,
    before: Status.fromJson(json['before']),
    status: Status.fromJson(json['status']),
    cause: Cause.fromJson(json['cause']),
    reason: json['reason'] as String?,
  );

  String get type => 'ticket.status_changed';
  final int v;
  final Status before;
  final Status status;
  final Cause cause;
  final String? reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before.toJson(),
    'status': status.toJson(),
    'cause': cause.toJson(),
    'reason': reason,
  };
}

final class TagsChanged implements TicketEvent {
  const TagsChanged({
    required this.v,
    required this.before,
    required this.tags,
  });

  factory TagsChanged.fromJson(Map<String, dynamic> json) => TagsChanged(
    v: json['v'] as int,
    before: [for (final each in json['before'] as List<dynamic>) each as String],
    tags: [for (final each in json['tags'] as List<dynamic>) each as String],
  );

  String get type => 'ticket.tags_changed';
  final int v;
  final List<String> before;
  final List<String> tags;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'tags': tags,
  };
}

/// Take a ticket from who has it, whatever team it is in. `agent_id` is oneself: for whom capacity is held.
final class TakeOver implements TicketCommand {
  const TakeOver({
    required this.commandId,
    required this.ticketId,
    required this.agentId,
  });

  factory TakeOver.fromJson(Map<String, dynamic> json) => TakeOver(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    agentId: json['agent_id'] as Id,
  );

  String get type => 'ticket.take_over';
  final String commandId;
  final Id ticketId;
  final Id agentId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'agent_id': agentId,
  };
}

/// In how many business minutes what is done; what has none is not promised.
final class Targets {
  const Targets({
    this.firstResponse,
    this.nextResponse,
    this.resolution,
  });

  factory Targets.fromJson(Map<String, dynamic> json) => Targets(
    firstResponse: json['first_response'] as int?,
    nextResponse: json['next_response'] as int?,
    resolution: json['resolution'] as int?,
  );

  final int? firstResponse;
  final int? nextResponse;
  final int? resolution;

  Map<String, dynamic> toJson() => {
    if (firstResponse case final value?) 'first_response': value,
    if (nextResponse case final value?) 'next_response': value,
    if (resolution case final value?) 'resolution': value,
  };
}

/// The header. `seq` is the stream's last commit; 0 means that nothing was opened yet.
final class Ticket {
  const Ticket({
    required this.id,
    required this.seq,
    required this.number,
    required this.title,
    required this.status,
    required this.priority,
    required this.category,
    required this.requesterId,
    required this.companyId,
    required this.channel,
    required this.inboxId,
    required this.teamId,
    required this.ownerId,
    required this.dueAt,
    required this.openedAt,
    required this.statusSeq,
    required this.statusAt,
    required this.resolvedAt,
    required this.descriptionId,
    required this.approval,
    required this.assistant,
    required this.followUpOf,
    required this.followUps,
    required this.deleted,
    required this.public,
    required this.staff,
    required this.private,
  });

  factory Ticket.fromJson(Map<String, dynamic> json) => Ticket(
    id: json['id'] as Id,
    seq: json['seq'] as int,
    number: json['number'] as int,
    title: json['title'] as String,
    status: Status.fromJson(json['status']),
    priority: Priority.fromJson(json['priority']),
    category: json['category'] as Id?,
    requesterId: json['requester_id'] as Id?,
    companyId: json['company_id'] as Id?,
    channel: Channel.fromJson(json['channel']),
    inboxId: json['inbox_id'] as Id?,
    teamId: json['team_id'] as Id?,
    ownerId: json['owner_id'] as Id?,
    dueAt: json['due_at'] as Millis?,
    openedAt: json['opened_at'] as Millis,
    statusSeq: json['status_seq'] as int,
    statusAt: json['status_at'] as Millis,
    resolvedAt: json['resolved_at'] as Millis?,
    descriptionId: json['description_id'] as Id?,
    approval: json['approval'] == null ? null : ApprovalStatus.fromJson(json['approval']),
    assistant: json['assistant'] == null ? null : Assistant.fromJson(json['assistant'] as Map<String, dynamic>),
    followUpOf: json['follow_up_of'] as Id?,
    followUps: [for (final each in json['follow_ups'] as List<dynamic>) each as Id],
    deleted: json['deleted'] as bool,
    public: Face.fromJson(json['public'] as Map<String, dynamic>),
    staff: json['staff'] == null ? null : Face.fromJson(json['staff'] as Map<String, dynamic>),
    private: json['private'] == null ? null : StaffPart.fromJson(json['private'] as Map<String, dynamic>),
  );

  final Id id;
  final int seq;
  final int number;
  final String title;
  final Status status;
  final Priority priority;
  final Id? category;
  final Id? requesterId;
  final Id? companyId;
  final Channel channel;
  final Id? inboxId;
  final Id? teamId;
  final Id? ownerId;
  final Millis? dueAt;
  final Millis openedAt;
  final int statusSeq;
  final Millis statusAt;
  final Millis? resolvedAt;
  final Id? descriptionId;
  final ApprovalStatus? approval;
  final Assistant? assistant;
  final Id? followUpOf;
  final List<Id> followUps;
  final bool deleted;
  final Face public;
  final Face? staff;
  final StaffPart? private;

  Map<String, dynamic> toJson() => {
    'id': id,
    'seq': seq,
    'number': number,
    'title': title,
    'status': status.toJson(),
    'priority': priority.toJson(),
    'category': category,
    'requester_id': requesterId,
    'company_id': companyId,
    'channel': channel.toJson(),
    'inbox_id': inboxId,
    'team_id': teamId,
    'owner_id': ownerId,
    'due_at': dueAt,
    'opened_at': openedAt,
    'status_seq': statusSeq,
    'status_at': statusAt,
    'resolved_at': resolvedAt,
    'description_id': descriptionId,
    'approval': approval?.toJson(),
    'assistant': assistant?.toJson(),
    'follow_up_of': followUpOf,
    'follow_ups': followUps,
    'deleted': deleted,
    'public': public.toJson(),
    'staff': staff?.toJson(),
    'private': private?.toJson(),
  };
}

final class TicketAssigned implements TicketEvent {
  const TicketAssigned({
    required this.v,
    required this.agentId,
    required this.teamId,
    required this.beforeAgentId,
    required this.beforeTeamId,
  });

  factory TicketAssigned.fromJson(Map<String, dynamic> json) => TicketAssigned(
    v: json['v'] as int,
    agentId: json['agent_id'] as Id?,
    teamId: json['team_id'] as Id,
    beforeAgentId: json['before_agent_id'] as Id?,
    beforeTeamId: json['before_team_id'] as Id,
  );

  String get type => 'ticket.assigned';
  final int v;
  final Id? agentId;
  final Id teamId;
  final Id? beforeAgentId;
  final Id beforeTeamId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'agent_id': agentId,
    'team_id': teamId,
    'before_agent_id': beforeAgentId,
    'before_team_id': beforeTeamId,
  };
}

/// What a person may ask of a ticket.
sealed class TicketCommand {
  factory TicketCommand.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'ticket.open' => OpenTicket.fromJson(json),
    'ticket.reply' => Reply.fromJson(json),
    'ticket.edit_message' => EditMessage.fromJson(json),
    'ticket.redact_message' => RedactMessage.fromJson(json),
    'ticket.assign' => AssignTicket.fromJson(json),
    'ticket.set_status' => SetStatus.fromJson(json),
    'ticket.set_priority' => SetPriority.fromJson(json),
    'ticket.update' => UpdateTicket.fromJson(json),
    'ticket.delete' => DeleteTicket.fromJson(json),
    'ticket.accept_offer' => AcceptOffer.fromJson(json),
    'ticket.decline_offer' => DeclineOffer.fromJson(json),
    'ticket.transfer' => TransferTicket.fromJson(json),
    'ticket.snooze' => SnoozeTicket.fromJson(json),
    'ticket.observe' => Observe.fromJson(json),
    'ticket.whisper' => Whisper.fromJson(json),
    'ticket.barge' => Barge.fromJson(json),
    'ticket.take_over' => TakeOver.fromJson(json),
    'ticket.approve' => Approve.fromJson(json),
    'ticket.refuse' => Refuse.fromJson(json),
    'ticket.ask_person' => AskPerson.fromJson(json),
    'assistant.rate' => RateAnswer.fromJson(json),
    'ticket.judge_guess' => JudgeGuess.fromJson(json),
    _ => UnknownTicketCommand(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownTicketCommand implements TicketCommand {
  const UnknownTicketCommand(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

/// The ticket is gone; every text in its log is a tombstone already when this is seen.
final class TicketDeleted implements TicketEvent {
  const TicketDeleted({
    required this.v,
  });

  factory TicketDeleted.fromJson(Map<String, dynamic> json) => TicketDeleted(
    v: json['v'] as int,
  );

  String get type => 'ticket.deleted';
  final int v;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
  };
}

/// What can happen to a ticket.
sealed class TicketEvent {
  factory TicketEvent.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'ticket.opened' => TicketOpened.fromJson(json),
    'message.posted' => MessagePosted.fromJson(json),
    'message.edited' => MessageEdited.fromJson(json),
    'message.redacted' => MessageRedacted.fromJson(json),
    'ticket.assigned' => TicketAssigned.fromJson(json),
    'ticket.status_changed' => StatusChanged.fromJson(json),
    'ticket.priority_changed' => PriorityChanged.fromJson(json),
    'ticket.renamed' => TicketRenamed.fromJson(json),
    'ticket.category_changed' => CategoryChanged.fromJson(json),
    'ticket.due_changed' => DueChanged.fromJson(json),
    'ticket.tags_changed' => TagsChanged.fromJson(json),
    'ticket.fields_changed' => FieldsChanged.fromJson(json),
    'ticket.skills_changed' => SkillsChanged.fromJson(json),
    'ticket.followed_up' => TicketFollowedUp.fromJson(json),
    'ticket.deleted' => TicketDeleted.fromJson(json),
    'ticket.offered' => TicketOffered.fromJson(json),
    'ticket.offer_ended' => OfferEnded.fromJson(json),
    'ticket.routed' => TicketRouted.fromJson(json),
    'ticket.requeued' => TicketRequeued.fromJson(json),
    'ticket.snoozed' => TicketSnoozed.fromJson(json),
    'ticket.supervised' => TicketSupervised.fromJson(json),
    'ticket.sla_changed' => SlaChanged.fromJson(json),
    'ticket.sla_warned' => SlaWarned.fromJson(json),
    'ticket.sla_breached' => SlaBreached.fromJson(json),
    'ticket.sla_escalated' => SlaEscalated.fromJson(json),
    'ticket.approval_asked' => ApprovalAsked.fromJson(json),
    'ticket.approval_decided' => ApprovalDecided.fromJson(json),
    'ticket.approval_reminded' => ApprovalReminded.fromJson(json),
    'ticket.approval_delegated' => ApprovalDelegated.fromJson(json),
    'ticket.approval_changed' => ApprovalChanged.fromJson(json),
    'assistant.engaged' => AssistantEngaged.fromJson(json),
    'assistant.handed_over' => AssistantHandedOver.fromJson(json),
    'assistant.rated' => AssistantRated.fromJson(json),
    'assistant.briefed' => AssistantBriefed.fromJson(json),
    'ticket.triaged' => TicketTriaged.fromJson(json),
    'ticket.guess_judged' => GuessJudged.fromJson(json),
    _ => UnknownTicketEvent(json),
  };

  Map<String, dynamic> toJson();
}

/// One that only a newer release knows.
final class UnknownTicketEvent implements TicketEvent {
  const UnknownTicketEvent(this.json);

  final Map<String, dynamic> json;

  @override
  Map<String, dynamic> toJson() => json;
}

final class TicketFollowedUp implements TicketEvent {
  const TicketFollowedUp({
    required this.v,
    required this.followUpId,
  });

  factory TicketFollowedUp.fromJson(Map<String, dynamic> json) => TicketFollowedUp(
    v: json['v'] as int,
    followUpId: json['follow_up_id'] as Id,
  );

  String get type => 'ticket.followed_up';
  final int v;
  final Id followUpId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'follow_up_id': followUpId,
  };
}

/// Its commit's id is the reservation that holds the agent's capacity.
final class TicketOffered implements TicketEvent {
  const TicketOffered({
    required this.v,
    required this.agentId,
    required this.until,
  });

  factory TicketOffered.fromJson(Map<String, dynamic> json) => TicketOffered(
    v: json['v'] as int,
    agentId: json['agent_id'] as Id,
    until: json['until'] as Millis,
  );

  String get type => 'ticket.offered';
  final int v;
  final Id agentId;
  final Millis until;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'agent_id': agentId,
    'until': until,
  };
}

/// Always followed, in the same commit, by the message that describes it.
final class TicketOpened implements TicketEvent {
  const TicketOpened({
    required this.v,
    required this.number,
    required this.title,
    required this.priority,
    required this.category,
    required this.requesterId,
    required this.companyId,
    required this.channel,
    required this.inboxId,
    required this.teamId,
    required this.dueAt,
    required this.followUpOf,
  });

  factory TicketOpened.fromJson(Map<String, dynamic> json) => TicketOpened(
    v: json['v'] as int,
    number: json['number'] as int,
    title: json['title'] as String,
    priority: Priority.fromJson(json['priority']),
    category: json['category'] as Id?,
    requesterId: json['requester_id'] as Id,
    companyId: json['company_id'] as Id?,
    channel: Channel.fromJson(json['channel']),
    inboxId: json['inbox_id'] as Id,
    teamId: json['team_id'] as Id,
    dueAt: json['due_at'] as Millis?,
    followUpOf: json['follow_up_of'] as Id?,
  );

  String get type => 'ticket.opened';
  final int v;
  final int number;
  final String title;
  final Priority priority;
  final Id? category;
  final Id requesterId;
  final Id? companyId;
  final Channel channel;
  final Id inboxId;
  final Id teamId;
  final Millis? dueAt;
  final Id? followUpOf;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'number': number,
    'title': title,
    'priority': priority.toJson(),
    'category': category,
    'requester_id': requesterId,
    'company_id': companyId,
    'channel': channel.toJson(),
    'inbox_id': inboxId,
    'team_id': teamId,
    'due_at': dueAt,
    'follow_up_of': followUpOf,
  };
}

/// What `ticket.open` answers with.
final class TicketOpenedResult {
  const TicketOpenedResult({
    required this.ticketId,
    required this.number,
  });

  factory TicketOpenedResult.fromJson(Map<String, dynamic> json) => TicketOpenedResult(
    ticketId: json['ticket_id'] as Id,
    number: json['number'] as int,
  );

  final Id ticketId;
  final int number;

  Map<String, dynamic> toJson() => {
    'ticket_id': ticketId,
    'number': number,
  };
}

final class TicketRenamed implements TicketEvent {
  const TicketRenamed({
    required this.v,
    required this.before,
    required this.title,
  });

  factory TicketRenamed.fromJson(Map<String, dynamic> json) => TicketRenamed(
    v: json['v'] as int,
    before: json['before'] as String,
    title: json['title'] as String,
  );

  String get type => 'ticket.renamed';
  final int v;
  final String before;
  final String title;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'title': title,
  };
}

/// Why the assignment beside it took the ticket from its owner.
final class TicketRequeued implements TicketEvent {
  const TicketRequeued({
    required this.v,
    required this.agentId,
    required this.reason,
  });

  factory TicketRequeued.fromJson(Map<String, dynamic> json) => TicketRequeued(
    v: json['v'] as int,
    agentId: json['agent_id'] as Id,
    reason: RequeueReason.fromJson(json['reason']),
  );

  String get type => 'ticket.requeued';
  final int v;
  final Id agentId;
  final RequeueReason reason;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'agent_id': agentId,
    'reason': reason.toJson(),
  };
}

/// Why it was offered or given to somebody, or why to nobody.
final class TicketRouted implements TicketEvent {
  const TicketRouted({
    required this.v,
    required this.agentId,
    required this.candidates,
  });

  factory TicketRouted.fromJson(Map<String, dynamic> json) => TicketRouted(
    v: json['v'] as int,
    agentId: json['agent_id'] as Id?,
    candidates: [for (final each in json['candidates'] as List<dynamic>) Candidate.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'ticket.routed';
  final int v;
  final Id? agentId;
  final List<Candidate> candidates;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'agent_id': agentId,
    'candidates': [for (final each in candidates) each.toJson()],
  };
}

/// A ticket's room entered anew: its last 50 messages, oldest first.
final class TicketSnapshot {
  const TicketSnapshot({
    required this.ticket,
    required this.messages,
    required this.hasEarlier,
    required this.markers,
    required this.people,
  });

  factory TicketSnapshot.fromJson(Map<String, dynamic> json) => TicketSnapshot(
    ticket: Ticket.fromJson(json['ticket'] as Map<String, dynamic>),
    messages: [for (final each in json['messages'] as List<dynamic>) Message.fromJson(each as Map<String, dynamic>)],
    hasEarlier: json['has_earlier'] as bool,
    markers: [for (final each in json['markers'] as List<dynamic>) Marker.fromJson(each as Map<String, dynamic>)],
    people: {for (final entry in (json['people'] as Map<String, dynamic>).entries) entry.key: Person.fromJson(entry.value as Map<String, dynamic>)},
  );

  final Ticket ticket;
  final List<Message> messages;
  final bool hasEarlier;
  final List<Marker> markers;
  final Map<String, Person> people;

  Map<String, dynamic> toJson() => {
    'ticket': ticket.toJson(),
    'messages': [for (final each in messages) each.toJson()],
    'has_earlier': hasEarlier,
    'markers': [for (final each in markers) each.toJson()],
    'people': {for (final entry in people.entries) entry.key: entry.value.toJson()},
  };
}

/// Out of sight until a moment; null: it is back.
final class TicketSnoozed implements TicketEvent {
  const TicketSnoozed({
    required this.v,
    required this.until,
  });

  factory TicketSnoozed.fromJson(Map<String, dynamic> json) => TicketSnoozed(
    v: json['v'] as int,
    until: json['until'] as Millis?,
  );

  String get type => 'ticket.snoozed';
  final int v;
  final Millis? until;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'until': until,
  };
}

/// Who did it is the commit's actor.
final class TicketSupervised implements TicketEvent {
  const TicketSupervised({
    required this.v,
    required this.kind,
  });

  factory TicketSupervised.fromJson(Map<String, dynamic> json) => TicketSupervised(
    v: json['v'] as int,
    kind: Intervention.fromJson(json['kind']),
  );

  String get type => 'ticket.supervised';
  final int v;
  final Intervention kind;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'kind': kind.toJson(),
  };
}

/// What was guessed; behind it, in the same commit, what of it counts at once.
final class TicketTriaged implements TicketEvent {
  const TicketTriaged({
    required this.v,
    required this.level,
    required this.guesses,
    required this.mood,
    required this.language,
    required this.summary,
    required this.duplicates,
  });

  factory TicketTriaged.fromJson(Map<String, dynamic> json) => TicketTriaged(
    v: json['v'] as int,
    level: TriageLevel.fromJson(json['level']),
    guesses: [for (final each in json['guesses'] as List<dynamic>) Guess.fromJson(each as Map<String, dynamic>)],
    mood: json['mood'] == null ? null : Mood.fromJson(json['mood']),
    language: json['language'] as String?,
    summary: json['summary'] == null ? null : Excerpt.fromJson(json['summary'] as Map<String, dynamic>),
    duplicates: [for (final each in json['duplicates'] as List<dynamic>) Duplicate.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'ticket.triaged';
  final int v;
  final TriageLevel level;
  final List<Guess> guesses;
  final Mood? mood;
  final String? language;
  final Excerpt? summary;
  final List<Duplicate> duplicates;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'level': level.toJson(),
    'guesses': [for (final each in guesses) each.toJson()],
    'mood': mood?.toJson(),
    'language': language,
    'summary': summary?.toJson(),
    'duplicates': [for (final each in duplicates) each.toJson()],
  };
}

/// A question for the server's clock.
final class Time {
  const Time();

  factory Time.fromJson(Map<String, dynamic> json) => const Time();


  Map<String, dynamic> toJson() => {};
}

/// The server's clock, and which node tells it.
final class TimeTold {
  const TimeTold({
    required this.now,
    required this.node,
  });

  factory TimeTold.fromJson(Map<String, dynamic> json) => TimeTold(
    now: json['now'] as Millis,
    node: json['node'] as String,
  );

  bool get ok => true;
  final Millis now;
  final String node;

  Map<String, dynamic> toJson() => {
    'ok': ok,
    'now': now,
    'node': node,
  };
}

/// Hand a ticket to a team or a colleague, with a note for who gets it, in one step.
final class TransferTicket implements TicketCommand {
  const TransferTicket({
    required this.commandId,
    required this.ticketId,
    this.agentId,
    this.teamId,
    required this.note,
  });

  factory TransferTicket.fromJson(Map<String, dynamic> json) => TransferTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    agentId: json['agent_id'] as Id?,
    teamId: json['team_id'] as Id?,
    note: json['note'] as String,
  );

  String get type => 'ticket.transfer';
  final String commandId;
  final Id ticketId;
  final Id? agentId;
  final Id? teamId;
  final String note;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    if (agentId case final value?) 'agent_id': value,
    if (teamId case final value?) 'team_id': value,
    'note': note,
  };
}

/// All that was guessed, once, soon after a ticket was opened.
final class Triage {
  const Triage({
    required this.level,
    required this.guesses,
    required this.mood,
    required this.language,
    required this.summary,
    required this.duplicates,
  });

  factory Triage.fromJson(Map<String, dynamic> json) => Triage(
    level: TriageLevel.fromJson(json['level']),
    guesses: [for (final each in json['guesses'] as List<dynamic>) Guess.fromJson(each as Map<String, dynamic>)],
    mood: json['mood'] == null ? null : Mood.fromJson(json['mood']),
    language: json['language'] as String?,
    summary: json['summary'] == null ? null : Excerpt.fromJson(json['summary'] as Map<String, dynamic>),
    duplicates: [for (final each in json['duplicates'] as List<dynamic>) Duplicate.fromJson(each as Map<String, dynamic>)],
  );

  final TriageLevel level;
  final List<Guess> guesses;
  final Mood? mood;
  final String? language;
  final Excerpt? summary;
  final List<Duplicate> duplicates;

  Map<String, dynamic> toJson() => {
    'level': level.toJson(),
    'guesses': [for (final each in guesses) each.toJson()],
    'mood': mood?.toJson(),
    'language': language,
    'summary': summary?.toJson(),
    'duplicates': [for (final each in duplicates) each.toJson()],
  };
}

/// What guesses were made by: compared words, compared meaning, or a language model.
enum TriageLevel {
  words('words'),
  meaning('meaning'),
  model('model'),

  /// One that only a newer release knows.
  unknown('');

  const TriageLevel(this.wire);

  final String wire;

  static TriageLevel fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// What an inbox does with guesses: nothing, show them, or let the sure ones count at once.
enum TriageMode {
  off('off'),
  suggest('suggest'),
  apply('apply'),

  /// One that only a newer release knows.
  unknown('');

  const TriageMode(this.wire);

  final String wire;

  static TriageMode fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

final class UnblockContact implements DocumentCommand {
  const UnblockContact({
    required this.commandId,
    this.version,
    required this.contactId,
  });

  factory UnblockContact.fromJson(Map<String, dynamic> json) => UnblockContact(
    commandId: json['command_id'] as String,
    version: json['version'] as int?,
    contactId: json['contact_id'] as Id,
  );

  String get type => 'contact.unblock';
  final String commandId;
  final int? version;
  final Id contactId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final value?) 'version': value,
    'contact_id': contactId,
  };
}

/// Change an article, publish it, or take it back to a draft. `revision` is what readers do not see before it is published, which is a change of the words themselves with a `revision` of null.
final class UpdateArticle implements DocumentCommand {
  const UpdateArticle({
    required this.commandId,
    this.version,
    required this.articleId,
    this.title,
    this.body,
    this.summary,
    this.category,
    this.language,
    this.reach,
    this.stage,
    this.revision,
  });

  factory UpdateArticle.fromJson(Map<String, dynamic> json) => UpdateArticle(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    articleId: json['article_id'] as Id,
    title: json.containsKey('title') ? Given(json['title'] as String?) : null,
    body: json.containsKey('body') ? Given(json['body'] as String?) : null,
    summary: json.containsKey('summary') ? Given(json['summary'] as String?) : null,
    category: json.containsKey('category') ? Given(json['category'] as Id?) : null,
    language: json.containsKey('language') ? Given(json['language'] as String?) : null,
    reach: json.containsKey('reach') ? Given(json['reach'] == null ? null : Reach.fromJson(json['reach'])) : null,
    stage: json.containsKey('stage') ? Given(json['stage'] == null ? null : Stage.fromJson(json['stage'])) : null,
    revision: json.containsKey('revision') ? Given(json['revision'] == null ? null : Words.fromJson(json['revision'] as Map<String, dynamic>)) : null,
  );

  String get type => 'article.update';
  final String commandId;
  final Given<int?>? version;
  final Id articleId;
  final Given<String?>? title;
  final Given<String?>? body;
  final Given<String?>? summary;
  final Given<Id?>? category;
  final Given<String?>? language;
  final Given<Reach?>? reach;
  final Given<Stage?>? stage;
  final Given<Words?>? revision;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'article_id': articleId,
    if (title case final given?) 'title': given.value,
    if (body case final given?) 'body': given.value,
    if (summary case final given?) 'summary': given.value,
    if (category case final given?) 'category': given.value,
    if (language case final given?) 'language': given.value,
    if (reach case final given?) 'reach': given.value?.toJson(),
    if (stage case final given?) 'stage': given.value?.toJson(),
    if (revision case final given?) 'revision': given.value?.toJson(),
  };
}

/// Every ticket that goes by it is counted anew.
final class UpdateCalendar implements DocumentCommand {
  const UpdateCalendar({
    required this.commandId,
    this.version,
    required this.calendarId,
    this.name,
    this.zone,
    this.hours,
    this.holidays,
    this.country,
    this.subdivision,
    this.worked,
  });

  factory UpdateCalendar.fromJson(Map<String, dynamic> json) => UpdateCalendar(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    calendarId: json['calendar_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    zone: json.containsKey('zone') ? Given(json['zone'] as String?) : null,
    hours: json.containsKey('hours') ? Given(json['hours'] == null ? null : [for (final each in json['hours'] as List<dynamic>) OpenHours.fromJson(each as Map<String, dynamic>)]) : null,
    holidays: json.containsKey('holidays') ? Given(json['holidays'] == null ? null : [for (final each in json['holidays'] as List<dynamic>) Holiday.fromJson(each as Map<String, dynamic>)]) : null,
    country: json.containsKey('country') ? Given(json['country'] as String?) : null,
    subdivision: json.containsKey('subdivision') ? Given(json['subdivision'] as String?) : null,
    worked: json.containsKey('worked') ? Given(json['worked'] == null ? null : [for (final each in json['worked'] as List<dynamic>) each as String]) : null,
  );

  String get type => 'calendar.update';
  final String commandId;
  final Given<int?>? version;
  final Id calendarId;
  final Given<String?>? name;
  final Given<String?>? zone;
  final Given<List<OpenHours>?>? hours;
  final Given<List<Holiday>?>? holidays;
  final Given<String?>? country;
  final Given<String?>? subdivision;
  final Given<List<String>?>? worked;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'calendar_id': calendarId,
    if (name case final given?) 'name': given.value,
    if (zone case final given?) 'zone': given.value,
    if (hours case final given?) 'hours': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (holidays case final given?) 'holidays': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (country case final given?) 'country': given.value,
    if (subdivision case final given?) 'subdivision': given.value,
    if (worked case final given?) 'worked': given.value,
  };
}

final class UpdateCategory implements DocumentCommand {
  const UpdateCategory({
    required this.commandId,
    this.version,
    required this.categoryId,
    this.name,
    this.keywords,
    this.teamId,
    this.memberIds,
    this.skills,
    this.approval,
  });

  factory UpdateCategory.fromJson(Map<String, dynamic> json) => UpdateCategory(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    categoryId: json['category_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    keywords: json.containsKey('keywords') ? Given(json['keywords'] == null ? null : [for (final each in json['keywords'] as List<dynamic>) each as String]) : null,
    teamId: json.containsKey('team_id') ? Given(json['team_id'] as Id?) : null,
    memberIds: json.containsKey('member_ids') ? Given(json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id]) : null,
    skills: json.containsKey('skills') ? Given(json['skills'] == null ? null : [for (final each in json['skills'] as List<dynamic>) SkillLevel.fromJson(each as Map<String, dynamic>)]) : null,
    approval: json.containsKey('approval') ? Given(json['approval'] == null ? null : [for (final each in json['approval'] as List<dynamic>) LevelInput.fromJson(each as Map<String, dynamic>)]) : null,
  );

  String get type => 'category.update';
  final String commandId;
  final Given<int?>? version;
  final Id categoryId;
  final Given<String?>? name;
  final Given<List<String>?>? keywords;
  final Given<Id?>? teamId;
  final Given<List<Id>?>? memberIds;
  final Given<List<SkillLevel>?>? skills;
  final Given<List<LevelInput>?>? approval;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'category_id': categoryId,
    if (name case final given?) 'name': given.value,
    if (keywords case final given?) 'keywords': given.value,
    if (teamId case final given?) 'team_id': given.value,
    if (memberIds case final given?) 'member_ids': given.value,
    if (skills case final given?) 'skills': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (approval case final given?) 'approval': given.value == null ? null : [for (final each in given.value!) each.toJson()],
  };
}

/// A verified address that is named again stays verified.
final class UpdateContact implements DocumentCommand {
  const UpdateContact({
    required this.commandId,
    this.version,
    required this.contactId,
    this.name,
    this.emails,
    this.companyId,
    this.notes,
    this.tags,
  });

  factory UpdateContact.fromJson(Map<String, dynamic> json) => UpdateContact(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    contactId: json['contact_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    emails: json.containsKey('emails') ? Given(json['emails'] == null ? null : [for (final each in json['emails'] as List<dynamic>) each as String]) : null,
    companyId: json.containsKey('company_id') ? Given(json['company_id'] as Id?) : null,
    notes: json.containsKey('notes') ? Given(json['notes'] as String?) : null,
    tags: json.containsKey('tags') ? Given(json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String]) : null,
  );

  String get type => 'contact.update';
  final String commandId;
  final Given<int?>? version;
  final Id contactId;
  final Given<String?>? name;
  final Given<List<String>?>? emails;
  final Given<Id?>? companyId;
  final Given<String?>? notes;
  final Given<List<String>?>? tags;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'contact_id': contactId,
    if (name case final given?) 'name': given.value,
    if (emails case final given?) 'emails': given.value,
    if (companyId case final given?) 'company_id': given.value,
    if (notes case final given?) 'notes': given.value,
    if (tags case final given?) 'tags': given.value,
  };
}

final class UpdateInbox implements DocumentCommand {
  const UpdateInbox({
    required this.commandId,
    this.version,
    required this.inboxId,
    this.name,
    this.teamId,
    this.address,
    this.colour,
    this.signature,
    this.autoReply,
    this.sites,
    this.assistant,
    this.fallback,
    this.triage,
  });

  factory UpdateInbox.fromJson(Map<String, dynamic> json) => UpdateInbox(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    inboxId: json['inbox_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    teamId: json.containsKey('team_id') ? Given(json['team_id'] as Id?) : null,
    address: json.containsKey('address') ? Given(json['address'] as String?) : null,
    colour: json.containsKey('colour') ? Given(json['colour'] as String?) : null,
    signature: json.containsKey('signature') ? Given(json['signature'] as String?) : null,
    autoReply: json.containsKey('auto_reply') ? Given(json['auto_reply'] as String?) : null,
    sites: json.containsKey('sites') ? Given(json['sites'] == null ? null : [for (final each in json['sites'] as List<dynamic>) each as String]) : null,
    assistant: json.containsKey('assistant') ? Given(json['assistant'] as bool?) : null,
    fallback: json.containsKey('fallback') ? Given(json['fallback'] == null ? null : Fallback.fromJson(json['fallback'])) : null,
    triage: json.containsKey('triage') ? Given(json['triage'] == null ? null : TriageMode.fromJson(json['triage'])) : null,
  );

  String get type => 'inbox.update';
  final String commandId;
  final Given<int?>? version;
  final Id inboxId;
  final Given<String?>? name;
  final Given<Id?>? teamId;
  final Given<String?>? address;
  final Given<String?>? colour;
  final Given<String?>? signature;
  final Given<String?>? autoReply;
  final Given<List<String>?>? sites;
  final Given<bool?>? assistant;
  final Given<Fallback?>? fallback;
  final Given<TriageMode?>? triage;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'inbox_id': inboxId,
    if (name case final given?) 'name': given.value,
    if (teamId case final given?) 'team_id': given.value,
    if (address case final given?) 'address': given.value,
    if (colour case final given?) 'colour': given.value,
    if (signature case final given?) 'signature': given.value,
    if (autoReply case final given?) 'auto_reply': given.value,
    if (sites case final given?) 'sites': given.value,
    if (assistant case final given?) 'assistant': given.value,
    if (fallback case final given?) 'fallback': given.value?.toJson(),
    if (triage case final given?) 'triage': given.value?.toJson(),
  };
}

final class UpdateLeave implements DocumentCommand {
  const UpdateLeave({
    required this.commandId,
    this.version,
    required this.leaveId,
    this.start,
    this.end,
    this.note,
    this.url,
  });

  factory UpdateLeave.fromJson(Map<String, dynamic> json) => UpdateLeave(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    leaveId: json['leave_id'] as Id,
    start: json.containsKey('start') ? Given(json['start'] as Millis?) : null,
    end: json.containsKey('end') ? Given(json['end'] as Millis?) : null,
    note: json.containsKey('note') ? Given(json['note'] as String?) : null,
    url: json.containsKey('url') ? Given(json['url'] as String?) : null,
  );

  String get type => 'leave.update';
  final String commandId;
  final Given<int?>? version;
  final Id leaveId;
  final Given<Millis?>? start;
  final Given<Millis?>? end;
  final Given<String?>? note;
  final Given<String?>? url;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'leave_id': leaveId,
    if (start case final given?) 'start': given.value,
    if (end case final given?) 'end': given.value,
    if (note case final given?) 'note': given.value,
    if (url case final given?) 'url': given.value,
  };
}

/// Tickets that are active keep what they consumed, and follow what it says from now on.
final class UpdatePolicy implements DocumentCommand {
  const UpdatePolicy({
    required this.commandId,
    this.version,
    required this.policyId,
    this.name,
    this.calendarId,
    this.position,
    this.active,
    this.priorities,
    this.categoryIds,
    this.teamIds,
    this.contactTags,
    this.targets,
    this.warnAt,
    this.ladder,
  });

  factory UpdatePolicy.fromJson(Map<String, dynamic> json) => UpdatePolicy(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    policyId: json['policy_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    calendarId: json.containsKey('calendar_id') ? Given(json['calendar_id'] as Id?) : null,
    position: json.containsKey('position') ? Given(json['position'] as int?) : null,
    active: json.containsKey('active') ? Given(json['active'] as bool?) : null,
    priorities: json.containsKey('priorities') ? Given(json['priorities'] == null ? null : [for (final each in json['priorities'] as List<dynamic>) Priority.fromJson(each)]) : null,
    categoryIds: json.containsKey('category_ids') ? Given(json['category_ids'] == null ? null : [for (final each in json['category_ids'] as List<dynamic>) each as Id]) : null,
    teamIds: json.containsKey('team_ids') ? Given(json['team_ids'] == null ? null : [for (final each in json['team_ids'] as List<dynamic>) each as Id]) : null,
    contactTags: json.containsKey('contact_tags') ? Given(json['contact_tags'] == null ? null : [for (final each in json['contact_tags'] as List<dynamic>) each as String]) : null,
    targets: json.containsKey('targets') ? Given(json['targets'] == null ? null : {for (final entry in (json['targets'] as Map<String, dynamic>).entries) entry.key: Targets.fromJson(entry.value as Map<String, dynamic>)}) : null,
    warnAt: json.containsKey('warn_at') ? Given(json['warn_at'] == null ? null : [for (final each in json['warn_at'] as List<dynamic>) each as int]) : null,
    ladder: json.containsKey('ladder') ? Given(json['ladder'] == null ? null : [for (final each in json['ladder'] as List<dynamic>) Rung.fromJson(each as Map<String, dynamic>)]) : null,
  );

  String get type => 'policy.update';
  final String commandId;
  final Given<int?>? version;
  final Id policyId;
  final Given<String?>? name;
  final Given<Id?>? calendarId;
  final Given<int?>? position;
  final Given<bool?>? active;
  final Given<List<Priority>?>? priorities;
  final Given<List<Id>?>? categoryIds;
  final Given<List<Id>?>? teamIds;
  final Given<List<String>?>? contactTags;
  final Given<Map<String, Targets>?>? targets;
  final Given<List<int>?>? warnAt;
  final Given<List<Rung>?>? ladder;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'policy_id': policyId,
    if (name case final given?) 'name': given.value,
    if (calendarId case final given?) 'calendar_id': given.value,
    if (position case final given?) 'position': given.value,
    if (active case final given?) 'active': given.value,
    if (priorities case final given?) 'priorities': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (categoryIds case final given?) 'category_ids': given.value,
    if (teamIds case final given?) 'team_ids': given.value,
    if (contactTags case final given?) 'contact_tags': given.value,
    if (targets case final given?) 'targets': given.value == null ? null : {for (final entry in given.value!.entries) entry.key: entry.value.toJson()},
    if (warnAt case final given?) 'warn_at': given.value,
    if (ladder case final given?) 'ladder': given.value == null ? null : [for (final each in given.value!) each.toJson()],
  };
}

/// Users refer to a role by its name, so that stays.
final class UpdateRole implements DocumentCommand {
  const UpdateRole({
    required this.commandId,
    this.version,
    required this.roleId,
    this.title,
    this.permissions,
  });

  factory UpdateRole.fromJson(Map<String, dynamic> json) => UpdateRole(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    roleId: json['role_id'] as Id,
    title: json.containsKey('title') ? Given(json['title'] as String?) : null,
    permissions: json.containsKey('permissions') ? Given(json['permissions'] == null ? null : {for (final entry in (json['permissions'] as Map<String, dynamic>).entries) entry.key: Scope.fromJson(entry.value)}) : null,
  );

  String get type => 'role.update';
  final String commandId;
  final Given<int?>? version;
  final Id roleId;
  final Given<String?>? title;
  final Given<Map<String, Scope>?>? permissions;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'role_id': roleId,
    if (title case final given?) 'title': given.value,
    if (permissions case final given?) 'permissions': given.value == null ? null : {for (final entry in given.value!.entries) entry.key: entry.value.toJson()},
  };
}

final class UpdateSkill implements DocumentCommand {
  const UpdateSkill({
    required this.commandId,
    this.version,
    required this.skillId,
    this.name,
  });

  factory UpdateSkill.fromJson(Map<String, dynamic> json) => UpdateSkill(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    skillId: json['skill_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
  );

  String get type => 'skill.update';
  final String commandId;
  final Given<int?>? version;
  final Id skillId;
  final Given<String?>? name;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'skill_id': skillId,
    if (name case final given?) 'name': given.value,
  };
}

final class UpdateTeam implements DocumentCommand {
  const UpdateTeam({
    required this.commandId,
    this.version,
    required this.teamId,
    this.name,
    this.memberIds,
    this.routing,
    this.offerSeconds,
  });

  factory UpdateTeam.fromJson(Map<String, dynamic> json) => UpdateTeam(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    teamId: json['team_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    memberIds: json.containsKey('member_ids') ? Given(json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id]) : null,
    routing: json.containsKey('routing') ? Given(json['routing'] == null ? null : Routing.fromJson(json['routing'])) : null,
    offerSeconds: json.containsKey('offer_seconds') ? Given(json['offer_seconds'] as int?) : null,
  );

  String get type => 'team.update';
  final String commandId;
  final Given<int?>? version;
  final Id teamId;
  final Given<String?>? name;
  final Given<List<Id>?>? memberIds;
  final Given<Routing?>? routing;
  final Given<int?>? offerSeconds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'team_id': teamId,
    if (name case final given?) 'name': given.value,
    if (memberIds case final given?) 'member_ids': given.value,
    if (routing case final given?) 'routing': given.value?.toJson(),
    if (offerSeconds case final given?) 'offer_seconds': given.value,
  };
}

/// Change some of the header; what is not named stays, null empties what may be empty.
final class UpdateTicket implements TicketCommand {
  const UpdateTicket({
    required this.commandId,
    required this.ticketId,
    this.title,
    this.status,
    this.priority,
    this.category,
    this.dueAt,
    this.tags,
    this.fields,
    this.requiredSkills,
    this.skillLevels,
  });

  factory UpdateTicket.fromJson(Map<String, dynamic> json) => UpdateTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    title: json.containsKey('title') ? Given(json['title'] as String?) : null,
    status: json.containsKey('status') ? Given(json['status'] == null ? null : Status.fromJson(json['status'])) : null,
    priority: json.containsKey('priority') ? Given(json['priority'] == null ? null : Priority.fromJson(json['priority'])) : null,
    category: json.containsKey('category') ? Given(json['category'] as Id?) : null,
    dueAt: json.containsKey('due_at') ? Given(json['due_at'] as Millis?) : null,
    tags: json.containsKey('tags') ? Given(json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String]) : null,
    fields: json.containsKey('fields') ? Given(json['fields'] == null ? null : {for (final entry in (json['fields'] as Map<String, dynamic>).entries) entry.key: entry.value}) : null,
    requiredSkills: json.containsKey('required_skills') ? Given(json['required_skills'] == null ? null : [for (final each in json['required_skills'] as List<dynamic>) each as Id]) : null,
    skillLevels: json.containsKey('skill_levels') ? Given(json['skill_levels'] == null ? null : {for (final entry in (json['skill_levels'] as Map<String, dynamic>).entries) entry.key: entry.value as int}) : null,
  );

  String get type => 'ticket.update';
  final String commandId;
  final Id ticketId;
  final Given<String?>? title;
  final Given<Status?>? status;
  final Given<Priority?>? priority;
  final Given<Id?>? category;
  final Given<Millis?>? dueAt;
  final Given<List<String>?>? tags;
  final Given<Map<String, Object?>?>? fields;
  final Given<List<Id>?>? requiredSkills;
  final Given<Map<String, int>?>? skillLevels;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    if (title case final given?) 'title': given.value,
    if (status case final given?) 'status': given.value?.toJson(),
    if (priority case final given?) 'priority': given.value?.toJson(),
    if (category case final given?) 'category': given.value,
    if (dueAt case final given?) 'due_at': given.value,
    if (tags case final given?) 'tags': given.value,
    if (fields case final given?) 'fields': given.value,
    if (requiredSkills case final given?) 'required_skills': given.value,
    if (skillLevels case final given?) 'skill_levels': given.value,
  };
}

/// `team_ids` are all teams the user shall be in afterwards.
final class UpdateUser implements DocumentCommand {
  const UpdateUser({
    required this.commandId,
    this.version,
    required this.userId,
    this.email,
    this.name,
    this.role,
    this.skills,
    this.capacity,
    this.zone,
    this.shifts,
    this.languages,
    this.exceptions,
    this.breaks,
    this.deputyId,
    this.active,
    this.teamIds,
    this.mustChangePassword,
  });

  factory UpdateUser.fromJson(Map<String, dynamic> json) => UpdateUser(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    userId: json['user_id'] as Id,
    email: json.containsKey('email') ? Given(json['email'] as String?) : null,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    role: json.containsKey('role') ? Given(json['role'] as String?) : null,
    skills: json.containsKey('skills') ? Given(json['skills'] == null ? null : [for (final each in json['skills'] as List<dynamic>) SkillLevel.fromJson(each as Map<String, dynamic>)]) : null,
    capacity: json.containsKey('capacity') ? Given(json['capacity'] as int?) : null,
    zone: json.containsKey('zone') ? Given(json['zone'] as String?) : null,
    shifts: json.containsKey('shifts') ? Given(json['shifts'] == null ? null : [for (final each in json['shifts'] as List<dynamic>) Shift.fromJson(each as Map<String, dynamic>)]) : null,
    languages: json.containsKey('languages') ? Given(json['languages'] == null ? null : [for (final each in json['languages'] as List<dynamic>) each as String]) : null,
    exceptions: json.containsKey('exceptions') ? Given(json['exceptions'] == null ? null : [for (final each in json['exceptions'] as List<dynamic>) ShiftException.fromJson(each as Map<String, dynamic>)]) : null,
    breaks: json.containsKey('breaks') ? Given(json['breaks'] == null ? null : [for (final each in json['breaks'] as List<dynamic>) Shift.fromJson(each as Map<String, dynamic>)]) : null,
    deputyId: json.containsKey('deputy_id') ? Given(json['deputy_id'] as Id?) : null,
    active: json.containsKey('active') ? Given(json['active'] as bool?) : null,
    teamIds: json.containsKey('team_ids') ? Given(json['team_ids'] == null ? null : [for (final each in json['team_ids'] as List<dynamic>) each as Id]) : null,
    mustChangePassword: json.containsKey('must_change_password') ? Given(json['must_change_password'] as bool?) : null,
  );

  String get type => 'user.update';
  final String commandId;
  final Given<int?>? version;
  final Id userId;
  final Given<String?>? email;
  final Given<String?>? name;
  final Given<String?>? role;
  final Given<List<SkillLevel>?>? skills;
  final Given<int?>? capacity;
  final Given<String?>? zone;
  final Given<List<Shift>?>? shifts;
  final Given<List<String>?>? languages;
  final Given<List<ShiftException>?>? exceptions;
  final Given<List<Shift>?>? breaks;
  final Given<Id?>? deputyId;
  final Given<bool?>? active;
  final Given<List<Id>?>? teamIds;
  final Given<bool?>? mustChangePassword;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'user_id': userId,
    if (email case final given?) 'email': given.value,
    if (name case final given?) 'name': given.value,
    if (role case final given?) 'role': given.value,
    if (skills case final given?) 'skills': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (capacity case final given?) 'capacity': given.value,
    if (zone case final given?) 'zone': given.value,
    if (shifts case final given?) 'shifts': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (languages case final given?) 'languages': given.value,
    if (exceptions case final given?) 'exceptions': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (breaks case final given?) 'breaks': given.value == null ? null : [for (final each in given.value!) each.toJson()],
    if (deputyId case final given?) 'deputy_id': given.value,
    if (active case final given?) 'active': given.value,
    if (teamIds case final given?) 'team_ids': given.value,
    if (mustChangePassword case final given?) 'must_change_password': given.value,
  };
}

/// What somebody says of a guess. To dismiss one that counts takes it back.
enum Verdict {
  take('take'),
  dismiss('dismiss'),

  /// One that only a newer release knows.
  unknown('');

  const Verdict(this.wire);

  final String wire;

  static Verdict fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

enum Visibility {
  public('public'),
  private('private'),

  /// One that only a newer release knows.
  unknown('');

  const Visibility(this.wire);

  final String wire;

  static Visibility fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// The days of a week, in its order.
enum Weekday {
  mon('mon'),
  tue('tue'),
  wed('wed'),
  thu('thu'),
  fri('fri'),
  sat('sat'),
  sun('sun'),

  /// One that only a newer release knows.
  unknown('');

  const Weekday(this.wire);

  final String wire;

  static Weekday fromJson(Object? value) =>
      values.firstWhere((each) => each.wire == value, orElse: () => unknown);

  String toJson() => wire;
}

/// A note for who looks after the ticket, which the client never sees.
final class Whisper implements TicketCommand {
  const Whisper({
    required this.commandId,
    required this.ticketId,
    required this.body,
  });

  factory Whisper.fromJson(Map<String, dynamic> json) => Whisper(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    body: json['body'] as String,
  );

  String get type => 'ticket.whisper';
  final String commandId;
  final Id ticketId;
  final String body;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'body': body,
  };
}

/// Why this agent: the last choice that was made for the ticket, best first.
final class Why {
  const Why({
    required this.at,
    required this.agentId,
    required this.candidates,
  });

  factory Why.fromJson(Map<String, dynamic> json) => Why(
    at: json['at'] as Millis,
    agentId: json['agent_id'] as Id?,
    candidates: [for (final each in json['candidates'] as List<dynamic>) Candidate.fromJson(each as Map<String, dynamic>)],
  );

  final Millis at;
  final Id? agentId;
  final List<Candidate> candidates;

  Map<String, dynamic> toJson() => {
    'at': at,
    'agent_id': agentId,
    'candidates': [for (final each in candidates) each.toJson()],
  };
}

/// The one shape of every refusal. `fields` has a message per wrong field, or its detail.
final class WireError {
  const WireError({
    required this.code,
    required this.message,
    required this.fields,
    required this.retryable,
  });

  factory WireError.fromJson(Map<String, dynamic> json) => WireError(
    code: Code.fromJson(json['code']),
    message: json['message'] as String,
    fields: json['fields'] as Map<String, dynamic>,
    retryable: json['retryable'] as bool,
  );

  final Code code;
  final String message;
  final Map<String, dynamic> fields;
  final bool retryable;

  Map<String, dynamic> toJson() => {
    'code': code.toJson(),
    'message': message,
    'fields': fields,
    'retryable': retryable,
  };
}

/// What an article says. `body` is Markdown.
final class Words {
  const Words({
    required this.title,
    required this.body,
    this.summary,
  });

  factory Words.fromJson(Map<String, dynamic> json) => Words(
    title: json['title'] as String,
    body: json['body'] as String,
    summary: json['summary'] as String?,
  );

  final String title;
  final String body;
  final String? summary;

  Map<String, dynamic> toJson() => {
    'title': title,
    'body': body,
    if (summary case final value?) 'summary': value,
  };
}

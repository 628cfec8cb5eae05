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
  });

  factory Agent.fromJson(Map<String, dynamic> json) => Agent(
    id: json['id'] as Id,
    seq: json['seq'] as int,
    head: json['head'] as int,
    at: json['at'] as Millis,
    held: {for (final entry in (json['held'] as Map<String, dynamic>).entries) entry.key: Held.fromJson(entry.value as Map<String, dynamic>)},
    letGo: [for (final each in json['let_go'] as List<dynamic>) each as String],
  );

  final Id id;
  final int seq;
  final int head;
  final Millis at;
  final Map<String, Held> held;
  final List<String> letGo;

  Map<String, dynamic> toJson() => {
    'id': id,
    'seq': seq,
    'head': head,
    'at': at,
    'held': {for (final entry in held.entries) entry.key: entry.value.toJson()},
    'let_go': letGo,
  };
}

final class AgentConfirmed implements AgentEvent {
  const AgentConfirmed({
    required this.v,
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
  });

  factory AgentConfirmed.fromJson(Map<String, dynamic> json) => AgentConfirmed(
    v: json['v'] as int,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
  );

  String get type => 'agent.confirmed';
  final int v;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
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

/// What can happen to an agent's load.
sealed class AgentEvent {
  factory AgentEvent.fromJson(Map<String, dynamic> json) => switch (json['type']) {
    'agent.reserved' => AgentReserved.fromJson(json),
    'agent.confirmed' => AgentConfirmed.fromJson(json),
    'agent.reweighed' => AgentReweighed.fromJson(json),
    'agent.released' => AgentReleased.fromJson(json),
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
    required this.ticketId,
    required this.reservation,
  });

  factory AgentReleased.fromJson(Map<String, dynamic> json) => AgentReleased(
    v: json['v'] as int,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
  );

  String get type => 'agent.released';
  final int v;
  final Id ticketId;
  final String reservation;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'ticket_id': ticketId,
    'reservation': reservation,
  };
}

final class AgentReserved implements AgentEvent {
  const AgentReserved({
    required this.v,
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
    required this.confirmed,
  });

  factory AgentReserved.fromJson(Map<String, dynamic> json) => AgentReserved(
    v: json['v'] as int,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
    confirmed: json['confirmed'] as bool,
  );

  String get type => 'agent.reserved';
  final int v;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;
  final bool confirmed;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
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
    required this.ticketId,
    required this.reservation,
    required this.weight,
    required this.asOf,
  });

  factory AgentReweighed.fromJson(Map<String, dynamic> json) => AgentReweighed(
    v: json['v'] as int,
    ticketId: json['ticket_id'] as Id,
    reservation: json['reservation'] as String,
    weight: json['weight'] as int,
    asOf: json['as_of'] as int,
  );

  String get type => 'agent.reweighed';
  final int v;
  final Id ticketId;
  final String reservation;
  final int weight;
  final int asOf;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
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

/// Give a ticket an owner, or with `agent_id: null` none; `team_id` moves it to a team.
final class AssignTicket implements TicketCommand {
  const AssignTicket({
    required this.commandId,
    required this.ticketId,
    required this.agentId,
    this.teamId,
  });

  factory AssignTicket.fromJson(Map<String, dynamic> json) => AssignTicket(
    commandId: json['command_id'] as String,
    ticketId: json['ticket_id'] as Id,
    agentId: json['agent_id'] as Id?,
    teamId: json['team_id'] as Id?,
  );

  String get type => 'ticket.assign';
  final String commandId;
  final Id ticketId;
  final Id? agentId;
  final Id? teamId;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'ticket_id': ticketId,
    'agent_id': agentId,
    if (teamId case final value?) 'team_id': value,
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

/// How somebody of the staff is there: `busy` is connected and full. `load` and `capacity` are in priority weights; `since` is when the state began. `on_shift` holds until `shift_until`, null: for ever, as for who has no set hours.
final class Attendance {
  const Attendance({
    required this.state,
    required this.load,
    required this.capacity,
    required this.since,
    this.onShift,
    this.shiftUntil,
  });

  factory Attendance.fromJson(Map<String, dynamic> json) => Attendance(
    state: json['state'] as String,
    load: json['load'] as int,
    capacity: json['capacity'] as int,
    since: json['since'] as Millis,
    onShift: json['on_shift'] as bool?,
    shiftUntil: json['shift_until'] as Millis?,
  );

  final String state;
  final int load;
  final int capacity;
  final Millis since;
  final bool? onShift;
  final Millis? shiftUntil;

  Map<String, dynamic> toJson() => {
    'state': state,
    'load': load,
    'capacity': capacity,
    'since': since,
    if (onShift case final value?) 'on_shift': value,
    if (shiftUntil case final value?) 'shift_until': value,
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
  };
}

final class CreateCategory implements DocumentCommand {
  const CreateCategory({
    required this.commandId,
    required this.name,
    this.keywords,
    this.teamId,
    this.approverIds,
  });

  factory CreateCategory.fromJson(Map<String, dynamic> json) => CreateCategory(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    keywords: json['keywords'] == null ? null : [for (final each in json['keywords'] as List<dynamic>) each as String],
    teamId: json['team_id'] as Id?,
    approverIds: json['approver_ids'] == null ? null : [for (final each in json['approver_ids'] as List<dynamic>) each as Id],
  );

  String get type => 'category.create';
  final String commandId;
  final String name;
  final List<String>? keywords;
  final Id? teamId;
  final List<Id>? approverIds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (keywords case final value?) 'keywords': value,
    if (teamId case final value?) 'team_id': value,
    if (approverIds case final value?) 'approver_ids': value,
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
  });

  factory CreateContact.fromJson(Map<String, dynamic> json) => CreateContact(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    emails: json['emails'] == null ? null : [for (final each in json['emails'] as List<dynamic>) each as String],
    companyId: json['company_id'] as Id?,
    notes: json['notes'] as String?,
  );

  String get type => 'contact.create';
  final String commandId;
  final String name;
  final List<String>? emails;
  final Id? companyId;
  final String? notes;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (emails case final value?) 'emails': value,
    if (companyId case final value?) 'company_id': value,
    if (notes case final value?) 'notes': value,
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
  });

  factory CreateTeam.fromJson(Map<String, dynamic> json) => CreateTeam(
    commandId: json['command_id'] as String,
    name: json['name'] as String,
    memberIds: json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id],
  );

  String get type => 'team.create';
  final String commandId;
  final String name;
  final List<Id>? memberIds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    'name': name,
    if (memberIds case final value?) 'member_ids': value,
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
    'contact.create' => CreateContact.fromJson(json),
    'contact.update' => UpdateContact.fromJson(json),
    'contact.delete' => DeleteContact.fromJson(json),
    'contact.merge' => MergeContact.fromJson(json),
    'contact.block' => BlockContact.fromJson(json),
    'contact.unblock' => UnblockContact.fromJson(json),
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

final class FeedSnapshot {
  const FeedSnapshot({
    required this.rows,
    required this.counters,
    required this.agents,
  });

  factory FeedSnapshot.fromJson(Map<String, dynamic> json) => FeedSnapshot(
    rows: [for (final each in json['rows'] as List<dynamic>) RowEntry.fromJson(each as Map<String, dynamic>)],
    counters: [for (final each in json['counters'] as List<dynamic>) CounterEntry.fromJson(each as Map<String, dynamic>)],
    agents: [for (final each in json['agents'] as List<dynamic>) AgentEntry.fromJson(each as Map<String, dynamic>)],
  );

  final List<RowEntry> rows;
  final List<CounterEntry> counters;
  final List<AgentEntry> agents;

  Map<String, dynamic> toJson() => {
    'rows': [for (final each in rows) each.toJson()],
    'counters': [for (final each in counters) each.toJson()],
    'agents': [for (final each in agents) each.toJson()],
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
  });

  factory MessagePosted.fromJson(Map<String, dynamic> json) => MessagePosted(
    v: json['v'] as int,
    messageId: json['message_id'] as Id,
    visibility: Visibility.fromJson(json['visibility']),
    body: json['body'] as String,
    author: ActorRef.fromJson(json['author'] as Map<String, dynamic>),
    mentions: [for (final each in json['mentions'] as List<dynamic>) each as Id],
    attachments: [for (final each in json['attachments'] as List<dynamic>) Attachment.fromJson(each as Map<String, dynamic>)],
  );

  String get type => 'message.posted';
  final int v;
  final Id messageId;
  final Visibility visibility;
  final String body;
  final ActorRef author;
  final List<Id> mentions;
  final List<Attachment> attachments;

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
  messageRedact('message.redact'),
  agentRead('agent.read'),
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

/// A snapshot as of `seq` and the envelopes after it, or those after the cursor up to `seq`; with `more`, join again from where they end. `markers` come with the envelopes of a ticket; a snapshot has them itself. `signals` are all that is done at the moment in a ticket's or an agent's room: what was known before is over.
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
    signals: json['signals'] == null ? null : [for (final each in json['signals'] as List<dynamic>) Doing.fromJson(each as Map<String, dynamic>)],
  );

  final String room;
  final String epoch;
  final int seq;
  final Map<String, dynamic>? snapshot;
  final List<Envelope> envelopes;
  final bool more;
  final List<Marker>? markers;
  final List<Doing>? signals;

  Map<String, dynamic> toJson() => {
    'room': room,
    'epoch': epoch,
    'seq': seq,
    'snapshot': snapshot,
    'envelopes': [for (final each in envelopes) each.toJson()],
    'more': more,
    if (markers case final value?) 'markers': [for (final each in value) each.toJson()],
    if (signals case final value?) 'signals': [for (final each in value) each.toJson()],
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

/// A ticket as a list shows it. `at` is its last change; only staff's rows have tags.
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
    this.tags,
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
    tags: json['tags'] == null ? null : [for (final each in json['tags'] as List<dynamic>) each as String],
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
  final List<String>? tags;

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
    if (tags case final value?) 'tags': value,
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
  });

  factory SkillsChanged.fromJson(Map<String, dynamic> json) => SkillsChanged(
    v: json['v'] as int,
    before: [for (final each in json['before'] as List<dynamic>) each as Id],
    requiredSkills: [for (final each in json['required_skills'] as List<dynamic>) each as Id],
  );

  String get type => 'ticket.skills_changed';
  final int v;
  final List<Id> before;
  final List<Id> requiredSkills;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'v': v,
    'before': before,
    'required_skills': requiredSkills,
  };
}

/// What the client never sees of the header.
final class StaffPart {
  const StaffPart({
    required this.tags,
    required this.fields,
    required this.requiredSkills,
    required this.reservation,
  });

  factory StaffPart.fromJson(Map<String, dynamic> json) => StaffPart(
    tags: [for (final each in json['tags'] as List<dynamic>) each as String],
    fields: {for (final entry in (json['fields'] as Map<String, dynamic>).entries) entry.key: entry.value},
    requiredSkills: [for (final each in json['required_skills'] as List<dynamic>) each as Id],
    reservation: json['reservation'] as String?,
  );

  final List<String> tags;
  final Map<String, Object?> fields;
  final List<Id> requiredSkills;
  final String? reservation;

  Map<String, dynamic> toJson() => {
    'tags': tags,
    'fields': fields,
    'required_skills': requiredSkills,
    'reservation': reservation,
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

/// Change an article, publish it, or take it back to a draft.
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
    this.approverIds,
  });

  factory UpdateCategory.fromJson(Map<String, dynamic> json) => UpdateCategory(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    categoryId: json['category_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    keywords: json.containsKey('keywords') ? Given(json['keywords'] == null ? null : [for (final each in json['keywords'] as List<dynamic>) each as String]) : null,
    teamId: json.containsKey('team_id') ? Given(json['team_id'] as Id?) : null,
    approverIds: json.containsKey('approver_ids') ? Given(json['approver_ids'] == null ? null : [for (final each in json['approver_ids'] as List<dynamic>) each as Id]) : null,
  );

  String get type => 'category.update';
  final String commandId;
  final Given<int?>? version;
  final Id categoryId;
  final Given<String?>? name;
  final Given<List<String>?>? keywords;
  final Given<Id?>? teamId;
  final Given<List<Id>?>? approverIds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'category_id': categoryId,
    if (name case final given?) 'name': given.value,
    if (keywords case final given?) 'keywords': given.value,
    if (teamId case final given?) 'team_id': given.value,
    if (approverIds case final given?) 'approver_ids': given.value,
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
  });

  factory UpdateContact.fromJson(Map<String, dynamic> json) => UpdateContact(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    contactId: json['contact_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    emails: json.containsKey('emails') ? Given(json['emails'] == null ? null : [for (final each in json['emails'] as List<dynamic>) each as String]) : null,
    companyId: json.containsKey('company_id') ? Given(json['company_id'] as Id?) : null,
    notes: json.containsKey('notes') ? Given(json['notes'] as String?) : null,
  );

  String get type => 'contact.update';
  final String commandId;
  final Given<int?>? version;
  final Id contactId;
  final Given<String?>? name;
  final Given<List<String>?>? emails;
  final Given<Id?>? companyId;
  final Given<String?>? notes;

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
  });

  factory UpdateTeam.fromJson(Map<String, dynamic> json) => UpdateTeam(
    commandId: json['command_id'] as String,
    version: json.containsKey('version') ? Given(json['version'] as int?) : null,
    teamId: json['team_id'] as Id,
    name: json.containsKey('name') ? Given(json['name'] as String?) : null,
    memberIds: json.containsKey('member_ids') ? Given(json['member_ids'] == null ? null : [for (final each in json['member_ids'] as List<dynamic>) each as Id]) : null,
  );

  String get type => 'team.update';
  final String commandId;
  final Given<int?>? version;
  final Id teamId;
  final Given<String?>? name;
  final Given<List<Id>?>? memberIds;

  @override
  Map<String, dynamic> toJson() => {
    'type': type,
    'command_id': commandId,
    if (version case final given?) 'version': given.value,
    'team_id': teamId,
    if (name case final given?) 'name': given.value,
    if (memberIds case final given?) 'member_ids': given.value,
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
    if (active case final given?) 'active': given.value,
    if (teamIds case final given?) 'team_ids': given.value,
    if (mustChangePassword case final given?) 'must_change_password': given.value,
  };
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

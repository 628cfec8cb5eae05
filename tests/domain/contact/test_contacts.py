"""Contacts: whatever happens to one, its tickets stay."""

from __future__ import annotations

import pytest

from domain.catalog import load_command
from domain.contact.commands import (
    AbsorbContacts,
    BlockContact,
    CreateContact,
    DeleteContact,
    IdentifyContact,
    MergeContact,
    RegisterContact,
    UnblockContact,
    UpdateContact,
)
from domain.contact.decide import decide
from domain.contact.facts import Facts
from domain.contact.process import next_steps
from domain.contact.state import Address, Contact
from domain.document import Change
from domain.errors import Conflict, Forbidden, Invalid, NotFound
from tests.domain.people.house import MACHINE, NOW, new_id, staff

AGENT = staff("agent")


def a_contact(**fields: object) -> Contact:
    given = {"id": new_id(), "version": 2, "name": "Cleo", "created_at": NOW, **fields}
    return Contact.model_validate(given)


def a_guest(**fields: object) -> Contact:
    return a_contact(name="Guest", guest=True, **fields)


def on(contact: Contact, **fields: object) -> dict[str, object]:
    return {"command_id": new_id(), "contact_id": contact.id, **fields}


def merge(source: Contact, into: Contact) -> MergeContact:
    return MergeContact.model_validate(on(source, into_id=into.id))


def test_an_agent_notes_a_caller_with_unproven_addresses_each_once():
    command = CreateContact(
        command_id=new_id(), name="Cleo", emails=("c@example.org", "C@example.org"), notes="rang"
    )
    contact = decide(None, command, AGENT, NOW, Facts())
    assert contact.addresses == (Address(email="c@example.org", verified=False),)
    assert (contact.notes, contact.guest, contact.user_id) == ("rang", False, None)


def test_clients_and_guests_manage_no_contacts():
    client = staff("client")
    contact = a_contact()
    for command in (
        CreateContact(command_id=new_id(), name="x"),
        UpdateContact.model_validate(on(contact, name="x")),
        merge(contact, a_contact()),
        BlockContact.model_validate(on(contact)),
    ):
        with pytest.raises(Forbidden):
            decide(contact, command, client, NOW, Facts())


def test_a_verified_address_that_is_named_again_stays_verified():
    contact = a_contact(addresses=[{"email": "a@example.org", "verified": True}])
    command = UpdateContact.model_validate(on(contact, emails=["b@example.org", "a@example.org"]))
    after = decide(contact, command, AGENT, NOW, Facts())
    assert after.addresses == (
        Address(email="b@example.org"),
        Address(email="a@example.org", verified=True),
    )


def test_a_company_can_be_taken_away_and_a_name_cannot():
    contact = a_contact(company_id=new_id())
    command = UpdateContact.model_validate(on(contact, company_id=None, name=None))
    after = decide(contact, command, AGENT, NOW, Facts())
    assert (after.company_id, after.name) == (None, "Cleo")


def test_blocking_and_unblocking_are_remembered():
    contact = a_contact()
    blocked = decide(contact, BlockContact.model_validate(on(contact)), AGENT, NOW, Facts())
    assert blocked.blocked
    free = decide(blocked, UnblockContact.model_validate(on(contact)), AGENT, NOW, Facts())
    assert free == contact


def test_a_new_contact_of_the_machine_is_a_guest_without_a_user():
    guest = a_contact()
    command = RegisterContact(command_id="guest:1", contact_id=guest.id, name="Guest")
    contact = decide(None, command, MACHINE, NOW, Facts())
    assert contact.guest
    assert contact.addresses == ()
    user_id = new_id()
    known = command.model_copy(update={"user_id": user_id, "email": "c@example.org"})
    contact = decide(None, known, MACHINE, NOW, Facts())
    assert not contact.guest
    assert contact.addresses == (Address(email="c@example.org", verified=False),)
    assert decide(contact, known, MACHINE, NOW, Facts()) is contact


def test_merging_closes_the_source_and_owes_the_survivor_its_tickets():
    alias = new_id()
    source, into = a_contact(aliases=[alias], addresses=[{"email": "s@example.org"}]), a_contact()
    command = merge(source, into)
    after = decide(source, command, AGENT, NOW, Facts(into=into))
    assert after == source.model_copy(update={"merged_into": into.id})
    (step,) = next_steps(after, command)
    absorb = load_command(step.command)
    assert isinstance(absorb, AbsorbContacts)
    assert absorb.contact_id == into.id
    assert absorb.merged_ids == (source.id, alias)
    survivor = decide(into, absorb, step.actor, NOW, Facts())
    assert survivor.aliases == (source.id, alias)
    assert survivor.addresses == source.addresses


def test_what_either_of_two_proved_stays_proven():
    into = a_contact(addresses=[{"email": "a@example.org"}, {"email": "b@example.org"}])
    addresses = (
        Address(email="a@example.org", verified=True),
        Address(email="b@example.org"),
        Address(email="c@example.org"),
    )
    absorb = AbsorbContacts.model_validate(on(into, merged_ids=[new_id()], addresses=addresses))
    once = decide(into, absorb, MACHINE, NOW, Facts())
    assert once.addresses == addresses
    claimed = tuple(Address(email=each.email) for each in addresses)
    again = absorb.model_copy(update={"addresses": claimed})
    assert decide(once, again, MACHINE, NOW, Facts()).addresses == addresses


def test_absorbing_twice_changes_nothing():
    source, into = a_contact(), a_contact()
    absorb = AbsorbContacts.model_validate(
        on(into, merged_ids=[source.id], addresses=[{"email": "s@example.org"}])
    )
    once = decide(into, absorb, MACHINE, NOW, Facts())
    assert decide(once, absorb, MACHINE, NOW, Facts()) == once


def test_a_survivor_who_was_merged_meanwhile_passes_on_what_it_absorbs():
    last = new_id()
    middle = a_contact(merged_into=last)
    merged = new_id()
    absorb = AbsorbContacts.model_validate(on(middle, merged_ids=[merged]))
    after = decide(middle, absorb, MACHINE, NOW, Facts())
    (step,) = next_steps(after, absorb)
    assert step.command["contact_id"] == last
    assert step.command["merged_ids"] == [merged]


def test_a_chain_of_merges_ends_with_everybody_at_the_last():
    contacts = {name: a_contact(name=name) for name in "abc"}

    def carry_out(command: Change) -> None:
        identity = command.document_id("")
        name = next(name for name, each in contacts.items() if each.id == identity)
        into = contacts.get("b" if name == "a" else "c")
        after = decide(contacts[name], command, MACHINE, NOW, Facts(into=into))
        contacts[name] = after
        for step in next_steps(after, command):
            owed = load_command(step.command)
            assert isinstance(owed, Change)
            carry_out(owed)

    a, b, c = contacts.values()
    carry_out(merge(a, b))
    carry_out(merge(b, c))
    assert set(contacts["c"].aliases) == {a.id, b.id}


def test_impossible_merges_say_why():
    source, into = a_contact(), a_contact()
    elsewhere = new_id()
    with pytest.raises(Invalid, match="itself"):
        decide(source, merge(source, source), AGENT, NOW, Facts(into=source))
    with pytest.raises(NotFound):
        decide(source, merge(source, into), AGENT, NOW, Facts())
    gone = into.model_copy(update={"merged_into": elsewhere})
    with pytest.raises(Conflict) as refused:
        decide(source, merge(source, into), AGENT, NOW, Facts(into=gone))
    assert refused.value.fields == {"merged_into": elsewhere}
    done = source.model_copy(update={"merged_into": elsewhere})
    with pytest.raises(Conflict, match="merged already"):
        decide(done, merge(source, into), AGENT, NOW, Facts(into=into))


def test_merging_again_into_the_same_changes_nothing():
    into = a_contact()
    source = a_contact(merged_into=into.id)
    assert decide(source, merge(source, into), AGENT, NOW, Facts(into=into)) == source


def test_a_proven_address_makes_a_guest_known():
    guest = a_guest(addresses=[{"email": "g@example.org"}])
    command = IdentifyContact.model_validate(on(guest, email="g@example.org", name="Gus"))
    after = decide(guest, command, MACHINE, NOW, Facts())
    assert after.addresses == (Address(email="g@example.org", verified=True),)
    assert (after.name, after.guest) == ("Gus", False)


def test_an_address_that_somebody_else_proved_asks_for_a_merge():
    guest, holder = a_guest(), new_id()
    command = IdentifyContact.model_validate(on(guest, email="g@example.org"))
    with pytest.raises(Conflict) as refused:
        decide(guest, command, MACHINE, NOW, Facts(holder_id=holder))
    assert refused.value.fields == {"contact_id": holder}
    assert decide(guest, command, MACHINE, NOW, Facts(holder_id=guest.id))


def test_erasing_leaves_an_id_for_the_tickets():
    contact = a_guest(
        addresses=[{"email": "g@example.org"}],
        notes="secret",
        company_id=new_id(),
        aliases=[alias := new_id()],
    )
    command = DeleteContact.model_validate(on(contact))
    after = decide(contact, command, AGENT, NOW, Facts())
    assert after == Contact(
        id=contact.id, version=2, name="Erased", aliases=(alias,), created_at=NOW
    )
    (step,) = next_steps(after, command)
    assert (step.command["type"], step.command["contact_id"]) == ("contact.delete", alias)


def test_a_contact_with_a_log_in_is_erased_with_its_user_only():
    contact = a_contact(user_id=new_id())
    command = DeleteContact.model_validate(on(contact))
    with pytest.raises(Conflict, match="erase the user"):
        decide(contact, command, AGENT, NOW, Facts())
    assert decide(contact, command, MACHINE, NOW, Facts()).name == "Erased"


def test_somebody_who_is_not_there_is_not_found():
    contact = a_contact()
    for command in (merge(contact, a_contact()), BlockContact.model_validate(on(contact))):
        with pytest.raises(NotFound):
            decide(None, command, AGENT, NOW, Facts(into=a_contact()))


def test_the_machines_commands_come_through_no_door():
    from domain.catalog import DOOR_TYPES

    assert {"contact.merge", "contact.block"} <= DOOR_TYPES
    assert not {"contact.register", "contact.absorb", "contact.identify"} & DOOR_TYPES


def test_what_a_contact_is_to_us_stands_once_and_is_gone_with_them():
    given = CreateContact(command_id=new_id(), name="Cleo", tags=("vip", "beta", "vip"))
    cleo = decide(None, given, AGENT, NOW, Facts())
    assert cleo.tags == ("beta", "vip")
    named = UpdateContact.model_validate(on(cleo, tags=["press"]))
    assert decide(cleo, named, AGENT, NOW, Facts()).tags == ("press",)
    unnamed = UpdateContact.model_validate(on(cleo, notes="rang"))
    assert decide(cleo, unnamed, AGENT, NOW, Facts()).tags == ("beta", "vip")
    erased = decide(cleo, DeleteContact.model_validate(on(cleo)), MACHINE, NOW, Facts())
    assert erased.tags == ()


def test_who_survives_a_merge_is_all_that_both_were():
    source, survivor = a_contact(tags=("vip",)), a_contact(tags=("press",))
    merged = decide(source, merge(source, survivor), AGENT, NOW, Facts(into=survivor))
    (step,) = next_steps(merged, merge(source, survivor))
    absorb = load_command(step.command)
    assert isinstance(absorb, AbsorbContacts)
    assert decide(survivor, absorb, MACHINE, NOW, Facts()).tags == ("press", "vip")

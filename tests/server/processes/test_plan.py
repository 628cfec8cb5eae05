"""What a command runs with: whose stores, which secret, which data."""

from pathlib import Path

import pytest

from server.processes.plan import kept_secret, plan_demo, plan_here, plan_production
from server.processes.stores import Store
from server.settings import SettingsError

OUTSIDE = {
    "MONGODB_URL": "mongodb://db.example/?replicaSet=rs0",
    "REDIS_URL": "redis://cache.example",
    "SECRET_KEY": "a-secret-of-more-than-32-characters",
}


def test_the_demo_never_touches_the_stores_of_the_environment(data_dir: Path):
    plan = plan_demo({**OUTSIDE, "DATA": str(data_dir)})

    assert plan.embedded == tuple(Store)
    assert "example" not in plan.settings.mongodb_url + plan.settings.redis_url
    assert plan.settings.secret_key != OUTSIDE["SECRET_KEY"]
    assert "MONGODB_URL, REDIS_URL, SECRET_KEY" in plan.notes[0]


def test_production_with_everything_set_embeds_nothing(data_dir: Path):
    plan = plan_production({**OUTSIDE, "DATA": str(data_dir), "PUBLIC_URL": "https://desk.example"})

    assert plan.embedded == ()
    assert plan.notes == ()
    assert plan.settings.mode == "production"
    assert not data_dir.exists()


def test_production_embeds_only_what_is_unset_and_says_so(data_dir: Path):
    plan = plan_production({**OUTSIDE, "DATA": str(data_dir), "REDIS_URL": ""})

    assert plan.embedded == (Store.VALKEY,)
    assert plan.settings.mongodb_url == OUTSIDE["MONGODB_URL"]
    assert any("REDIS_URL is not set" in note for note in plan.notes)


def test_production_on_a_real_database_refuses_to_make_up_a_secret(data_dir: Path):
    with pytest.raises(SettingsError, match=r"SECRET_KEY must be .* it is not set"):
        plan_production({**OUTSIDE, "DATA": str(data_dir), "SECRET_KEY": ""})


def test_production_on_the_embedded_store_keeps_a_secret_and_says_so(data_dir: Path):
    first = plan_production({"DATA": str(data_dir)})
    second = plan_production({"DATA": str(data_dir)})

    assert first.settings.secret_key == second.settings.secret_key
    assert any("SECRET_KEY is not set" in note for note in first.notes)
    assert not any(first.settings.secret_key in note for note in first.notes)


def test_only_its_owner_may_read_the_kept_secret(data_dir: Path):
    kept_secret(data_dir)
    place = data_dir / "secret-key"
    assert place.stat().st_mode & 0o777 == 0o600

    place.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        kept_secret(data_dir)


def test_demo_and_production_never_share_a_data_folder(data_dir: Path):
    plan_demo({"DATA": str(data_dir)})

    with pytest.raises(SettingsError, match="holds data of mode demo"):
        plan_production({"DATA": str(data_dir)})


def test_a_command_finds_the_plan_of_the_data_folder(data_dir: Path):
    demo = plan_demo({"DATA": str(data_dir)})

    assert plan_here({"DATA": str(data_dir)}) == demo

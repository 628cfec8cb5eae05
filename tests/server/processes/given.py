"""Settings for tests that need some and do not care which."""

from pathlib import Path

from server.settings import Settings


def settings_of(data_dir: Path, **more: object) -> Settings:
    """Production settings of a data folder; whatever else matters to the test is named."""
    return Settings.model_validate(
        {
            "mongodb_url": "mongodb://db.example",
            "redis_url": "redis://cache.example",
            "secret_key": "a-secret-of-more-than-32-characters",
            "public_url": "https://desk.example",
            "data_dir": data_dir,
            **more,
        }
    )

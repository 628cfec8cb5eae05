"""Beanie runs on the store unmodified."""

from typing import ClassVar

import pytest
from beanie import Document, Indexed, init_beanie
from pydantic import Field
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError


class Cat(Document):
    name: Indexed(str, unique=True)
    tags: list[str] = Field(default_factory=list)
    age: int = 0

    class Settings:
        name = "cats"
        indexes: ClassVar = [IndexModel([("age", -1), ("name", 1)])]


@pytest.fixture
async def models(database):
    await init_beanie(database=database, document_models=[Cat])


async def test_documents_are_inserted_found_changed_and_deleted(models):
    tom = await Cat(name="tom", tags=["grey"]).insert()

    tom.age = 5
    await tom.save()
    await Cat.find(Cat.age > 1).inc({Cat.age: 2})

    assert [cat.age for cat in await Cat.find(Cat.name == "tom").to_list()] == [7]
    await tom.delete()
    assert await Cat.find_all().count() == 0


async def test_the_declared_indexes_exist_and_hold(models):
    await Cat(name="tom").insert()

    with pytest.raises(DuplicateKeyError):
        await Cat(name="tom").insert()

    names = set(await Cat.get_pymongo_collection().index_information())
    assert names == {"_id_", "name_1", "age_-1_name_1"}


async def test_an_upsert_inserts_once_and_then_changes(models):
    for _ in range(2):
        await Cat.find_one(Cat.name == "zed").upsert(
            {"$inc": {"age": 1}}, on_insert=Cat(name="zed", age=1)
        )

    assert [cat.age for cat in await Cat.find_all().to_list()] == [2]

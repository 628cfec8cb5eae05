"""Errors as MongoDB spells them: a code, its name, a sentence."""

from __future__ import annotations

from typing import Any

CODE_NAMES = {
    1: "InternalError",
    2: "BadValue",
    8: "UnknownError",
    9: "FailedToParse",
    14: "TypeMismatch",
    15: "Overflow",
    20: "IllegalOperation",
    22: "InvalidBSON",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    28: "PathNotViable",
    40: "ConflictingUpdateOperators",
    43: "CursorNotFound",
    48: "NamespaceExists",
    50: "MaxTimeMSExpired",
    52: "DollarPrefixedFieldName",
    53: "InvalidIdField",
    54: "NotSingleValueField",
    56: "EmptyFieldName",
    59: "CommandNotFound",
    66: "ImmutableField",
    67: "CannotCreateIndex",
    72: "InvalidOptions",
    73: "InvalidNamespace",
    85: "IndexOptionsConflict",
    86: "IndexKeySpecsConflict",
    91: "ShutdownInProgress",
    100: "UnsatisfiableWriteConcern",
    171: "CannotIndexParallelArrays",
    175: "QueryPlanKilled",
    197: "InvalidIndexSpecificationOption",
    217: "IncompleteTransactionHistory",
    225: "TransactionTooOld",
    238: "NotImplemented",
    292: "QueryExceededMemoryLimitNoDiskUseAllowed",
    10107: "NotWritablePrimary",
    10334: "BSONObjectTooLarge",
    11000: "DuplicateKey",
    14031: "OutOfDiskSpace",
    40415: "IDLUnknownField",
    40414: "IDLFailedToParse",
}


class MongoError(Exception):
    """A refusal that goes back to the client with MongoDB's own code."""

    def __init__(self, code: int, message: str, **extra: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra

    def as_reply(self) -> dict[str, Any]:
        """The whole answer of a command that failed."""
        name = CODE_NAMES.get(self.code, f"Location{self.code}")
        said = {"errmsg": self.message, "code": self.code, "codeName": name}
        return {"ok": 0.0, **said, **self.extra}

    def as_write_error(self, index: int) -> dict[str, Any]:
        """One entry of `writeErrors`: statement `index` failed, others may stand."""
        return {"index": index, "code": self.code, "errmsg": self.message, **self.extra}


def unknown_field(where: str, field: str) -> MongoError:
    return MongoError(40415, f"BSON field '{where}.{field}' is an unknown field.")


def not_supported(what: str) -> MongoError:
    return MongoError(238, f"{what} is not supported by this store")

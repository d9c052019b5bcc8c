"""Registers: what an authority says it has licensed, so that a number can be looked up.

register: one immutable snapshot, a file; naming: whether a listing sells what a number stands for;
checking: findings; wording: what they say.
"""

from models.registers.checking import NO_REGISTERS, Checking, Registers
from models.registers.register import Entry, Register, RegisterInvalid, Snapshot, written
from models.registers.wording import announced, bare

__all__ = [
    "NO_REGISTERS",
    "Checking",
    "Entry",
    "Register",
    "RegisterInvalid",
    "Registers",
    "Snapshot",
    "announced",
    "bare",
    "written",
]

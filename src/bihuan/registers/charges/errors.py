"""Every way this room says no; after any of them nothing has changed.

RegisterRefusal         words in both languages, a code, the field it is about
├── WrongMoney          not an amount of money: not a number, negative, more than two places
├── WrongPrice          a price list or line that does not fit: no name, days the wrong way round, there already
├── NoRule              a quote or charge without a price in force that day and without a reason
├── NotThere            no such receipt, charge, quote or list within one's scope
├── NotNow              it cannot be done as things stand: void already, reversed already, something still due
└── NotYours            the doer may not do this
"""

from __future__ import annotations

from bihuan.registers.deeds import RegisterRefusal


class WrongMoney(RegisterRefusal):
    code, status = "wrong-money", 422


class WrongPrice(RegisterRefusal):
    code, status = "wrong-price", 422


class NoRule(RegisterRefusal):
    code, status = "no-rule", 422


class NotThere(RegisterRefusal):
    code, status = "not-found", 404


class NotNow(RegisterRefusal):
    code, status = "not-now", 409


class NotYours(RegisterRefusal):
    code, status = "not-yours", 403

"""Bihuan 闭环: after-sales service software in which the written procedure is the program."""

__version__ = "0.1.0"

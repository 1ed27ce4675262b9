"""What ``bigrams`` writes is what PostgreSQL reads."""

from __future__ import annotations

import psycopg

from bihuan.ground.bigrams import query, vector
from bihuan.ground.tests.machine import Machine


def test_words_of_one_two_and_more_characters_are_found_and_others_are_not(machine: Machine) -> None:
    text = "客户反映电梯异响，型号 KONE-3000S，要求退换货。"
    with machine.supervisor() as supervisor, psycopg.connect(supervisor.addresses.app_url) as connection:

        def found(typed: str) -> bool:
            asked = "SELECT %s::tsvector @@ %s::tsquery"
            row = connection.execute(asked, [vector(text), query(typed)]).fetchone()
            return row == (True,)

        for typed in (
            "电梯",
            "异响",
            "退换货",
            "响",
            "货",
            "客",
            "kone",
            "KONE-3000s",
            "3000",
            "电梯 退换货",
            "ＫＯＮＥ",
        ):
            assert found(typed), typed
        for typed in ("梯电", "电异", "换退", "空调", "电梯 空调", "300S"):
            assert not found(typed), typed
        for odd in ("'", "\\", "a'b", "𠮷野家", "々々", "x\u0301", "½", "ﷺ", "Ⅷ", "٣"):
            connection.execute("SELECT %s::tsvector @@ %s::tsquery", [vector(odd), query(odd)])

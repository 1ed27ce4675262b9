"""Who may do an act, and in which post. What a person holds today, deputies included, comes in with the doer."""

from __future__ import annotations

from msgspec import Struct

from ..conditions import unanswered
from ..definition import Act, Definition, Text
from ..refusals import NotYours
from ..state import Doer, Signature, State
from .words import act_title, english
from .working import Working


class Chosen(Struct, frozen=True):
    """The post acted in, and the outside or absent post that was acted for (``via``)."""

    post: str
    outside: str = ""


def choose(work: Working, act: Act, doer: Doer) -> Chosen:
    """The post in which ``doer`` does ``act``.

    Raises ``NotYours`` naming who can; ``Refused`` where the place is unknown, the person was fixed by ``same`` or
    shut out by ``other``, or has already signed.
    """
    if doer.kind != "person":
        return _not_a_person(work, act, doer)
    wanted, places = wanted_posts(work, act), _places(work, act)
    if not wanted and (act.who.same or act.who.other):
        return _anybody(work, act, doer, places)
    signed = work.signatures.get(act.name, ())
    chosen = _held(act, doer, _still_wanted(act, wanted, signed), places)
    if chosen is None:
        if signed and _held(act, doer, wanted, places) is not None:
            raise already_signed(work, act)
        raise not_yours(work, act, wanted)
    if act.who.quorum and not act.who.each and any(each.person == doer.name for each in signed):
        raise already_signed(work, act)
    _check_person(work, act, doer, wanted)
    return chosen


def wanted_posts(work: Working, act: Act) -> tuple[str, ...]:
    """The posts that act, each chosen department in its place."""
    if not act.who.each:
        return act.who.posts
    found: dict[str, None] = {}
    for each in act.who.each:
        if "." not in each:
            found[each] = None
            continue
        value = work.facts.get(signers_key(act.name, each))
        if value is None:
            value = work.look(each)
        if not unanswered(value):
            found.update(dict.fromkeys(value if isinstance(value, list | tuple) else [value]))
    return tuple(found)


def signers_key(act: str, key: str) -> str:
    """Where the signers chosen in an answer are kept from the entering of the step on."""
    return f"case.signers.{act}.{key}"


def _still_wanted(act: Act, wanted: tuple[str, ...], signed: tuple[Signature, ...]) -> tuple[str, ...]:
    if not act.who.each or not signed:
        return wanted
    have = {each.post for each in signed}
    return tuple(post for post in wanted if post not in have)


def _places(work: Working, act: Act) -> tuple[str, ...] | None:
    """Where the post must be held: the case's places, or the one place ``where`` names."""
    where = act.who.where
    if not where:
        return work.places
    place = work.given.get(where) or work.surroundings.where.get(where)
    if not place:
        place = work.look(where)
    if isinstance(place, list | tuple) and len(set(place)) == 1:
        place = place[0]
    if unanswered(place) or not isinstance(place, str):
        words = Text(f"尚不知道「{where}」是何处，无法确定由谁办理", f"It is not known yet which place “{where}” is")
        raise work.refused(words, "place-unknown", act.origin.cite())
    return (place,)


def _held(act: Act, doer: Doer, wanted: tuple[str, ...], places: tuple[str, ...] | None) -> Chosen | None:
    here = {post for post, place in doer.holds if not place or places is None or place in places}
    direct = [post for post in wanted if post in here]
    through = [post for post in act.who.via if post in here] if wanted else []
    if doer.post:
        if doer.post in direct:
            return Chosen(doer.post)
        return Chosen(doer.post, wanted[0]) if doer.post in through else None
    if direct:
        return Chosen(direct[0])
    return Chosen(through[0], wanted[0]) if through else None


def _anybody(work: Working, act: Act, doer: Doer, places: tuple[str, ...] | None) -> Chosen:
    """No post is named, only the person: whoever did the earlier act, or anybody else who holds a post here."""
    here = [post for post, place in doer.holds if not place or places is None or place in places]
    if act.who.same and not (act.who.same in work.doers or act.who.same in work.assigned):
        raise not_yours(work, act, ())
    if not here or (doer.post and doer.post not in here):
        raise not_yours(work, act, ())
    _check_person(work, act, doer, ())
    before = work.doers.get(act.who.same, ("", ""))[1]
    return Chosen(doer.post or (before if before in here else here[0]))


def _check_person(work: Working, act: Act, doer: Doer, wanted: tuple[str, ...]) -> None:
    fixed = work.assigned.get(act.name)
    if fixed is not None and doer.name != fixed:
        raise not_yours(work, act, wanted)
    who = act.who
    if (
        who.named
        and fixed is None
        and not {doer.name, doer.instead_of} & set(persons_named(work, who.named) or (doer.name,))
    ):
        raise not_yours(work, act, wanted)
    if who.same:
        person = work.assigned.get(who.same) or work.doers.get(who.same, ("", ""))[0]
        if person and person != doer.name:
            title = act_title(work.definition, who.same)
            words = Text(
                f"须由办理「{title.zh}」的同一人办理", f"Only the person who did “{english(title)}” may do this"
            )
            raise work.refused(words, "same-person", act.origin.cite())
    for other in who.other:
        # A deputy may not stand in for somebody who is shut out.
        if {doer.name, doer.instead_of} & persons_of(work, other):
            title = act_title(work.definition, other)
            words = Text(f"办理「{title.zh}」的人不得办理此项", f"Whoever did “{english(title)}” may not do this")
            raise work.refused(words, "other-person", act.origin.cite())


def persons_named(work: Working, key: str) -> list[str]:
    """The persons the answer ``key`` names, each once; none while it is unanswered."""
    value = work.look(key)
    found = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(str(each) for each in found if not unanswered(each)))


def person_expected(state: State, act: Act) -> str:
    """Whoever has to do ``act`` next by the text: assigned to it, named by an answer, or who did the earlier act.

    "" where anybody of the post may; of several named the first.
    """
    who = act.who
    if act.name in state.assigned:
        return state.assigned[act.name]
    if who.named:
        form, _dot, field = who.named.partition(".")
        value = state.answers.get(form, {}).get(field)
        value = value[0] if isinstance(value, list) and value else value
        if value and not unanswered(value):
            return str(value)
    if who.same:
        return state.assigned.get(who.same) or state.doers.get(who.same, ("", ""))[0]
    return ""


def persons_of(work: Working, act: str) -> set[str]:
    """Everybody who did or signed ``act`` the last time (further signers stand as ``act#2``, ``act#3`` …)."""
    found = set()
    key, number = act, 1
    while key in work.doers:
        if work.doers[key][0]:
            found.add(work.doers[key][0])
        number += 1
        key = f"{act}#{number}"
    return found


def _not_a_person(work: Working, act: Act, doer: Doer) -> Chosen:
    who = act.who
    if doer.kind == "clock" and who.clock:
        return Chosen("")
    if doer.kind == "case":
        if who.cases:
            return Chosen("")
        if who.case_kind and any(kind == who.case_kind for kind, _place in doer.holds):
            return Chosen(who.case_kind)
    raise not_yours(work, act, wanted_posts(work, act))


def post_title(definition: Definition, name: str) -> Text:
    """What the pack calls a post; its name where the pack does not say."""
    if name == "customer" and name not in definition.posts:
        return Text("客户", "the customer")
    return definition.posts.get(name) or Text(name, name)


def not_yours(work: Working, act: Act, posts: tuple[str, ...]) -> NotYours:
    """The refusal that names who can."""
    who = act.who
    if who.clock:
        words = Text("此项到时自动办理", "The clock does this when it is time")
    elif who.cases:
        words = Text("此项在所等事项办结后自动办理", "This follows by itself when the cases waited for are there")
    elif who.case_kind:
        words = Text(f"此项由「{who.case_kind}」类事项触发", f"A case of kind “{who.case_kind}” does this")
    else:
        names = [*posts, *who.via]
        fixed = work.assigned.get(act.name)
        named = persons_named(work, who.named) if who.named else []
        if not names:
            words = Text("此项由原办理人办理", "This is done by whoever did the act before it")
        elif fixed:
            words = Text(f"此项已指定由 {fixed} 办理", f"This was assigned to {fixed}")
        elif named:
            words = Text(f"此项由 {'、'.join(named)} 办理", f"This is done by {', '.join(named)}")
        else:
            titles = [post_title(work.definition, name) for name in names]
            zh, en = "、".join(each.zh for each in titles), ", ".join(english(each) for each in titles)
            words = Text(f"此项由{zh}办理", f"This is done by {en}")
    refusal = NotYours(
        words, clause=act.origin.cite(), document=work.definition.number, version=work.definition.version
    )
    refusal.posts = (*posts, *who.via)
    return refusal


def already_signed(work: Working, act: Act) -> Exception:
    words = Text("您已签署，请等其他人", "You have signed already; others are still to sign")
    return work.refused(words, "already-signed", act.origin.cite())

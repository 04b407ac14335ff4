"""Other names that are words of the language too: they are a name only where it is clear what is talked about."""

from __future__ import annotations

from shahr.folding import glue
from shahr.gazetteer import Entity
from shahr.matching.mention import with_kind
from shahr.matching.tiers import INITIALS


def is_short(name: str, entity: Entity) -> bool:
    """Tell whether a name of an entity, that is no label of it, may as well be any word.

    So is one that leaves out the word for the kind of thing, as مهر of "خبرگزاری مهر", and initials as Persian spells
    them, as اکو of ECO: there are no capitals to know them by.
    """
    labels = {glue(one.text) for one in entity.names if one.role == "label"}
    if glue(name) in labels:
        return False
    initials = any(one.text.isupper() and len(glue(one.text)) <= INITIALS for one in entity.names)
    spelt = initials and len(glue(name)) <= INITIALS and name.upper() == name.lower()
    return spelt or not labels.isdisjoint(map(glue, with_kind(name, entity.types)))

"""Words for people, zh and en, from the domain's own list."""

from typing import Final

from domain.words import Kind, word

OWN: Final[dict[str, tuple[str, str]]] = {
    "VERSION_CONFLICT": (
        "内容已被他人更新，请刷新后再试。",
        "Somebody else was faster: look again, then decide.",
    ),
    "COMMAND_ID_REUSED": (
        "该操作编号已被用于其他操作。",
        "This command id was used for something else.",
    ),
    "EVIDENCE_NOT_SENT": (
        "所附照片尚未上传，或已用于其他事件。",
        "A picture it names was never sent here, or belongs to another case.",
    ),
}
"""What the API itself refuses, where the domain has no word for it."""


def title_of(topic: str) -> tuple[str, str]:
    """Return what a topic is called, zh and en."""
    return word(Kind.EVENT, topic)


def refusal_words(code: str) -> tuple[str, str]:
    """Return what a refusal code says, zh and en."""
    found = word(Kind.REFUSAL, code)
    return OWN.get(code, found) if found.en == code else found

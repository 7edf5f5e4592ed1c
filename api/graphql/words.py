"""Words for people, zh and en, from the domain's own list."""


def title_of(topic: str) -> tuple[str, str]:
    """Return what a topic is called, zh and en."""
    return topic, topic


def refusal_words(code: str) -> tuple[str, str]:
    """Return what a refusal code says, zh and en."""
    return code, code

"""What figures count, in words: for each part of a definition, zh and en."""

from typing import Final

Said = tuple[str, str]
WORDS: Final[dict[str, tuple[Said, Said]]] = {
    "K1": (("截至窗口结束已立案", "filed by the end"), ("窗口内上报", "reported in the window")),
    "K2": (
        ("在立案时限前立案", "filed by the filing due"),
        ("窗口内立案且有时限", "filed in the window, with a due"),
    ),
    "K3": (("此后未作废", "not cancelled since"), ("窗口内立案", "filed in the window")),
    "K4": (
        ("已派遣且首次派遣未被退单", "dispatched, first dispatch not sent back and upheld"),
        ("应派遣", "due to dispatch"),
    ),
    "K5": (("截至窗口结束已处置", "handled by the end"), ("应处置", "due to handle")),
    "K6": (("按时限处置", "handled by the due, on time"), ("应处置", "due to handle")),
    "K7": (("截至窗口结束已结案", "closed by the end"), ("应结案", "due to close")),
    "K7t": (
        ("按时限结案", "closed by the due, on time"),
        ("应结案且有时限", "due to close, with a due"),
    ),
    "K8": (("至少一次核查不通过", "a check failed at least once"), ("应结案", "due to close")),
    "K9": (
        ("窗口结束时未处置也未结案", "not handled and not closed by the end"),
        ("应处置", "due to handle"),
    ),
    "K9x": (("曾准予延期", "an extension was granted"), ("应处置", "due to handle")),
    "K11": (("按时限核查", "checked by the due, on time"), ("应核查", "due to check")),
    "K12v": (
        ("最高层级为村（社区）", "highest tier ever V"),
        ("窗口内结案", "closed in the window"),
    ),
    "K12t": (
        ("最高层级为村或乡镇", "highest tier ever V or T"),
        ("窗口内结案", "closed in the window"),
    ),
}
"""Code → (numerator, denominator)."""
PASSED: Final[Said] = ("窗口内完成该环节", "passed the stage in the window")
"""The cases of a duration."""
WEIGHED: Final[Said] = ("各项得分之和", "the sum of its weighted terms")
"""A score."""

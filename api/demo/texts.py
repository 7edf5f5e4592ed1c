"""What simulated people write. Every text says in zh and in en that it is made up."""

from typing import Final

from api.demo.arrivals import Matter

MARK, MARK_EN = "（模拟）", "(synthetic)"


def made_up(zh: str, en: str) -> str:
    """Return a text in both languages with both marks."""
    return f"{MARK}{zh} / {MARK_EN} {en}"


def description(matter: Matter) -> str:
    """Return what the reporter says."""
    return made_up(
        f"{matter.grid.name}：{matter.kind.name}，请处理",
        f"{matter.grid.name_en}: {matter.kind.name_en.lower()}, please see to it",
    )


def address(matter: Matter, door: int) -> str:
    """Return an address that does not exist."""
    return made_up(f"{matter.grid.name} {door} 号附近", f"near no. {door}, {matter.grid.name_en}")


def contact(number: int) -> str:
    """Return a contact that nobody answers."""
    return made_up(f"000-{number:08d}", "no such number")


MENDED: Final = made_up("现场已处理，恢复原状", "mended on the spot")
HANDLED: Final = made_up("已处置，现场恢复", "done, the place is in order again")
ASSISTED: Final = made_up("协办事项已完成", "our part is done")
PROGRESS: Final = made_up("已到场，正在处置", "on site, work is under way")
NOT_MENDED: Final = made_up("核查未解决，需返工", "checked: not solved, to be done again")
DECLINED: Final = made_up("经研判不予受理，感谢反映", "not taken up, thank you for telling us")
NOT_OURS: Final = made_up("非本部门职责", "not our duty")
STAYS: Final = made_up("请继续处置", "please go on with it")
URGED: Final = made_up("请尽快办理", "please hurry")
EXPLAINED: Final = made_up("已加派人员，尽快办结", "more people are on it")
WHY_LONGER: Final = made_up("需等待材料", "waiting for material")
RATING: Final = made_up("回访评价", "follow-up rating")
JOINT: Final = made_up("涉及多个部门，启动会办", "several departments are needed")
RAISED: Final = made_up("超期未结，提级办理", "overdue, raised a tier")
OVERDUE: Final = made_up("超期督办", "overdue, supervised")

"""The glossary as a page: `python -m domain.words.glossary > docs/glossary.md`."""

from collections.abc import Iterator
from typing import Final

from domain.words import WORDS, Kind

TITLES: Final[dict[Kind, tuple[str, str]]] = {
    Kind.EVENT: ("领域事件", "Events"),
    Kind.COMMAND: ("命令", "Commands"),
    Kind.STATE: ("事件状态", "States of a case"),
    Kind.ASSIGNMENT_STATE: ("承办状态", "States of an assignment"),
    Kind.CLOCK: ("阶段时限", "Stage clocks"),
    Kind.LIMIT_KIND: ("计时方式", "Kinds of limit"),
    Kind.ROLE: ("角色", "Roles"),
    Kind.CHANNEL: ("渠道", "Channels"),
    Kind.SEVERITY: ("紧急程度", "Severities"),
    Kind.TIER: ("层级", "Tiers"),
    Kind.REASON: ("原因", "Coded reasons"),
    Kind.FINDING: ("核实结果", "Findings of a verification"),
    Kind.SATISFACTION: ("满意度", "Satisfaction"),
    Kind.NOTE_KIND: ("来源备注类型", "Kinds of a source's note"),
    Kind.SPAN_KIND: ("计时区段", "Spans of a reckoning"),
    Kind.DAY_KIND: ("日期类型", "Kinds of day"),
    Kind.CLOCK_WARNING: ("计时提示", "Warnings of a reckoning"),
    Kind.ACTION: ("查看与管理", "Reading and administration"),
    Kind.FIELD_CLASS: ("字段分级", "Classes of fields"),
    Kind.PURPOSE: ("查阅目的", "Purposes of a read"),
    Kind.CAUSE: ("清除事由", "Causes of an erasure"),
    Kind.REFUSAL: ("拒绝代码", "Refusal codes"),
    Kind.ALARM_KIND: ("告警类型", "Kinds of alarm"),
    Kind.PRIORITY: ("告警级别", "Priorities of alarms"),
    Kind.SHELVE_REASON: ("搁置原因", "Reasons for shelving an alarm"),
    Kind.FIELD: ("状态字段", "Fields of states"),
}
HEAD: Final = """# Glossary · 词汇表

Written from `domain/words/` by `python -m domain.words.glossary`; a test keeps both the
same, complete and without stale entries. *Case* is always the citizen's 事件; *event*
alone always means a domain event 领域事件.
"""


def page() -> Iterator[str]:
    """Yield the page line by line."""
    yield from HEAD.splitlines()
    for kind, (zh, en) in TITLES.items():
        yield ""
        yield f"## {en} · {zh}"
        yield ""
        yield "| code | 中文 | English |"
        yield "|---|---|---|"
        for code, word in WORDS[kind].items():
            yield f"| `{code}` | {word.zh} | {word.en} |"


if __name__ == "__main__":
    print("\n".join(page()))

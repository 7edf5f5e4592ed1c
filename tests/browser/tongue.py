"""What the screens say for what the story does, in both languages, as people read it."""

from typing import Final

ZH, EN = 0, 1
WORDS: Final[dict[str, tuple[str, str]]] = {
    # the phone
    "report": ("上报", "Report"),
    "next": ("下一步", "Next"),
    "description": ("情况说明（可不填）", "Description (optional)"),
    "near": ("误差约", "within about"),
    "choose-grid": ("选择网格", "Choose the grid"),
    "grid": ("网格", "Grid"),
    "submit": ("提交上报", "Send the report"),
    "submitted": ("已提交", "Submitted"),
    "pictures": ("照片", "Photos"),
    "before": ("处置前", "Before"),
    "after": ("处置后", "After"),
    "tasks": ("任务", "Tasks"),
    "acknowledge": ("签收", "Acknowledge"),
    "acknowledged": ("确认签收", "Acknowledge"),
    "handle": ("处置反馈", "Report it done"),
    "handled": ("提交处置", "Send"),
    "conclusion": ("处置结果", "What was done"),
    "return": ("退单", "Give it back"),
    "returned": ("申请退单", "Ask to give it back"),
    "not-ours": ("非本部门职责", "Not our duty"),
    "pass": ("核查通过", "Pass the check"),
    "passed": ("确认通过", "Pass"),
    "fail": ("核查不通过", "Fail the check"),
    "failed": ("退回返工", "Send back"),
    "what-is-wrong": ("不通过的原因", "What is wrong"),
    "rework": ("第 1 次返工", "Rework no. 1"),
    "solved": ("解决了", "Solved"),
    "satisfied": ("满意", "Satisfied"),
    "rate": ("提交评价", "Send the rating"),
    "thanks": ("感谢您的评价", "Thank you for your rating"),
    "rated-already": ("已经评价过了", "has been rated already"),
    # the console
    "queue": ("待办队列", "Queue"),
    "case": ("事件", "Case"),
    "sent": ("已发命令", "Sent commands"),
    "committed": ("已入库", "committed"),
    "not-yours": ("当前状态下不能执行", "not in this state"),
    "accept": ("受理", "Accept"),
    "file": ("立案", "File"),
    "urge": ("催办", "Urge"),
    "note": ("说明", "Note"),
    "dispatch": ("派遣", "Dispatch"),
    "suggested": ("建议派遣", "Suggested dispatch"),
    "was-first": ("先行办理了", "was first"),
    "department": ("部门", "Department"),
    "uphold": ("准予退单", "Uphold the return"),
    "refuse": ("不准退单", "Refuse the return"),
    "check": ("下发核查", "Request a check"),
    "close": ("结案", "Close"),
    "follow-up": ("发出回访", "Send a follow-up"),
    "rate-link": ("评价链接", "Rating link"),
    "similar": ("相似事件", "Similar cases"),
    "merge-here": ("并入", "Merge into"),
    "merge": ("合并", "Merge"),
    # the wall's feed
    "fed-reported": ("上报", "Reported"),
    "fed-closed": ("结案", "Closed"),
    # the audit
    "number": ("事件编号、#位点", "Case number, #position"),
    "verify": ("在本机核验", "Check it here"),
    "holds": ("核验通过", "It holds"),
    "rated": ("评价", "Rated"),
}


class Tongue:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._at = EN if lang == "en" else ZH

    def __call__(self, key: str) -> str:
        """What the screens call it."""
        return WORDS[key][self._at]

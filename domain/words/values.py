"""The small words: states, clocks, roles, channels, tiers, reasons."""

from typing import Final

Words = dict[str, tuple[str, str]]

STATES: Final[Words] = {
    "reported": ("已上报", "reported"),
    "verifying": ("核实中", "being verified"),
    "accepted": ("已受理", "accepted"),
    "filed": ("已立案", "filed"),
    "dispatched": ("已派遣", "dispatched"),
    "in_progress": ("处置中", "in progress"),
    "suspended": ("挂账", "suspended"),
    "resolved": ("待核查", "waiting for a check"),
    "checking": ("核查中", "being checked"),
    "passed": ("待结案", "check passed, to be closed"),
    "closed": ("已结案", "closed"),
    "declined": ("不予受理", "declined"),
    "merged": ("已合并", "merged"),
    "cancelled": ("已作废", "cancelled"),
}
ASSIGNMENT_STATES: Final[Words] = {
    "offered": ("待签收", "to be acknowledged"),
    "acknowledged": ("已签收", "acknowledged"),
    "working": ("办理中", "being worked on"),
    "done": ("已办结", "done"),
    "returned": ("已退回", "given back"),
}
CLOCKS: Final[Words] = {
    "accept": ("受理时限", "acceptance"),
    "file": ("立案时限", "filing"),
    "dispatch": ("派遣时限", "dispatch"),
    "acknowledge": ("签收时限", "acknowledgement"),
    "handle": ("处置时限", "handling"),
    "check": ("核查时限", "check"),
    "total": ("总时限", "the whole case"),
}
LIMIT_KINDS: Final[Words] = {
    "U": ("紧急工作时", "urgent hours, day and night"),
    "H": ("工作时", "working hours"),
    "W": ("工作日", "working days"),
    "C": ("自然日", "calendar days"),
}
ROLES: Final[Words] = {
    "resident": ("居民", "resident"),
    "grid_worker": ("网格员", "grid worker"),
    "acceptor": ("受理员", "acceptor"),
    "dispatcher": ("派遣员", "dispatcher"),
    "duty_leader": ("值班长", "duty leader"),
    "handler": ("处置员", "department handler"),
    "checker": ("核查员", "checker"),
    "district_leader": ("区领导", "district leader"),
    "evaluator": ("考核员", "evaluator"),
    "privacy_officer": ("个人信息保护专员", "privacy officer"),
    "auditor": ("审计员", "auditor"),
    "administrator": ("管理员", "administrator"),
    "integrator": ("对接系统", "integrator"),
    "display": ("大屏", "display"),
    "clock": ("时钟", "clock"),
    "import": ("导入", "import"),
    "public": ("公众", "public"),
}
CHANNELS: Final[Words] = {
    "grid_worker": ("网格员上报", "grid worker"),
    "resident": ("居民上报", "resident"),
    "hotline": ("12345热线", "hotline"),
    "sensor": ("物联感知", "sensor"),
    "department": ("部门上报", "department"),
    "leader": ("领导交办", "leader"),
    "source": ("外部来源", "source"),
}
SEVERITIES: Final[Words] = {
    "normal": ("一般", "normal"),
    "urgent": ("紧急", "urgent"),
    "life_safety": ("危及生命", "life safety"),
}
TIERS: Final[Words] = {
    "V": ("村（社区）", "village or community"),
    "T": ("乡镇（街道）", "township"),
    "D": ("区", "district"),
}
REASONS: Final[Words] = {
    "absent": ("现场不存在", "not found on site"),
    "not_our_matter": ("不属管理事项", "not a matter for us"),
    "outside_district": ("不在辖区内", "outside the district"),
    "duplicate": ("重复上报", "duplicate"),
    "too_vague": ("信息不明", "too vague"),
    "private_matter": ("私人事务", "a private matter"),
    "below_standard": ("未达立案标准", "below the filing standard"),
    "not_our_duty": ("非本部门职责", "not our duty"),
    "outside_our_area": ("不在服务范围", "outside our area"),
    "wrong_category": ("类别有误", "wrong category"),
    "wrong_place": ("位置有误", "wrong place"),
    "not_found_on_site": ("现场未发现", "not found on site"),
    "weather": ("天气原因", "weather"),
    "material": ("缺少材料", "material missing"),
    "complex": ("情况复杂", "complex"),
    "access": ("无法进入现场", "no access to the site"),
    "season": ("季节原因", "season"),
    "budget": ("待资金", "waiting for budget"),
    "owner": ("待权属单位", "waiting for the owner"),
    "court": ("诉讼中", "before a court"),
    "reported_by_mistake": ("误报", "reported by mistake"),
    "test": ("测试", "a test"),
    "withdrawn": ("上报人撤回", "withdrawn by the reporter"),
    "cannot_be_done": ("无法处置", "cannot be done"),
    "overtaken_by_project": ("纳入工程解决", "overtaken by a project"),
    "in_court": ("进入司法程序", "in court"),
    "no_responsible_unit": ("无责任单位", "no responsible unit"),
    "not_solved": ("未解决", "not solved"),
    "came_back": ("问题复发", "came back"),
    "closed_by_mistake": ("误结案", "closed by mistake"),
    "third_rework": ("三次返工", "third rework"),
}
FINDINGS: Final[Words] = {
    "exists": ("属实", "exists"),
    "absent": ("不存在", "absent"),
    "unable": ("无法核实", "unable to tell"),
}
SATISFACTIONS: Final[Words] = {
    "satisfied": ("满意", "satisfied"),
    "basically": ("基本满意", "basically satisfied"),
    "unsatisfied": ("不满意", "unsatisfied"),
}
NOTE_KINDS: Final[Words] = {
    "opened": ("开案", "opened"),
    "activity": ("办理", "activity"),
    "follow_on": ("转接", "follow-on"),
    "closed": ("结案", "closed"),
}
SPAN_KINDS: Final[Words] = {
    "counted": ("计时", "counted"),
    "make_up": ("调休上班，计时", "make-up workday, counted"),
    "night": ("非工作时间", "outside working hours"),
    "break": ("午休", "midday break"),
    "weekend": ("周末", "weekend"),
    "holiday": ("法定节假日", "public holiday"),
    "pause": ("暂停", "paused"),
}
DAY_KINDS: Final[Words] = {
    "workday": ("工作日", "workday"),
    "make_up": ("调休上班日", "make-up workday"),
    "weekend": ("周末", "weekend"),
    "holiday": ("法定节假日", "public holiday"),
}
WARNINGS: Final[Words] = {
    "YEAR_NOT_PUBLISHED": (
        "跨入尚未发布日历的年份，仅按周末推算",
        "runs into a year whose calendar is not published; weekends only",
    ),
}
ACTIONS: Final[Words] = {
    "read_wall": ("查看大屏", "see the wall"),
    "read_figures": ("查看指标", "see figures"),
    "read_case": ("查看事件", "see a case"),
    "read_alarm": ("查看告警", "see an alarm"),
    "read_timeline": ("查看流程", "see a case's history"),
    "read_text": ("查看描述文字", "read free text"),
    "read_contact": ("查看联系方式", "read a contact"),
    "read_photo": ("查看照片原图", "see whole pictures"),
    "read_reduced_photo": ("查看照片缩图", "see reduced pictures"),
    "upload": ("上传照片", "send pictures"),
    "read_reference": ("查看基础资料", "see reference data"),
    "read_log": ("查看日志", "read the log"),
    "export": ("导出", "export"),
    "verify": ("校验", "verify"),
    "administer": ("管理", "administer"),
    "erase": ("删除个人信息", "erase personal data"),
    "hold": ("依法留存", "place and lift legal holds"),
    "export_subject": ("导出个人信息", "export a subject's data"),
    "read_access": ("查看查阅记录", "see who has read personal data"),
}
FIELD_CLASSES: Final[Words] = {
    "public": ("公开", "public"),
    "internal": ("内部", "internal"),
    "personal": ("个人信息", "personal"),
    "sensitive": ("敏感个人信息", "sensitive"),
}
PURPOSES: Final[Words] = {
    "handling": ("办理", "handling the case"),
    "call_back": ("回访", "calling back"),
    "supervision": ("督查", "supervision"),
    "emergency": ("应急", "an emergency"),
    "own": ("本人查阅", "one's own matter"),
    "subject_request": ("个人信息请求", "a request of the subject"),
}
CAUSES: Final[Words] = {
    "request": ("本人请求", "request of the subject"),
    "consent_withdrawn": ("撤回同意", "consent withdrawn"),
    "purpose_met": ("处理目的已实现", "purpose met"),
    "retention": ("保存期限届满", "kept long enough"),
    "unlawful": ("违法处理", "processed unlawfully"),
    "restored": ("恢复后重行清除", "erased again after a restore"),
}
ALARM_KINDS: Final[Words] = {
    "life_safety": ("危及生命", "danger to life"),
    "urgent_late": ("紧急事件超期", "urgent and overdue"),
    "waiting": ("待办超时", "waits too long at the desk"),
}
PRIORITIES: Final[Words] = {
    "high": ("一级", "high"),
    "medium": ("二级", "medium"),
    "low": ("三级", "low"),
}
SHELVE_REASONS: Final[Words] = {
    "being_handled": ("已在处置", "being handled"),
    "waiting_for_others": ("等待其他单位", "waiting for others"),
    "known_fault": ("已知故障", "a known fault"),
    "under_exercise": ("演练期间", "during an exercise"),
}

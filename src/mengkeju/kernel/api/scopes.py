"""What a token may be allowed to do. No scope opens the system, security or audit administrations."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Title:
    """A word in both languages."""

    label: str
    label_en: str


class Scope(StrEnum):
    """One permission of a token; its value stands in the token, in the API description and in refusals."""

    ORGANISATIONS_READ = "organisations:read"
    LISTINGS_READ = "listings:read"
    LISTINGS_WRITE = "listings:write"
    LISTINGS_REVIEW = "listings:review"
    SEARCH_READ = "search:read"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    MATCHES_READ = "matches:read"
    MATCHES_WRITE = "matches:write"
    INTENTIONS_READ = "intentions:read"
    INTENTIONS_WRITE = "intentions:write"
    DEALS_READ = "deals:read"
    DEALS_WRITE = "deals:write"
    REGISTRATIONS_READ = "registrations:read"
    REGISTRATIONS_WRITE = "registrations:write"
    STATISTICS_READ = "statistics:read"
    STATISTICS_WRITE = "statistics:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"


SCOPES: dict[str, Title] = {
    Scope.ORGANISATIONS_READ: Title("读取单位、地区和词表", "Read organisations, areas and vocabularies"),
    Scope.LISTINGS_READ: Title("读取需求和成果", "Read needs and achievements"),
    Scope.LISTINGS_WRITE: Title("提交和修改本单位的需求和成果", "Submit and change my organisation's listings"),
    Scope.LISTINGS_REVIEW: Title("审核需求和成果（科技管理人员）", "Review listings (S&T officers)"),
    Scope.SEARCH_READ: Title("搜索", "Search"),
    Scope.ALERTS_READ: Title("读取我的搜索提醒", "Read my saved searches"),
    Scope.ALERTS_WRITE: Title("设置、暂停和删除我的搜索提醒", "Keep, pause and delete my saved searches"),
    Scope.MATCHES_READ: Title("读取匹配结果", "Read matches"),
    Scope.MATCHES_WRITE: Title("反馈匹配结果", "Give feedback on matches"),
    Scope.INTENTIONS_READ: Title("读取合作意向", "Read intentions"),
    Scope.INTENTIONS_WRITE: Title("发起和答复合作意向", "Declare and answer intentions"),
    Scope.DEALS_READ: Title("读取合作项目", "Read deals"),
    Scope.DEALS_WRITE: Title("建立、修改和办理合作项目", "Open, change and move deals"),
    Scope.REGISTRATIONS_READ: Title("读取技术合同认定登记", "Read registrations of technology contracts"),
    Scope.REGISTRATIONS_WRITE: Title("申请和办理技术合同认定登记", "Apply for registrations and decide on them"),
    Scope.STATISTICS_READ: Title("读取统计", "Read statistics"),
    Scope.STATISTICS_WRITE: Title("统计期关账和重新打开", "Close and re-open periods of the statistics"),
    Scope.FILES_READ: Title("下载附件", "Download files"),
    Scope.FILES_WRITE: Title("上传附件", "Upload files"),
}

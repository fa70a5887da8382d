"""The roles, their words, scopes and which of the three administrations (三员) they belong to."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What can be granted to a person beside membership of an organisation."""

    BROKER = "broker"
    OFFICER = "officer"
    REGISTRAR = "registrar"
    OPERATOR = "operator"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class RoleSpec:
    """A role's word and the scopes it may be granted in; `second_factor`: must use one."""

    label: str
    label_en: str
    scopes: tuple[str, ...]
    second_factor: bool


ROLES: dict[str, RoleSpec] = {
    Role.BROKER: RoleSpec("技术经纪人", "Broker", ("platform", "area"), False),
    Role.OFFICER: RoleSpec("科技管理人员", "S&T officer", ("area",), True),
    Role.REGISTRAR: RoleSpec("技术合同登记员", "Contract registrar", ("area",), True),
    Role.OPERATOR: RoleSpec("系统管理员", "Platform operator", ("platform",), True),
    Role.SECURITY_ADMIN: RoleSpec("安全管理员", "Security administrator", ("platform",), True),
    Role.AUDITOR: RoleSpec("审计管理员", "Auditor", ("platform",), True),
}
# 三员分立: nobody holds two of these at once.
SEPARATED = frozenset({Role.OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR})

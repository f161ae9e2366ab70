"""Who makes a request: a user, the shop's server with an API key, or a browser with a client token."""

from dataclasses import dataclass
from uuid import UUID

from pitturu.accounts.api_keys import KeyAccess
from pitturu.domain.roles import Permission, Requester, Role


@dataclass(frozen=True)
class Caller:
    """`outside` users have no row until they first write something, or act as operators.

    `login` is the family of tokens that came from one login, and `second_factor` says whether it passed one. `barred`
    says that the caller would be an operator in a login that did. `long_lived`: the token of an outside issuer names a
    role and is valid for too long to have it. `key`: it is no user but the shop's server, and `username` is the key's
    name in records. `session_id`: the holder of a client token, who acts for `username` in this session only.
    """

    username: str
    role: Role = Role.BUYER
    outside: bool = False
    login: UUID | None = None
    long_lived: bool = False
    second_factor: bool = False
    barred: bool = False
    key: KeyAccess | None = None
    session_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the caller may do this with what belongs to others."""
        return self.requester.may(permission)

    @property
    def permissions(self) -> list[Permission]:
        """Everything that the caller may do with what belongs to others."""
        return [permission for permission in Permission if self.may(permission)]

    @property
    def requester(self) -> Requester:
        """The caller as use cases know them."""
        return Requester(self.username, self.role, self.key.permissions if self.key else frozenset())

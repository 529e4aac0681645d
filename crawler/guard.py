"""The outbound guard: names are resolved once, and only public addresses are connected to.

It stands where connections are made, so redirects, robots.txt and names that resolve differently
the second time meet it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from spacepact.addresses import is_public


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver, without the answers that are not public.

    `trusted` names hosts of our own configuration; `refused` collects whom the guard kept back.
    """

    def __init__(self, inner: Any, trusted: set[str], refused: set[str]) -> None:
        self.inner, self.trusted, self.refused = inner, trusted, refused

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver = resolutionReceiver if hostName in self.trusted else _Sieve(resolutionReceiver, hostName, self.refused)
        return cast("IHostResolution", self.inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics))


@implementer(IResolutionReceiver)
class _Sieve:
    def __init__(self, receiver: Any, host: str, refused: set[str]) -> None:
        self.receiver, self.host, self.refused = receiver, host, refused

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.refused.add(self.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()

"""Where a job goes: how well each node that has room would suit it.

`simple` packings look at what is free alone. `fragmentation` and `centre` also look at what is
typically asked for, a `Mix`; while none is known they pack by best fit. A mix is given, or learned:

    pool = Pool(nodes, mix=Mix.of(requests))

    arrivals = Arrivals()
    for request in stream:
        mix = arrivals.learn(request)
        if mix is not None:
            pool.expect(mix)
        places = pool.find(request, Packing.CENTRE)

To take a new mix costs the pool some milliseconds, and its ranks are made anew; so it is done
between decisions, and `Arrivals` sees to it that it is seldom.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from zhisuan.compute.packing.centre import Centre
from zhisuan.compute.packing.fragmentation import Fragmentation
from zhisuan.compute.packing.layout import Layout
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.packing.packer import Packer
from zhisuan.compute.packing.simple import BestFit, FirstFit, Random, Spread, UsedFirst
from zhisuan.compute.policy import Packing
from zhisuan.compute.stock import Stock

RANKS: Mapping[Packing, Callable[[Stock], Packer]] = MappingProxyType(
    {
        Packing.FIRST_FIT: lambda _: FirstFit(),
        Packing.BEST_FIT: BestFit.among,
        Packing.SPREAD: lambda stock: Spread(BestFit.among(stock)),
        Packing.USED_FIRST: lambda _: UsedFirst(),
    }
)
"""The packings for a centre that knows no mix."""

MIXED: Mapping[Packing, Callable[[Stock, Layout, Mix], Packer]] = MappingProxyType(
    {
        Packing.FRAGMENTATION: Fragmentation.among,
        Packing.CENTRE: Centre,
    }
)
"""The packings that need one."""


class Packers:
    """The packers of a pool and its copies, each made when it is first asked for.

    Args:
        stock: of the pool; only its nodes and devices are looked at.
        mix: what is typically asked for there.
    """

    def __init__(self, stock: Stock, mix: Mix) -> None:
        self._stock = stock
        self._mix = mix
        self._layout: Layout | None = None
        self._made: dict[Packing, Packer] = {}

    def of(self, packing: Packing) -> Packer:
        """The packer of a packing."""
        packer = self._made.get(packing)
        if packer is None:
            packer = self._made[packing] = self._make(packing)
        return packer

    def expecting(self, mix: Mix) -> "Packers":
        """Packers for another mix; those that are in use are made at once."""
        packers = Packers(self._stock, mix)
        packers._layout = self._layout
        for packing in self._made:
            packers.of(packing)
        return packers

    def _make(self, packing: Packing) -> Packer:
        if packing is Packing.RANDOM:
            return Random()
        if packing in RANKS:
            return RANKS[packing](self._stock)
        if not self._mix.devices:
            return BestFit.among(self._stock)
        if self._layout is None:
            self._layout = Layout.of(self._stock)
        return MIXED[packing](self._stock, self._layout, self._mix)

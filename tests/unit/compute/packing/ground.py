"""Small pools of like, unlike and mixed nodes, and what is asked of them."""

from hypothesis import settings
from hypothesis import strategies as st

from zhisuan.compute.device import Device, DeviceKind
from zhisuan.compute.node import Node
from zhisuan.compute.packing.mix import Mix
from zhisuan.compute.pool import Pool
from zhisuan.compute.request import DeviceRequest, ResourceRequest, Together

GPU, NPU = DeviceKind.GPU, DeviceKind.NPU
SORTS = ((GPU, "A"), (GPU, "B"), (NPU, "N"))


def law(examples=40):
    """How often a law is tried; no deadline, since machines differ."""
    return settings(max_examples=examples, deadline=None)


def node(name, cores, *sorts, memory_mb=8192, rack=""):
    """A node with devices of these sorts, given as (kind, model)."""
    devices = tuple(
        Device(f"d{number}", kind, "maker", model, 1024)
        for number, (kind, model) in enumerate(sorts)
    )
    return Node(name, tuple(range(cores)), memory_mb, devices, rack)


def gpus(name, cores, count, model="A"):
    return node(name, cores, *[(GPU, model)] * count)


def ask(milli=0, cores=1, model="", kind=GPU, memory_mb=1, **rest):
    """A request of so many milli of one kind of device, or of cores alone."""
    any_of = (DeviceRequest(kind, milli, model),) if milli else ()
    return ResourceRequest(round(1000 * cores), memory_mb, any_of, **rest)


def mix_of(*requests):
    """A mix of which every request is typical."""
    return Mix.of(requests, coverage=1.0)


def filled(pool, placed):
    """The pool with so much taken: rows, and the milli of each device there."""
    for row, taken, cores in placed:
        request = ask(max((milli for _, milli in taken), default=0), cores)
        pool.take(((row, tuple(taken)),), request)
    return pool


like = st.builds(lambda sort, count: [sort] * count, st.sampled_from(SORTS), st.integers(1, 4))
unlike = st.lists(st.sampled_from(SORTS), max_size=4)

nodes = st.lists(
    st.tuples(st.sampled_from([1, 4, 8, 16]), st.one_of(like, unlike), st.integers(0, 1)),
    min_size=1,
    max_size=6,
).map(
    lambda made: [
        node(f"n{number}", cores, *sorts, rack=f"r{rack}")
        for number, (cores, sorts, rack) in enumerate(made)
    ]
)

devices = st.one_of(
    st.builds(
        DeviceRequest,
        st.just(GPU),
        st.sampled_from([100, 250, 333, 500, 800, 1000, 2000]),
        st.sampled_from(["", "A", "B", "A|B"]),
    ),
    st.builds(DeviceRequest, st.just(NPU), st.sampled_from([400, 1000, 3000])),
)

requests = st.builds(
    ResourceRequest,
    st.sampled_from([500, 500, 1000, 1000, 3000, 6000]),
    st.sampled_from([1, 1, 1, 5000]),
    st.one_of(st.just([]), *[st.lists(devices, min_size=1, max_size=2)] * 3).map(tuple),
    st.sampled_from([1, 1, 1, 2]),
    together=st.sampled_from(Together),
)

mixes = st.lists(requests, min_size=1, max_size=12).map(lambda asked: Mix.of(asked, coverage=0.9))


@st.composite
def used_pools(draw, mix=None):
    """A pool in which something runs: any devices, in any shares."""
    pool = Pool(draw(nodes), mix=mix)
    for row, held in enumerate(pool.nodes):
        cores = draw(st.sampled_from([0, 0, len(held.cores) // 2, len(held.cores) - 1]))
        if cores:
            pool.take(((row, ()),), ask(cores=cores))
        pool.stock.memory_mb[row] -= draw(st.sampled_from([0, 0, 8000]))
        for column in range(len(held.devices)):
            used = draw(st.sampled_from([0, 0, 100, 250, 500, 666, 990, 1000]))
            pool.stock.device_milli[row, column] -= used
            pool.stock.sort_milli[pool.stock.sort[row, column]] -= used
    return pool

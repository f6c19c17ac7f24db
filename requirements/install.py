"""Makes `.venv` beside this folder from the locked requirements: `python3 install.py [dev]`.

Written for any Python 3, so that an old one gets a sentence and not a syntax error. A second
call with unchanged locks does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, ".installed")
LOCKS = ("installer", "build", "centre", "dev")
NEEDED_MB = 2500
WHAT = {"centre": "centre", "dev": "centre and the tools of the gate"}


def main():
    """Install what `centre` (or with the argument `dev`, the whole gate) needs."""
    wanted = "dev" if "dev" in sys.argv[1:] else "centre"
    if sys.version_info < (3, 11):
        stop(
            "Python %d.%d is too old; the centre needs 3.11 or newer." % sys.version_info[:2],
            "Install a newer one and say which: make run PYTHON=python3.12",
        )
    stamp = wanted_stamp()
    made, what = installed()
    if made == stamp and what in (wanted, "dev"):
        return
    wanted = what or wanted  # an environment with the gate's tools keeps them
    if "dev" in sys.argv[1:]:
        wanted = "dev"
    free_mb = shutil.disk_usage(ROOT).free // 2**20
    if free_mb < NEEDED_MB:
        stop(
            "Only %d MB are free here; the centre and its first algorithm need %d MB."
            % (free_mb, NEEDED_MB),
            "Free some space, or clone onto a larger disk.",
        )
    if not same_python():
        make_venv()
    say("Installing the %s from its locked requirements …" % WHAT[wanted])
    uv = [os.path.join(VENV, "bin", "uv"), "pip"]
    into = ["--quiet", "--python", PYTHON]
    fetch([*uv, "sync", *into, "--require-hashes", path(wanted)])
    fetch(
        [*uv, "install", *into, "--no-deps", "--build-constraints", path("build")]
        + ["--reinstall-package", "zhisuan", "--editable", ROOT]
    )
    with open(STAMP, "w") as file:
        file.write(stamp + " " + wanted)


def make_venv():
    """A fresh environment with the pinned installer in it."""
    say("Making .venv with Python %d.%d …" % sys.version_info[:2])
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True
    )
    if made.returncode:
        stop(
            "This Python cannot make a virtual environment: %s" % last_line(made),
            "On Debian and Ubuntu: apt-get install python3-venv",
        )
    fetch(
        [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        + ["--require-hashes", "-r", path("installer")]
    )


def fetch(command):
    """Run a step that may need the package registry."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        text = (done.stderr or done.stdout).strip()
        if "No space left" in text:
            stop("The disk is full.", "Free some space, then run this again.")
        if any(
            word in text.lower()
            for word in ("connect", "resolve", "timed out", "network", "from versions: none")
        ):
            stop(
                "The Python package registry cannot be reached.",
                "Check the network, or set PIP_INDEX_URL and UV_INDEX_URL to your mirror.",
            )
        stop("Installing failed: %s" % last_line(done), "The whole message:\n%s" % text[-3000:])


def wanted_stamp():
    """What the environment is made from, as one hash."""
    digest = hashlib.sha256(sys.version.encode())
    for name in LOCKS:
        with open(path(name), "rb") as file:
            digest.update(file.read())
    for name in ("pyproject.toml", "hatch_build.py"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    digest.update(screens().encode())
    return digest.hexdigest()


def screens():
    """What the console's screens are made from, as one hash."""
    sys.path.insert(0, os.path.join(ROOT, "web"))
    import build

    return build.digest()


def installed():
    """What the environment was made from and for; empty where there is none."""
    try:
        with open(STAMP) as file:
            made, what = file.read().split()
            return made, what
    except (OSError, ValueError):
        return "", ""


def same_python():
    """Whether `.venv` is there and made by this Python; then it is brought up to date in place."""
    if not os.path.exists(STAMP):
        return False
    asked = subprocess.run([PYTHON, "-c", "import sys; print(sys.version)"], capture_output=True)
    return asked.stdout.decode().strip() == sys.version.strip()


def path(name):
    """Of a lock."""
    return os.path.join(HERE, name + ".txt")


def last_line(done):
    """The line in which most programs say what is wrong."""
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1].strip() if lines else "no message (exit %d)" % done.returncode


def say(text):
    """A stage, for people."""
    print(text, flush=True)


def stop(text, hint):
    """Two lines and out."""
    sys.exit("%s\n%s" % (text, hint))


if __name__ == "__main__":
    main()

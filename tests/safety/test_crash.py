"""Killed, starved or doubled runs: earlier outputs stay whole, and the next run cleans up and succeeds."""

import contextlib
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import geo.swap
from geo.cache import entries, keep
from geo.errors import OutputError
from geo.staging import staged
from geo.swap import change_places
from tests.safety.conftest import run

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("OUTREACH_KILLS", "20"))

WRITER = """
import sys, time
from pathlib import Path
from geo.staging import staged
folder, version = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    version += 1
    with staged(folder) as stage:
        for name in "abcdefgh":
            (stage / name).write_bytes(b"%08d" % version * 3000)
"""
"""Writes one set of eight files after another, each full of its number."""


def heed_ctrl_c() -> None:
    """Undo what a background shell or nohup sets: there signals are ignored, and children inherit it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def start(*command: str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    before = {"preexec_fn": heed_ctrl_c} if os.name == "posix" else {}
    return subprocess.Popen(
        [sys.executable, *command], cwd="/", env=environment, text=True, **pipes, **before, **options
    )


def versions(folder: Path) -> set[bytes]:
    """Return the numbers that the files are full of; each file must be whole."""
    found = set()
    for name in "abcdefgh":
        content = (folder / name).read_bytes()
        assert content == content[:8] * 3000
        found.add(content[:8])
    return found


def write_once(folder: Path) -> None:
    with staged(folder) as stage:
        for name in "abcdefgh":
            (stage / name).write_bytes(b"00000000" * 3000)


OTHERS = {"mine.txt": "keep", "photos/a.txt": "a", "photos/more/b.txt": "b"}


def write_others(folder: Path) -> None:
    (folder / "photos" / "more").mkdir(parents=True)
    for name, text in OTHERS.items():
        (folder / name).write_text(text)


def others_of(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in OTHERS if (folder / name).exists()}


@pytest.mark.parametrize("others", [False, True], ids=["only outputs", "other files too"])
def test_kill_9_at_random_moments(tmp_path: Path, others: bool, record_property: Callable[[str, object], None]) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    if others:
        write_others(folder)
    chance = random.Random(9)
    mixed = 0
    for _ in range(KILLS):
        writer = start("-c", WRITER, str(folder))
        writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        writer.kill()
        writer.communicate()
        mixed += (folder / ".complete").exists() or len(versions(folder)) > 1
        assert not others or others_of(folder) == OTHERS
        with pytest.raises(KeyError), staged(folder):  # a run that fails: it finishes the killed one and adds nothing
            raise KeyError
        assert len(versions(folder)) == 1
        assert {path.name for path in folder.iterdir()} == {*"abcdefgh", *(["mine.txt", "photos"] if others else [])}
        assert not others or others_of(folder) == OTHERS
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert mixed == 0 or not change_places(tmp_path, tmp_path)
    record_property("figure", f"{KILLS} kills: no file torn, {mixed} sets of two runs at once")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="signals of POSIX")
@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_an_interrupted_map_leaves_nothing(telling: Path, tmp_path: Path, sent: str, code: int) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    command = start("-m", "cli", "map", str(telling / "project.toml"), "--out", str(folder))
    for line in command.stderr:
        if line.startswith("Writing map.html"):
            break
    command.send_signal(getattr(signal, sent))
    _, errors = command.communicate(timeout=60)
    assert command.returncode == code, errors
    assert "Nothing was changed" in errors
    assert "Traceback" not in errors
    assert len(versions(folder)) == 1
    assert len(list(folder.iterdir())) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


INTERRUPTED = """
import atexit, os, signal, sys
class Finder:
    def find_spec(name, path, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), getattr(signal, sys.argv[2]))
sys.meta_path.insert(0, Finder)
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # on one core everything is drawn in this process
import cli
atexit.register(lambda: print(sys.argv[1], "is loaded" if sys.argv[1] in sys.modules else "is not loaded"))
cli.main(sys.argv[3:])
"""
"""Presses Ctrl-C, or is ended, while a library is loaded."""


@pytest.mark.skipif(sys.platform != "linux", reason="keeps to one core")
def test_ctrl_c_while_the_command_line_is_loaded_says_nothing() -> None:
    command = start("-c", INTERRUPTED, "rich.console", "SIGINT")
    assert command.communicate(timeout=60) == ("", "")
    assert command.returncode == -signal.SIGINT  # which a shell calls 130


@pytest.mark.skipif(sys.platform != "linux", reason="keeps to one core")
@pytest.mark.parametrize(
    ("loaded", "sent", "code"),
    [
        ("pandas", "SIGINT", 130),
        ("scipy.spatial", "SIGTERM", 143),
        ("maps.outputs", "SIGINT", 130),
        ("reportlab", "SIGTERM", 143),
    ],
)
def test_a_signal_waits_until_libraries_are_loaded(
    telling: Path, tmp_path: Path, loaded: str, sent: str, code: int
) -> None:
    out = tmp_path / "out"
    project = str(telling / "project.toml")
    command = start("-c", INTERRUPTED, loaded, sent, "map", project, "--out", str(out), "--only", "strip.png")
    said, errors = command.communicate(timeout=60)
    assert said == f"{loaded} is loaded\n"
    assert (command.returncode, errors.splitlines()[-1]) == (code, "Interrupted. Nothing was changed.")
    assert "Traceback" not in errors
    assert not out.exists()


def test_a_killed_map_is_followed_by_a_good_one(telling: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for wait in ("Writing ranking.csv", "Searching"):
        command = start(
            "-m", "cli", "map", str(telling / "project.toml"), "--out", str(folder), "--only", "ranking.csv"
        )
        for line in command.stderr:
            if line.startswith(wait):
                break
        command.kill()
        command.communicate()
    assert not folder.exists() or not [path for path in folder.iterdir() if not path.name.startswith(".")]
    assert run("map", telling / "project.toml", "--out", folder, "--only", "ranking.csv").exit_code == 0
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "ranking.csv"}
    assert (folder / "ranking.csv").read_bytes() == (telling / "out" / "ranking.csv").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


KEEPER = """
import os, pickle, sys
from pathlib import Path
from geo.cache import keep
folder, entry = Path(sys.argv[1]), pickle.loads(Path(sys.argv[2]).read_bytes())
for _ in sys.stdin:
    child = os.fork()
    while not child:
        for key in "ab":
            keep(folder, key, entry)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""
"""For each line it is given, starts a process that writes road networks into a cache, one after another."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes of POSIX")
def test_kill_9_while_the_road_cache_is_written(
    telling: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    folder, small = tmp_path / "cache", ["--only", "ranking.csv"]
    monkeypatch.setenv("OUTREACH_CACHE_DIR", str(folder))
    monkeypatch.setattr(
        "geo.study_roads.keep", lambda _, __, entry: (tmp_path / "entry").write_bytes(pickle.dumps(entry))
    )
    monkeypatch.setattr("geo.study_highways.keep", lambda *_: None)
    assert run("map", study / "project.toml", "--out", tmp_path / "out", *small).exit_code == 0
    monkeypatch.undo()
    entry = pickle.loads((tmp_path / "entry").read_bytes())
    chance, cut, most = random.Random(9), 0, 0
    folder.mkdir()
    keeper = start("-c", KEEPER, str(folder), str(tmp_path / "entry"), stdin=subprocess.PIPE)
    for _ in range(KILLS):
        print(file=keeper.stdin, flush=True)
        child = int(keeper.stdout.readline())
        time.sleep(chance.uniform(0, 0.1))
        os.kill(child, signal.SIGKILL)
        keeper.stdout.readline()
        left = [path.name for path in folder.iterdir() if not path.name.endswith(".cache")]
        cut, most = cut + bool(left), max(most, len(left))
        assert all(found.sources for found in entries(folder))  # each is whole
    keeper.kill()
    keeper.communicate()
    assert most <= 1  # what the one before left behind, the next one took away
    keep(folder, "a", entry)
    assert sorted(path.name for path in folder.iterdir()) in (["roads-a.cache"], ["roads-a.cache", "roads-b.cache"])
    monkeypatch.setenv("OUTREACH_CACHE_DIR", str(folder))
    for _ in range(2):  # one that fills the cache, one that uses it
        assert run("map", study / "project.toml", "--out", tmp_path / "out", *small).exit_code == 0
        assert (tmp_path / "out" / "ranking.csv").read_bytes() == (telling / "out" / "ranking.csv").read_bytes()
    record_property(
        "figure", f"cache: {KILLS} kills, {cut} of them left an unfinished entry, never more than one; no entry damaged"
    )


def test_two_runs_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    writers = [start("-c", WRITER, str(folder)) for _ in range(2)]
    time.sleep(1.5)
    seen = set()
    for _ in range(20):
        time.sleep(0.01)
        if not (folder / "a").exists():
            continue
        seen.add((folder / "a").read_bytes()[:8])
    for writer in writers:
        assert writer.poll() is None, writer.communicate()
        writer.kill()
        writer.communicate()
    write_once(folder)
    assert versions(folder) == {b"00000000"}
    assert len(list(folder.iterdir())) == 8
    assert seen


def test_a_run_that_never_ends_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.staging.WAIT_S", 0.3)
    write_once(tmp_path / "out")
    with staged(tmp_path / "out"), pytest.raises(OutputError, match="another run is writing"), staged(tmp_path / "out"):
        pytest.fail("two at once")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk(telling: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        folder = disk / "out"
        with staged(folder) as stage:
            (stage / "ranking.csv").write_text("earlier")
        result = run("map", telling / "project.toml", "--out", folder, "--only", "map.html")
        assert result.exit_code == 6, result.output
        assert "cannot be written" in result.stderr
        assert "Traceback" not in result.output
        assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("ranking.csv", "earlier")]
        assert [path.name for path in disk.iterdir()] == ["out"]
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_read_only_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    if os.geteuid() == 0:
        read_only = subprocess.run(["mount", "-o", "bind,ro", folder, folder], capture_output=True, check=False)
        if read_only.returncode:
            read_only = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "ro,size=100k", "tmpfs", folder], capture_output=True, check=False
            )
        if read_only.returncode:
            pytest.skip("root may write everywhere, and mounting is not allowed here")
    else:
        folder.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            write_once(folder)
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", folder], check=True)
        else:
            folder.chmod(0o755)


def test_a_link_in_place_of_an_output_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").symlink_to(tmp_path / "precious")
    write_once(tmp_path / "out")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "out" / "a").is_symlink()


@pytest.mark.parametrize("name", ["ranking.csv", "Ranking.CSV"])
def test_results_never_replace_an_input(telling: Path, tmp_path: Path, name: str) -> None:
    """People that stand in ranking.csv, and the project's own folder named for the results."""
    study = Path(shutil.copytree(telling, tmp_path / "study", ignore=shutil.ignore_patterns("out")))
    (study / "people.csv").rename(study / name)
    text = (study / "project.toml").read_text()
    (study / "project.toml").write_text(text.replace("people.csv", name))
    before = (study / name).read_bytes()
    result = run("map", study / "project.toml", "--out", study, "--only", "ranking")
    assert result.exit_code == 6
    assert f"{name}: is one of the inputs, and a result would replace it." in result.stderr
    assert (study / name).read_bytes() == before
    assert not (study / "manifest.json").exists()
    assert run("map", study / "project.toml", "--out", study, "--only", "gaps.csv").exit_code == 0
    assert (study / name).read_bytes() == before


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="symbolic link"):
        write_once(tmp_path / "out")
    assert not list((tmp_path / "elsewhere").iterdir())
    with pytest.raises(OutputError, match="cannot be written: File name too long"):
        write_once(tmp_path / ("x" * 300))


def test_what_others_put_into_the_folder_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    write_others(folder)
    (folder / "link").symlink_to("nowhere")
    real = geo.swap.change_places

    def late(one: Path, other: Path) -> bool:
        (folder / "late.txt").write_text("late")
        (folder / "photos" / "late.txt").write_text("late")
        (folder / "new").write_text("changed")  # as an editor saves: a new file in the place of the old one
        os.utime(folder / "new", (2e9, 2e9))
        (folder / "new").replace(folder / "mine.txt")
        return real(one, other)

    monkeypatch.setattr("geo.swap.change_places", late)
    write_once(folder)
    assert others_of(folder) == {**OTHERS, "mine.txt": "changed"}
    assert (folder / "late.txt").read_text() == (folder / "photos" / "late.txt").read_text() == "late"
    assert (folder / "link").is_symlink()
    assert len(versions(folder)) == 1
    assert len(list(folder.iterdir())) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_killed_right_after_the_exchange_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    write_others(folder)
    with monkeypatch.context() as patch:
        patch.setattr("geo.staging.put_away", lambda old, new: (old / "late.txt").write_text("late"))
        write_once(folder)
    assert len(list(tmp_path.iterdir())) == 2
    write_once(folder)
    assert others_of(folder) == OTHERS
    assert (folder / "late.txt").read_text() == "late"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_with_the_name_of_an_output_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "out" / "b" / "c").mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(OutputError, match="b is a folder"):
            write_once(tmp_path / "out")
        assert [path.name for path in tmp_path.rglob("*")] == ["out", "b", "c"]


def moved_one_by_one(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Let folders not change places, as where the system cannot, hard links are not known, or too much lies about."""
    if how == "no exchange":
        monkeypatch.setattr("geo.swap.change_places", lambda *_: False)
    elif how == "no links":
        monkeypatch.setattr("geo.swap._link", lambda *_: (_ for _ in ()).throw(PermissionError))
    elif how == "too many":
        monkeypatch.setattr("geo.swap.MOST_CARRIED", 1)
    else:
        monkeypatch.chdir(how)


@pytest.mark.parametrize("how", ["no exchange", "no links", "too many", "out"])
def test_where_folders_cannot_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    folder = tmp_path / "out"
    write_once(folder)
    write_others(folder)
    moved_one_by_one(monkeypatch, str(folder) if how == "out" else how)
    for _ in range(2):
        write_once(folder)
        assert len(list(folder.iterdir())) == 10
        assert others_of(folder) == OTHERS
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", range(20))
def test_files_moved_one_by_one_are_of_one_run_whenever_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The system's calls that change the folder fail from the given one on, as if the run had been killed there."""
    folder = tmp_path / "out"
    write_once(folder)
    moved_one_by_one(monkeypatch, "no exchange")
    left = step

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patch:
        for name in ("unlink", "replace", "rename", "touch"):
            patch.setattr(Path, name, counted(getattr(Path, name)))
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        with contextlib.suppress(KeyboardInterrupt), staged(folder) as stage:
            for name in (*"abcdefgh", "manifest.json"):
                (stage / name).write_bytes(b"00000001" * 3000)
    seen = {path.read_bytes()[:8] for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert len(seen) <= 1
    assert (folder / "manifest.json").exists() <= (len(list(folder.glob("?"))) == 8)
    with pytest.raises(KeyError), staged(folder):
        raise KeyError
    assert len(versions(folder)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failed_first_run_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyError), staged(tmp_path / "out"):
        raise KeyError
    assert not list(tmp_path.iterdir())

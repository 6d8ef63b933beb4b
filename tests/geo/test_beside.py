"""Work done beside: its results and errors come back, and it ends with the block."""

import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from geo.beside import beside, spread
from geo.errors import AuditError, OutputError, Problem

forking = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
forks = pytest.mark.skipif(not forking, reason="tasks run in this process here")


def test_the_result_comes_back():
    with beside(lambda: [1, None]) as result:
        assert result() == [1, None]


@forks
def test_the_task_runs_elsewhere_on_what_there_was(tmp_path: Path):
    told = ["before"]
    with beside(lambda: ((tmp_path / "file").write_text("".join(told)), os.getpid())) as result:
        told.append("after")
        assert result()[1] != os.getpid()
    assert (tmp_path / "file").read_text() == "before"


@pytest.mark.parametrize(
    "error",
    [OutputError([Problem("cannot be written.", file=Path("a"), rows=(3,))]), AuditError("x"), OSError(28, "full")],
)
def test_an_error_comes_back_whole(error: Exception):
    def fail() -> None:
        raise error

    with beside(fail) as result, pytest.raises(type(error)) as raised:
        result()
    assert str(raised.value) == str(error)
    assert getattr(raised.value, "problems", None) == getattr(error, "problems", None)


@forks
def test_a_task_that_the_system_ended_is_done_here(tmp_path: Path):
    here = os.getpid()

    def once() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with beside(once) as result:
        assert result() == here


@forks
def test_a_task_that_was_ended_while_it_answered_is_done_here(tmp_path: Path):
    here, large = os.getpid(), 50_000_000

    def answer() -> bytes:
        (tmp_path / "pid").write_text(str(os.getpid()))
        return bytes(large)

    with beside(answer) as result:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        time.sleep(0.5)  # more than a pipe holds is on its way
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        assert len(result()) == large
    assert (tmp_path / "pid").read_text() == str(here)


@forks
def test_a_task_ends_when_nobody_is_left_to_wait_for_it():
    script = "import time; from geo.beside import beside\nwith beside(lambda: bytes(10_000_000)): print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.kill()
    # Its output ends when the task, too, has closed it.
    assert process.communicate(timeout=30)[0] == b""


@forks
def test_other_threads_do_no_harm():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with warnings.catch_warnings(action="error"), beside(os.getpid) as result:
            assert result() != os.getpid()
    finally:
        stop.set()
        thread.join()


@forks
def test_nothing_goes_on_behind_the_block(tmp_path: Path):
    def slowly() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(60)
        (tmp_path / "late").write_text("x")

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), beside(slowly):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_elsewhere_the_task_runs_here_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    done = []
    with beside(lambda: done.append(1)) as result:
        assert done == []
        result()
    assert done == [1]
    with beside(lambda: done.append(2)):
        pass
    assert done == [1]


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_tasks_are_spread_and_all_done_in_order(monkeypatch: pytest.MonkeyPatch, cores: int):
    monkeypatch.setattr("geo.beside._cores", lambda: cores if forking else 1)
    queues = [[lambda n=n: n for n in range(199)], [], [lambda: 199], [lambda: 200, lambda: 201]]
    assert spread(queues) == [list(range(199)), [], [199], [200, 201]]
    assert spread([]) == []
    assert spread([[]]) == [[]]


@forks
def test_each_process_begins_with_a_queue_of_its_own_and_then_helps(tmp_path: Path):
    helped = tmp_path / "helped"

    def wait() -> int:
        while not helped.exists():
            time.sleep(0.01)
        return os.getpid()

    def show() -> int:
        helped.touch()
        return os.getpid()

    (waited, shown), (first,) = spread([[wait, show], [os.getpid]])
    assert waited == os.getpid()
    assert shown == first != waited


@forks
def test_what_a_killed_helper_had_begun_is_done_here(tmp_path: Path):
    here, begun = os.getpid(), tmp_path / "begun"

    def wait() -> int:
        while not begun.exists():
            time.sleep(0.01)
        return 1

    def once() -> int:
        begun.touch()
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return 2

    assert spread([[wait], [once, lambda: 3]]) == [[1], [2, 3]]

"""Work done beside: a task in a process of its own while this one goes on, where the system has cores to spare."""

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

T = TypeVar("T")


@contextmanager
def beside(task: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Start a task, and give what waits for its result.

    The task sees everything as it is now and changes nothing but files. Its process is a copy of this one (fork), which
    takes no more memory than it writes to. On other systems than Linux, and on a single core, the task runs here when
    its result is asked for. Once the block is left, for whatever reason, the task has ended.

    Parameters
    ----------
    task
        What to do. Its result, or its error, comes back pickled: it should be small.

    Examples
    --------
    >>> with beside(lambda: sum(range(5))) as total:
    ...     own = 1
    >>> own
    1
    >>> with beside(lambda: sum(range(5))) as total:
    ...     total()
    10
    """
    if not _forks():
        yield task
        return
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(task, theirs, ours), daemon=True)
    with warnings.catch_warnings():
        # Of threads only those of libraries run here, and these are made for it.
        warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*fork")
        process.start()
    theirs.close()
    try:
        yield lambda: _result(ours, task)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def spread(
    tasks: Sequence[Callable[[], T]], *, steps: Sequence[tuple[Callable[[], object], Callable[[], T]]]
) -> list[T]:
    """Do tasks in two processes, one of which has steps of its own to take first; whoever is free takes the next task.

    Parameters
    ----------
    tasks
        In the order in which they are begun.
    steps
        What is done `beside`, in this order, each with a task that can be begun once the step is done. With the tasks
        no more than 255.

    Returns
    -------
    list
        The results of the tasks, and behind them those of the steps' tasks.

    Examples
    --------
    >>> spread([lambda: 1, lambda: 2], steps=[(lambda: "drawn", lambda: 3)])
    [1, 2, 3]
    """
    every = [*tasks, *(task for _, task in steps)]
    if not _forks():
        for step, _ in steps:
            step()
        return [task() for task in every]
    tokens, given = os.pipe()
    os.write(given, bytes(range(len(tasks))))
    here = os.getpid()

    def take() -> dict[int, T]:
        """Do tasks until there are none and none can come any more: then the end to write to is closed everywhere."""
        return {token[0]: every[token[0]]() for token in iter(lambda: os.read(tokens, 1), b"")}

    def begin() -> dict[int, T]:
        if os.getpid() == here:  # in place of a process that the system ended: what it had begun is done below
            for step, _ in steps:
                step()
            return {}
        for token, (step, _) in enumerate(steps, start=len(tasks)):
            step()
            os.write(given, bytes([token]))
        os.close(given)
        return take()

    try:
        with beside(begin) as rest:
            os.close(given)
            done = take()
            done |= rest()
    finally:
        os.close(tokens)
    return [done[n] if n in done else task() for n, task in enumerate(every)]


def _forks() -> bool:
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class _Answer(Generic[T]):
    """A result, or the error in place of one."""

    def __init__(self, value: T | None = None, error: BaseException | None = None) -> None:
        self.value, self.error = value, error


def _do(task: Callable[[], T], answers: Connection, reader: Connection) -> None:
    """Do the task in the new process. Ctrl-C reaches it, too: it is left to the other process to end this one.

    Of the pipe only the end to write to stays open here: when nobody reads any more, writing must fail, not wait.
    """
    reader.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # of a closed terminal, as Ctrl-C
    try:
        answer = _Answer(task())
    except BaseException as error:  # noqa: BLE001 - raised again where the result is asked for
        answer = _Answer(error=error)
    try:
        answers.send(answer)
    except BrokenPipeError:
        return  # nobody waits any more


def _result(answers: Connection, task: Callable[[], T]) -> T:
    try:
        answer: _Answer[T] = answers.recv()
    except (EOFError, OSError):  # the process was ended from outside, as systems do that run out of memory
        return task()
    if answer.error is not None:
        raise answer.error
    return answer.value  # type: ignore[return-value] # None only when that is the result

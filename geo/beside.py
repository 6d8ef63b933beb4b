"""Work done beside: a task in a process of its own while this one goes on, where the system has cores to spare."""

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
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
    if _cores() == 1:
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


def spread(queues: Sequence[Sequence[Callable[[], T]]]) -> list[list[T]]:
    """Do queues of tasks in several processes: each begins with one of its own, then helps with others, the last first.

    Parameters
    ----------
    queues
        Tasks in the order in which they are begun, no more than 255 in each. There are as many processes as queues,
        but no more than processors; the first queue is begun here.

    Returns
    -------
    list
        The results of each queue.

    Examples
    --------
    >>> spread([[lambda: 1, lambda: 2], [lambda: 3]])
    [[1, 2], [3]]
    """
    done: dict[tuple[int, int], T] = {}
    with ExitStack() as stack:
        pipes = [_tokens(len(queue)) for queue in queues]
        for tokens in pipes:
            stack.callback(os.close, tokens)

        def take(own: int) -> dict[tuple[int, int], T]:
            return {
                (number, token[0]): queues[number][token[0]]()
                for number in sorted(range(len(queues)), key=lambda number: (number != own, -number))
                for token in iter(partial(os.read, pipes[number], 1), b"")
            }

        others = [stack.enter_context(beside(partial(take, own))) for own in range(1, min(len(queues), _cores()))]
        done |= take(0)
        for other in others:
            done |= other()
    # What a process had begun that the system ended is done here.
    return [
        [done[n, m] if (n, m) in done else task() for m, task in enumerate(queue)] for n, queue in enumerate(queues)
    ]


def _tokens(count: int) -> int:
    """Return the end of a pipe from which so many numbers can be read, by whoever comes first, and nothing more."""
    reading, writing = os.pipe()
    os.write(writing, bytes(range(count)))
    os.close(writing)
    return reading


def _cores() -> int:
    """Return how many processes can work at once: 1 where no process can be copied."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


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

"""Fuzzing that follows the code's branches: ``python -m tests.fuzz.guided``, told what to do line by line.

A line is a list as JSON: the kind of input, the folder for what comes of it, and options of libFuzzer. Each is done in
a process of its own, for atheris ends it: a copy of this one, since the code is prepared for seconds before it can be
followed. What came of the inputs is in the file ``tally.json``, what was said in ``said.txt``; the exit code is printed.
"""

import json
import os
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

SAVED_EVERY = 50


def main() -> None:
    """Do what each line says, one after another."""
    import atheris

    with atheris.instrument_imports(include=["geo"]):
        import tests.fuzz.targets  # noqa: F401 # with all of `geo` that it uses

    for line in sys.stdin:
        kind, folder, *options = json.loads(line)
        child = os.fork()
        if not child:
            said = os.open(Path(folder) / "said.txt", os.O_WRONLY | os.O_CREAT)
            os.dup2(said, 1)
            os.dup2(said, 2)
            os.environ["TMPDIR"], tempfile.tempdir = folder, None
            fuzz(kind, Path(folder), options)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def fuzz(kind: str, folder: Path, options: list[str]) -> NoReturn:
    """Fuzz one kind of input until libFuzzer has had enough."""
    import atheris

    from tests.fuzz.changes import changed
    from tests.fuzz.targets import HANG_S, KINDS, MEMORY_BYTES, Tally, attempt, limit_memory

    tally, seeds = Tally(), KINDS[kind].seeds()

    def one(content: bytes) -> None:
        attempt(kind, content, folder, tally)
        if tally.inputs % SAVED_EVERY == 0:
            (folder / "tally.json").write_text(json.dumps(asdict(tally)))

    def mutate(content: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if not content.strip() or chance.random() < 0.3:
            content = chance.choice(seeds)
        own = None if chance.random() < 0.5 else lambda part: atheris.Mutate(part, len(part) + 64)
        return changed(kind, content, chance, own)[:most]

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [
        # By the clock; `attempt` limits what it computes, however busy the machine is.
        f"-timeout={6 * HANG_S}",
        f"-report_slow_units={6 * HANG_S}",
        f"-rss_limit_mb={MEMORY_BYTES // 1_000_000}",
        "-max_len=20000",
        "-len_control=0",
        "-mutate_depth=2",
        "-cross_over=0",
    ]
    limit_memory()
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()
    os._exit(1)  # it never gets here


if __name__ == "__main__":
    main()

"""Fuzzing that follows the code's branches: ``python -m tests.fuzz.guided KIND TALLY [options of libFuzzer]``.

Runs in a process of its own, for atheris ends it. What came of the inputs is written to the file TALLY.
"""

import json
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

SAVED_EVERY = 50


def main() -> None:
    """Fuzz one kind of input until libFuzzer has had enough."""
    import atheris

    with atheris.instrument_imports(include=["geo"]):
        from tests.fuzz.changes import changed
        from tests.fuzz.targets import HANG_S, KINDS, MEMORY_BYTES, Tally, attempt, limit_memory

    kind, tally_file, *options = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(prefix="outreach-fuzz-"))
    tally, seeds = Tally(), KINDS[kind].seeds()

    def one(content: bytes) -> None:
        attempt(kind, content, folder, tally)
        if tally.inputs % SAVED_EVERY == 0:
            Path(tally_file).write_text(json.dumps(asdict(tally)))

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


if __name__ == "__main__":
    main()

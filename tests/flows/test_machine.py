"""A state machine over the whole flow; ``python -m benchmarks.machine`` walks further."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.county import Town
from tests.flows.machine import ACTS, Walk, size


def test_whatever_people_do_no_rule_of_the_flow_is_broken(town: Town) -> None:
    done: dict[str, int] = {}

    class InTown(Walk):
        """The walk in the county of this test."""

        def teardown(self) -> None:
            for name, count in self.done.items():
                done[name] = done.get(name, 0) + count
            super().teardown()

    InTown.town = town
    walks, steps = size()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        InTown,
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{sum(done.values())} steps written, {len(done)} of {len(ACTS)} actions")
    assert sum(done.values()) >= walks * steps // 4, done

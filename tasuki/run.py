"""One run of one sync: start, read every system, plan, apply to every system, close.

Each step stands alone, so that Airflow can run it as a task and the command line one after another; what one
step leaves for the next lies in the store.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from tasuki import corrections, mapping as mappings, planner
from tasuki.apply import Writer
from tasuki.connector import Connector, Description
from tasuki.definition import Sync, System, keys_are_issued
from tasuki.errata import Correction
from tasuki.errors import Retry, Stop, UserError
from tasuki.guards import guards
from tasuki.intake import Intake, take_in
from tasuki.plan import Change, Plan
from tasuki.snapshot import Snapshot
from tasuki.store import Store, index, models, plans, queues, recall, rows, runs, snapshots, systems
from tasuki.store.catalogue import file_away
from tasuki.store.commit import commit
from tasuki.store.intents import pending_intents, settle_entities
from tasuki.store.journal import checkpoint

Opener = Callable[[System], Connector]

STATUS = {0: "done", 1: "retry", 2: "failed", 3: "attention", 4: "waiting", 7: "stopped"}
"""Exit code → status of a run; the first of WORST_FIRST that applies."""

WORST_FIRST = (7, 2, 4, 1, 3)


class Run:
    """One run of one sync. `opener` gives the connector of a system; tests bring their own."""

    def __init__(self, store: Store, sync: Sync, opener: Opener, run: str, actor: str) -> None:
        self.store = store
        self.sync = sync
        self.opener = opener
        self.id = run
        self.actor = actor
        self._held: plans.Stored | None = None

    def start(self) -> None:
        """Takes the lease. Raises Retry TSK-5310 while another run is at work, Stop TSK-5110 while a guard's
        block isn't acknowledged, UserError when a mapping's own tests fail."""
        with self.store.write() as connection:
            runs.start(connection, self.id, self.sync.name, self.actor)
            self._lease(connection)
        _mappings_hold(self.sync)
        with self.store.write() as connection:
            # One system, one sync: two of them would fight over the same rows (S19).
            for system in self.sync.systems:
                known = systems.state(connection, system)
                if known and known.sync != self.sync.name:
                    raise UserError("TSK-4034", system=system, other=known.sync)
            blocks = runs.blocks(connection, self.sync.name)
            rules = recall(connection, f"rules:{self.sync.name}")
            if rules and rules != self.sync.digest:
                told: dict[str, object] = {"before": rules, "after": self.sync.digest}
                plans.note(connection, self.store.seal, "config.rules", self.actor, self.id, told)
        if blocks:
            raise Stop("TSK-5110", self.sync.name, system=blocks[0].system, because=blocks[0].code)

    def read(self, system: str, seen: Callable[[int], None] = lambda rows: None) -> dict[str, int]:
        """Takes in what one system shows. Raises Stop when a guard closes; then nothing is taken in."""
        chosen = self.sync.systems[system]
        self._renew()
        connector = self.opener(chosen)
        try:
            self._recover(chosen, connector)
            description = connector.describe()
            keys_are_issued(chosen, description)
            with self.store.read() as connection:
                known = rows.known(connection, chosen.mapping, partial(self._digests, chosen.mapping))
            intake = take_in(connector, chosen.mapping, known)
            internal = Counter(getattr(connector, "counted", {}))
        finally:
            connector.close()
        seen(intake.read)
        return self._take(chosen, description, intake, internal)

    def plan(self) -> tuple[Plan, str]:
        """Decides everything that would happen, and keeps it: the plan and its state (planned, waiting,
        approved)."""
        self._renew()
        with index.current(self.store, partial(snapshots.compares, sync=self.sync)) as connection:
            seen = self._snapshot(connection)
        made = planner.decide(self.sync, seen)
        planned = _planned(made, self.sync)
        with self.store.write() as connection:
            if seen.learned:
                id = models.freeze(connection, self.sync.model.name, seen.learned)
                told: dict[str, object] = {"model": self.sync.model.name, "id": id}
                plans.note(connection, self.store.seal, "identity.model", self.actor, self.id, told)
            runs.use_acknowledged(connection, self.sync.name)
            state = self._keep(connection, made, planned)
        return made, state

    def correct(self, kinds: Collection[Correction]) -> tuple[Plan, str]:
        """Proposes corrections in the place of a plan; what the reads brought is the next run's."""
        self._renew()
        with self.store.read() as connection:
            made = corrections.correct(self.sync, self._snapshot(connection, whole=True), kinds)
        planned = _planned(made, self.sync)
        with self.store.write() as connection:
            state = self._keep(connection, made, planned)
        return made, state

    def apply(self, system: str, seen: Callable[[int], None] = lambda done: None) -> dict[str, int]:
        """Carries out the plan in one system; a plan that waits for approval is left alone. Raises Retry
        when the system can't be used: its customers stay pending."""
        self._renew()
        made = self.commit()
        if made is None:
            return {}
        counts: Counter[str] = Counter()
        if next(made.changes_for(system), None) or self._is_imported(system):
            counts = self._write(self.sync.systems[system], made.changes_for(system), seen)
        return dict(counts)

    def commit(self) -> Plan | None:
        """Makes the plan's decisions part of the store; None while it waits for approval."""
        with self.store.write() as connection:
            stored = self._plan(connection)
            if stored is None:
                raise UserError("TSK-5001", plan=self.id)
            if stored.state not in ("planned", "approved", "committed"):
                return None
            self._held = commit(connection, self.store.seal, self.sync, stored, stored.actor or self.actor)
        return self._held.plan

    def close(self, failed: int = 0) -> dict[str, Any]:
        """Sends round what targets filled in themselves, adds up, and gives the outcome.

        `failed` is the exit code of the worst step so far: 0, 1, 2 or 7.
        """
        self._renew()
        if not failed:
            failed = self._second_wave()
        with self.store.write() as connection:
            stored = self._plan(connection)
            if stored and stored.state == "committed":
                settle_entities(connection, stored.plan)
            outcome = self._outcome(connection, stored, failed)
            runs.finish(connection, self.id, outcome["status"], outcome["exit_code"])
            told = {"status": outcome["status"], "totals": outcome["systems"]}
            runs.drop_lease(connection, self.sync.name, self.id)
            plans.note(connection, self.store.seal, "system.run", self.actor, self.id, told)
            checkpoint(connection)
        file_away(self.store)
        return outcome

    def leave_planned(self, failed: int) -> None:
        """Ends a run that only planned; its plan can be applied later."""
        with self.store.write() as connection:
            runs.finish(connection, self.id, "planned", failed)
            runs.drop_lease(connection, self.sync.name, self.id)
        file_away(self.store)

    def rest(self) -> None:
        """Between two tasks the run keeps its turn, though no process is at work."""
        with self.store.write() as connection:
            runs.rest_lease(connection, self.sync.name, self.id)

    # Parts of the steps.

    def _take(
        self, system: System, description: Description, intake: Intake, internal: Mapping[str, int]
    ) -> dict[str, int]:
        """Keeps what a read brought and its counts; where a guard closes, the guard in its place."""
        name, mapping = system.name, system.mapping
        counts = {
            "read": intake.read,
            "unchanged": intake.unchanged,
            "changed": len(intake.arrivals),
            "quarantined": intake.quarantined,
            "missing": len(intake.missing),
            **internal,
        }
        with self.store.write() as connection:
            before = rows.compare(connection, mapping, intake)
            accepted = runs.accepted(connection, self.sync.name)
            closed = [g for g in guards(name, intake, before) if g.evidence not in accepted]
            runs.count(connection, self.id, "read", name, counts)
            if closed:
                runs.stop(connection, self.sync.name, self.id, closed)
                told: dict[str, object] = {"system": name, "guards": [guard.code for guard in closed]}
                plans.note(connection, self.store.seal, "system.guard", self.actor, self.id, told)
            else:
                rows.commit_intake(connection, self.sync, mapping, description, intake, self.id, time.time())
        if closed:
            raise Stop(closed[0].code, name, **closed[0].details)
        return counts

    def _keep(self, connection: Any, made: Plan, planned: Mapping[str, Mapping[str, int]]) -> str:
        """The state in which a plan begins: planned, waiting, approved."""
        self._held = plans.save(connection, made, self.id)
        for system, counts in planned.items():
            runs.count(connection, self.id, "plan", system, counts)
        return self._held.state

    def _write(self, system: System, changes: Iterable[Change], seen: Callable[[int], None]) -> Counter[str]:
        with closing(self.opener(system)) as connector:
            writer = Writer(self.store, self.sync, system, connector, self.id, self.actor)
            try:
                # A task that died in the middle of its page starts again here: look first (I8).
                writer.recover()
                writer.apply(changes, seen)
            finally:
                self._count_applied(system.name, writer.counts)
        return writer.counts

    def _is_imported(self, system: str) -> bool:
        """Whether a person imports what we write; what waits for that must follow what was read now."""
        with self.store.read() as connection:
            before = systems.state(connection, system)
        return before is not None and before.description.confirms == "next_read"

    def _count_applied(self, system: str, counts: Mapping[str, int]) -> None:
        with self.store.write() as connection:
            before = runs.get(connection, self.id).counts.get("apply", {}).get(system, {})
            total = Counter(before) + Counter(counts)
            runs.count(connection, self.id, "apply", system, total)

    def _second_wave(self) -> int:
        """Fields that a target filled in itself (a record number) go round once more in the same run (S7)."""
        news = self._created_with_news()
        if not news:
            return 0
        with index.current(self.store, partial(snapshots.compares, sync=self.sync)) as connection:
            seen = self._snapshot(connection)
        made = planner.decide(self.sync, seen, only=news)
        if not made.changes and not made.settles and not made.conflicts:
            return 0
        with self.store.write() as connection:
            self._held = plans.save(connection, made, self.id)
        if self._held.state == "waiting":
            return 0
        self.commit()
        for system in self.sync.systems.values():
            if next(made.changes_for(system.name), None):
                try:
                    self._write(system, made.changes_for(system.name), lambda done: None)
                except Retry:
                    return 1
        return 0

    def _created_with_news(self) -> set[str]:
        with self.store.read() as connection:
            applied = runs.get(connection, self.id).counts.get("apply", {})
        if not any(counts.get("created") for counts in applied.values()):
            return set()
        with self.store.write() as connection:
            first = self._plan(connection)
            if first is None:
                return set()
            settle_entities(connection, first.plan)
            created = {change.entity for change in first.plan.changes if change.action == "create"}
            return rows.with_news(connection, created)

    def _plan(self, connection: Any) -> plans.Stored | None:
        """The run's last plan. Other processes may have approved it or carried it on meanwhile."""
        self._held = plans.of_run(connection, self.id, self._held)
        return self._held

    def _digests(self, mapping: mappings.Mapping) -> dict[str, bytes]:
        with self.store.read() as connection:
            return rows.digests(connection, mapping)

    def _recover(self, system: System, connector: Connector) -> None:
        """Settles what a crash left open, before anybody plans on what this system shows."""
        with self.store.read() as connection:
            left = pending_intents(connection, self.sync.name, system.name)
        if left:
            writer = Writer(self.store, self.sync, system, connector, self.id, self.actor)
            writer.recover()
            with self.store.write() as connection:
                runs.count(connection, self.id, "recover", system.name, writer.counts)

    def _snapshot(self, connection: Any, whole: bool = False) -> Snapshot:
        read = runs.get(connection, self.id).counts.get("read", {})
        return snapshots.load(connection, self.sync, read, whole)

    def _lease(self, connection: Any) -> None:
        runs.take_lease(connection, self.sync.name, self.id)

    def _renew(self) -> None:
        with self.store.write() as connection:
            self._lease(connection)

    def _outcome(self, connection: Any, stored: plans.Stored | None, failed: int) -> dict[str, Any]:
        counts = runs.get(connection, self.id).counts
        approval = _approval(stored)
        opened = queues.count_open(connection, self.sync.name, list(self.sync.systems), time.time())
        systems = {name: _totals(counts, name) for name in self.sync.systems}
        outdated = self._outdated(connection)
        attention = (
            opened.conflicts
            or opened.reviews
            or opened.quarantined
            or opened.overdue
            or outdated
            or any(s["failed"] for s in systems.values())
        )
        code = failed if failed in (7, 2) else 4 if approval else failed or (3 if attention else 0)
        return {
            "run_id": self.id,
            "sync": self.sync.name,
            "status": STATUS[code],
            "exit_code": code,
            "systems": systems,
            "totals": {hop: _summed(counts.get(hop, {})) for hop in ("recover", "read", "plan", "apply")},
            "conflicts": opened.conflicts,
            "reviews": opened.reviews,
            "quarantined": opened.quarantined,
            "waiting": len(stored.plan.waiting) if stored else 0,
            "approval": approval,
            "unconfirmed": opened.unconfirmed,
            "overdue": opened.overdue,
            "outdated": outdated,
        }

    def _outdated(self, connection: Any) -> list[str]:
        """Systems last read longer ago than `freshness` allows."""
        if self.sync.freshness is None:
            return []
        oldest = time.time() - self.sync.freshness
        read = {name: systems.state(connection, name) for name in self.sync.systems}
        return [name for name, known in read.items() if known is None or known.read_at < oldest]


def _mappings_hold(sync: Sync) -> None:
    for system in sync.systems.values():
        for number, field, _, _ in mappings.failures(system.mapping):
            place = system.mapping.document.place("tests", number - 1)
            raise UserError("TSK-4028", place, number=number, field=field)


def _planned(made: Plan, sync: Sync) -> dict[str, dict[str, int]]:
    counts = Counter((change.system, change.action) for change in made.changes)
    refused = Counter(refusal.system for refusal in made.refusals)
    return {
        system: {
            "create": counts[system, "create"],
            "update": counts[system, "update"],
            "delete": counts[system, "delete"],
            "refused": refused[system],
        }
        for system in sync.systems
    }


def _approval(stored: plans.Stored | None) -> dict[str, Any] | None:
    """What a person is asked to approve, and why; None where nothing waits."""
    if stored is None or stored.state != "waiting":
        return None
    return {
        "plan": stored.plan.digest,
        "reasons": [reason._asdict() for reason in stored.plan.reasons],
    }


def _summed(hop: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return dict(sum((Counter(counts) for counts in hop.values()), Counter()))


def _totals(counts: Mapping[str, Mapping[str, Mapping[str, int]]], system: str) -> dict[str, int]:
    read = counts.get("read", {}).get(system, {})
    done = Counter(counts.get("apply", {}).get(system, {})) + Counter(
        counts.get("recover", {}).get(system, {})
    )
    refused = counts.get("plan", {}).get(system, {}).get("refused", 0)
    return {
        "read": read.get("read", 0),
        "unchanged": read.get("unchanged", 0),
        "changed": read.get("changed", 0),
        "quarantined": read.get("quarantined", 0),
        "created": done["created"],
        "updated": done["updated"],
        "deleted": done["deleted"],
        "failed": done["failed"] + refused,
        "stale": done["stale"],
    }

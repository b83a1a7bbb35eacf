"""Every reference daemon gets exactly the verdicts of matrix.yaml: a planted fault turns what it should, nothing else."""

import concurrent.futures
import os
import resource

import matrix_rows
import support


class Rows(support.Place):
    def check_each(self, rows, judge, side_by_side):
        """A subtest a row; one that fails or does not end leaves the others as they are."""
        with concurrent.futures.ThreadPoolExecutor(side_by_side) as pool:
            for row, run in [(row, pool.submit(judge, row)) for row in rows]:
                with self.subTest(row.name):
                    self.check(row, run.result())

    def check(self, row, done):
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        found = matrix_rows.differences(row, done.verdicts())
        told = {name: done.finding(name)["seen"] for name in found if name in done.verdicts()}
        self.assertEqual(found, {}, f"(expected, seen): {told}")
        if not row.partial:
            self.assertEqual(done.status, matrix_rows.expected_status(row))


class Matrix(Rows):
    def check_all(self, rows, **more):
        def judge(row):
            return support.run(row.command, *row.options, cwd=self.place, timeout=120, **more)

        self.check_each([row for row in rows if not row.alone], judge, os.cpu_count())
        self.check_each([row for row in rows if row.alone], judge, 1)

    def test_every_fault_is_in_the_matrix(self):
        self.assertEqual(set(support.faults()), {*support.matrix()["faults"], *matrix_rows.life_faults()})

    def test_reference_daemons(self):
        self.need(support.is_root(), "the whole matrix needs root")
        self.check_all([row for row in matrix_rows.rows() if not row.tree])

    def test_daemons_of_the_texts(self):
        self.need(support.is_root(), "another root needs root")
        self.need(support.real_root(), "DAEMONCK_REAL_ROOT names no tree")
        self.check_all([row for row in matrix_rows.rows() if row.tree])

    def ordinary(self, state):
        """What starts a program as an ordinary user, who owns the directory."""
        if not support.is_root():
            return []
        os.chown(state, support.ORDINARY_ID, support.ORDINARY_ID)
        return support.as_ordinary_user()

    def test_as_an_ordinary_user(self):
        """In a place that the user may write: as an ordinary user there is no right to /run."""
        before = self.ordinary(self.place)
        rows = matrix_rows.rows(str(self.place / "candidate.pid"), str(self.place))
        self.check_all([row for row in rows if not row.root], before=before)

    def test_as_an_ordinary_user_below_another_owner(self):
        """The user's directory lies in one that is root's, as /var/lib/NAME does."""
        state = self.place / "state"
        state.mkdir(mode=0o755)
        before = self.ordinary(state)
        row = matrix_rows.rows(str(state / "candidate.pid"), str(state))[0]
        self.check(row, support.run(row.command, *row.options, cwd=self.place, before=before))


class Life(Rows):
    """The rows of `life`. One is many launches, which wait more than they compute."""

    def judge(self, row):
        path = self.place / (row.name.replace(" ", "-") + ".yaml")
        path.write_text(matrix_rows.candidate_file(row), encoding="utf-8")
        return support.daemonck("run", "--format", "json", *row.options, "--file", path, cwd=self.place, timeout=300)

    def can_raise_nofile(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return hard == resource.RLIM_INFINITY or hard >= 1 << 20

    def test_reference_daemons_live(self):
        self.need(support.is_root(), "the whole matrix needs root")
        rows = [row for row in matrix_rows.life_rows() if self.can_raise_nofile() or not row.nofile]
        self.check_each(rows, self.judge, 2 * os.cpu_count())

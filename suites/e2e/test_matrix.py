"""Every reference daemon gets exactly the verdicts of matrix.yaml: a planted fault turns what it should and nothing else."""

import concurrent.futures
import os
import pathlib

import matrix_rows
import support


class Matrix(support.Place):
    def check_all(self, rows, **more):
        """Side by side; a subtest a row."""

        def judge(row):
            return support.run(row.command, *row.options, cwd=self.place, timeout=120, **more)

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for row, done in zip(rows, pool.map(judge, rows)):
                with self.subTest(row.name):
                    self.check(row, done)

    def check(self, row, done):
        self.assertIn(done.status, (support.HELD, support.FAILED), done.error)
        found = matrix_rows.differences(row, done.verdicts())
        told = {name: done.finding(name)["seen"] for name in found if name in done.verdicts()}
        self.assertEqual(found, {}, f"(expected, seen): {told}")
        if not row.partial:
            self.assertEqual(done.status, matrix_rows.expected_status(row))

    def test_every_fault_is_in_the_matrix(self):
        self.assertEqual(set(support.faults()), set(support.matrix()["faults"]))

    def test_reference_daemons(self):
        self.need(support.is_root(), "the whole matrix needs root")
        self.check_all([row for row in matrix_rows.rows() if not row.tree])

    def test_daemons_of_the_texts(self):
        self.need(support.is_root(), "another root needs root")
        self.need(support.real_root(), "DAEMONCK_REAL_ROOT names no tree")
        self.check_all([row for row in matrix_rows.rows() if row.tree])

    def test_as_an_ordinary_user(self):
        """In a place that the user may write: as an ordinary user there is no right to /run."""
        state = pathlib.Path(self.place, "state")
        state.mkdir(mode=0o755)
        before = []
        if support.is_root():
            os.chown(state, support.ORDINARY_ID, support.ORDINARY_ID)
            before = support.as_ordinary_user()
        rows = matrix_rows.rows(str(state / "candidate.pid"), str(state))
        self.check_all([row for row in rows if not row.root], before=before)

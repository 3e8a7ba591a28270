"""Which units are collected, where, and by what name."""

import pytest

from tests.pytest_plugin.projects import STRICT

CONF = "project = 'handbook'\n"


@pytest.fixture
def collected(run):
    """The names of what pytest collects; nothing is imported for that."""

    def collected(*arguments):
        lines = run("--collect-only", "-q", *arguments).outlines
        return [line for line in lines if "::" in line]

    return collected


def test_units_are_collected_without_a_test_file(project, collected):
    assert collected() == ["manual/square.py::square", "manual/wrong.py::wrong"]
    assert collected("manual/wrong.py") == ["manual/wrong.py::wrong"]
    assert collected("manual/square.py::square") == ["manual/square.py::square"]
    assert collected("-k", "wrong") == ["manual/wrong.py::wrong"]
    assert collected("-m", "not gradcheck") == []


def test_where_testpaths_are_named_units_are_collected_by_name_only(project, collected):
    (project / "pyproject.toml").write_text(STRICT + 'testpaths = ["tests"]\n')
    (project / "tests").mkdir()
    (project / "tests" / "test_own.py").write_text("def test_own(): pass\n")
    assert collected() == ["tests/test_own.py::test_own"]
    assert collected("manual") == ["manual/square.py::square", "manual/wrong.py::wrong"]


def test_the_folders_are_those_of_tool_gradcheck(project, collected):
    (project / "manual").rename(project / "mine")
    (project / "mine" / "_helper.py").touch()
    assert collected() == []
    (project / "pyproject.toml").write_text('[tool.gradcheck]\nmanual = "mine"\n')
    assert collected() == ["mine/square.py::square", "mine/wrong.py::wrong"]


def test_units_in_folders_are_collected_and_judged(project, collected, run):
    for side in ("manual", "reference"):
        (project / side / "powers").mkdir()
        (project / side / "square.py").rename(project / side / "powers" / "square.py")
    assert collected("manual") == ["manual/powers/square.py::square", "manual/wrong.py::wrong"]
    run("manual/powers", "--gradcheck-cases", 2).assert_outcomes(passed=1)


def test_a_project_within_another_is_collected_by_its_own_pyproject(pytester, project, collected):
    inner = project / "packages" / "inner"
    (inner / "manual").mkdir(parents=True)
    (project / "manual" / "square.py").rename(inner / "manual" / "cube.py")
    (inner / "pyproject.toml").write_text("[tool.gradcheck]\n")
    (inner / "reference").mkdir()
    assert collected("packages") == ["packages/inner/manual/cube.py::cube"]


def test_a_twin_without_its_manual_file_is_a_unit_that_cannot_be_judged(project, run):
    (project / "manual" / "square.py").unlink()
    done = run("-k", "square")
    done.assert_outcomes(failed=1, deselected=1)
    done.stdout.re_match_lines([r"FAILED reference/square.py::square - .*square.py: there is no such file; write it"])
    done.stdout.fnmatch_lines(["1 unit: 1 bad declaration, 0 cases, *"])


def test_folders_of_another_kind_are_left_alone(pytester, project, run, collected):
    """A handbook in `manual`, its appendix in `reference`: no unit, unless [tool.gradcheck] says so."""
    for side in ("manual", "reference"):
        for file in (project / side).glob("*.py"):
            file.unlink()
        (project / side / "conf.py").write_text(CONF)
    done = run()
    done.assert_outcomes()
    done.stdout.no_fnmatch_line("gradcheck *")
    done.stdout.no_fnmatch_line("*= gradcheck =*")
    (project / "pyproject.toml").write_text("[tool.gradcheck]\n")
    assert collected() == ["manual/conf.py::conf"]


def test_a_table_that_names_no_folder_is_told_in_the_header(project, run):
    (project / "pyproject.toml").write_text('[tool.gradcheck]\nmanual = "maunal"\n')
    done = run("--collect-only")
    done.stdout.fnmatch_lines(["gradcheck *maunal: there is no such folder; make it, or name another as `manual`*"])


def test_it_can_be_switched_off(pytester, project):
    done = pytester.runpytest_inprocess("-p", "no:gradcheck", "-p", "no:cov", "--collect-only")
    done.assert_outcomes()
    done.stdout.no_fnmatch_line("*square*")


@pytest.mark.parametrize(("cases", "wrong"), [("2", "wrong"), ("110", "wrong[1-50]")])
def test_what_failed_last_is_run_alone(pytester, project, cases, wrong):
    options = ("-p", "no:cov", "manual/wrong.py", "--gradcheck-cases", cases)
    pytester.runpytest_inprocess(*options)
    done = pytester.runpytest_inprocess(*options, "--lf", "--collect-only", "-q")
    assert [line for line in done.outlines if "::" in line] == [f"manual/wrong.py::{wrong}"]

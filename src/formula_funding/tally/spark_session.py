"""Where Spark runs, and what it says when it fails, as a problem."""

from __future__ import annotations

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrameReader, SparkSession

from formula_funding.diagnostics import codes
from formula_funding.diagnostics.problem import Code, Place, ProblemsFoundError, stop, stopped

_MASTER = re.compile(r"local(-cluster)?(\[.*\])?|yarn|(spark|k8s)://.+")
_JAVA_OPTIONS = "SPARK_SUBMIT_OPTS"
"""The options of a Java that Spark starts, parted by blanks outside quotation marks."""
_HINTS = {
    codes.SPARK_FAILED: "see Spark's own log, or count on this machine with --engine duckdb",
    codes.URL_UNREADABLE: "see Spark's own log, and its settings; docs/spark.md says which",
}


def spark_session(master: str | None, folder: Path | None = None) -> SparkSession:
    """The session that is active, or a new one: on `master`, or where Spark's settings say.

    A new one keeps what it can't hold in memory here in `folder`, unless its settings name another.
    Raises ProblemsFoundError if there is no such place, or Spark does not start there.
    """
    if master is not None and not _MASTER.fullmatch(master):
        stop(
            codes.SPARK_NOT_STARTED,
            f"`{master}` is no place where Spark runs",
            hint="write --master local[4], spark://host:7077, yarn or k8s://https://host:443",
        )
    builder = SparkSession.builder.appName("Formula Funding").config(
        "spark.ui.showConsoleProgress", "false"
    )
    if master is not None:
        builder = builder.master(master)
        if master.startswith("local"):
            builder = builder.config("spark.sql.shuffle.partitions", str(os.cpu_count() or 1))
    try:
        with java_options(folder):
            return builder.getOrCreate()
    except (PySparkException, Py4JError, RuntimeError, OSError) as error:
        raise _not_started(error, master) from None


def _not_started(error: Exception, master: str | None) -> ProblemsFoundError:
    if isinstance(error, PySparkException) and error.getCondition() == "JAVA_GATEWAY_EXITED":
        message = "Spark did not start: the Java that it runs on ended at once, or there is none"
        hint = (
            "what stands above tells why; Java 17 or newer must be installed (`java -version`), "
            "and where JAVA_HOME or SPARK_HOME is set, it must name it, or a whole Spark"
        )
    elif isinstance(error, OSError):
        message = f"Spark did not start: {error.filename}: {error.strerror}"
        hint = "SPARK_HOME must name the folder of a Spark; unset it to use that of pyspark"
    else:
        place = f"at {master}" if master else "where its settings say"
        message = f"Spark did not start {place}: {_said(error)}"
        hint = (
            "check host and port (the master's web page shows its URL), that the cluster runs, and "
            "that its Spark is of the release of pyspark here"
        )
    return stopped(codes.SPARK_NOT_STARTED, message, hint=hint)


@contextmanager
def java_options(folder: Path | None = None) -> Iterator[None]:
    """A Java that is started within logs as `spark_log.properties` says, and writes to `folder`.

    Unless the settings of a cluster say otherwise: no option of theirs is taken away, and
    `spark.local.dir` goes before Java's own folder.
    """
    log = (Path(__file__).parent / "spark_log.properties").as_uri()
    options = [f"-Dlog4j2.configurationFile={log}"]
    if folder is not None:
        options.append(f'"-Djava.io.tmpdir={_escaped(folder.absolute().as_posix())}"')
    before = os.environ.get(_JAVA_OPTIONS)
    os.environ[_JAVA_OPTIONS] = " ".join([*options, *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ[_JAVA_OPTIONS]
        else:
            os.environ[_JAVA_OPTIONS] = before


def _escaped(text: str) -> str:
    """A text within quotation marks, as Spark's launcher reads it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def reader(session: SparkSession) -> DataFrameReader:
    """Reads files whole or not at all, whatever the settings of a cluster say."""
    return session.read.options(ignoreCorruptFiles=False, ignoreMissingFiles=False)


@contextmanager
def told_by_spark(code: Code, what: str, place: Place | None = None) -> Iterator[None]:
    """Raises ProblemsFoundError that Spark could not do `what` where Spark raises within."""
    try:
        yield
    except (PySparkException, Py4JError, RuntimeError) as error:
        message = f"Spark could not {what}: {_said(error)}"
        raise stopped(code, message, place, _HINTS[code]) from None


@contextmanager
def same_names_told(place: Place) -> Iterator[None]:
    """Raises ProblemsFoundError where columns of a file read within differ only by case."""
    try:
        yield
    except AnalysisException as error:
        if error.getCondition() != "COLUMN_ALREADY_EXISTS":
            raise
        name = error.getMessageParameters()["columnName"]
        raise stopped(
            codes.DUPLICATE_COLUMN,
            f"several columns are called {name} but for upper and lower case, which Spark takes "
            "for one",
            place,
            "rename or remove all but one of them",
        ) from None


@contextmanager
def quietly() -> Iterator[None]:
    """What Python's side of Spark says of itself is not told within.

    It does not know the newest pandas, which is not used here, and where nothing takes up its log,
    it prints where in its code Ctrl-C came.
    """
    log, nowhere = logging.getLogger(), logging.NullHandler()
    log.addHandler(nowhere)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
            yield
    finally:
        log.removeHandler(nowhere)


def _said(error: Exception) -> str:
    """The first line of what went wrong; of an error in Java, of what caused it in the end."""
    if not isinstance(error, Py4JJavaError):
        return _first_line(str(error)) or type(error).__name__
    java = error.java_exception
    while java.getCause() is not None:
        java = java.getCause()
    return _first_line(java.toString())


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]

"""Prints what junitparser reads in a JUnit XML file, as JSON."""

import json
import sys

from junitparser import JUnitXml


def case(found):
    results = [[type(result).__name__, result.type, result.message, result.text] for result in found.result]
    return {
        "class": found.classname,
        "name": found.name,
        "time": found.time,
        "results": results,
        "out": found.system_out,
    }


suites = JUnitXml.fromfile(sys.argv[1])
told = [suites.tests, suites.failures, suites.errors, suites.skipped]
cases = [case(found) for suite in suites for found in suite]
suites.update_statistics()
counted = [suites.tests, suites.failures, suites.errors, suites.skipped]
json.dump({"told": told, "counted": counted, "names": [s.name for s in suites], "cases": cases}, sys.stdout)

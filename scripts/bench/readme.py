"""README's Benchmarks section, between its markers.

Must not know what is in it.
"""

BEGIN = "<!-- bench:begin -->"
END = "<!-- bench:end -->"
BEFORE = "## More"  # what follows the section when it is new


def with_section(readme: str, section: str) -> str:
    """The text with this section in place of the one it had, or with one where it had none."""
    block = f"{BEGIN}\n{section}\n{END}"
    if BEGIN in readme:
        head, _, rest = readme.partition(BEGIN)
        _, found, tail = rest.partition(END)
        if not found:
            raise SystemExit(f"bench: README.md has {BEGIN} and no {END}")
        return head + block + tail
    head, found, tail = readme.partition(f"\n{BEFORE}\n")
    if not found:
        raise SystemExit(f"bench: README.md has no {BEFORE!r} to put the benchmarks before")
    return f"{head}\n## Benchmarks\n\n{block}\n\n{BEFORE}\n{tail}"

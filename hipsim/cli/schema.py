"""``hipsim schema``: the schema of scenario files, for completion in an editor."""

from pathlib import Path


def schema(*, out: Path | None = None) -> None:
    """Print the JSON Schema of scenario files, or write it beside them.

    With the file beside a scenario that starts with
    "# yaml-language-server: $schema=hipsim.schema.json" an editor completes keys, shows what they
    mean and marks mistakes while you type.

    Parameters
    ----------
    out
        A file, or a folder that receives hipsim.schema.json.
    """
    from hipsim.io.files import write_text
    from hipsim.study.json_schema import SCHEMA_FILE, scenario_schema
    from hipsim.study.manifest import as_json

    text = as_json(scenario_schema())
    if out is None:
        print(text, end="")
        return
    path = out / SCHEMA_FILE if out.is_dir() else out
    write_text(path, text)
    print(f"{path}: first line of a scenario beside it:")
    print(f"# yaml-language-server: $schema={path.name}")

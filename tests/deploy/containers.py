"""Reads Dockerfile, docker-compose.yml, .env.example and .dockerignore as the programs that use them would, as far as ours use them."""

import json
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent

# ${NAME}, ${NAME:-default}, ${NAME:?what is missing}, and $$ for a dollar.
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<text>[^}]*))?\})")


class MissingVariable(Exception):
    """Compose would refuse to start; the text is what it would say."""


@dataclass
class Stage:
    """One FROM with what follows it. `copied` are (stage or "", sources, target)."""

    image: str
    name: str
    run: list[str] = field(default_factory=list)
    copied: list[tuple[str, list[str], str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    command: list[str] = field(default_factory=list)
    healthcheck: str = ""


def read_dockerfile(text: str) -> list[Stage]:
    """The stages, in order. Raises ValueError for an instruction that this reader does not know."""
    stages: list[Stage] = []
    lines = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    for line in filter(None, map(str.strip, lines.splitlines())):
        instruction, _space, rest = line.partition(" ")
        rest = rest.strip()
        if instruction == "FROM":
            image, _as, name = rest.partition(" AS ")
            stages.append(Stage(image, name))
            continue
        stage = stages[-1]
        match instruction:
            case "RUN":
                stage.run.append(rest)
            case "COPY":
                words = rest.split()
                source_stage = words.pop(0).removeprefix("--from=") if words[0].startswith("--from=") else ""
                stage.copied.append((source_stage, words[:-1], words[-1]))
            case "ENV":
                stage.environment |= dict(word.split("=", 1) for word in rest.split())
            case "USER":
                stage.user = rest
            case "CMD":
                stage.command = json.loads(rest)
            case "HEALTHCHECK":
                stage.healthcheck = rest
            case "WORKDIR" | "VOLUME" | "EXPOSE":
                pass
            case _:
                raise ValueError(f"unknown instruction: {line}")
    return stages


def is_sent_to_build(path: str, ignore_file: str) -> bool:
    """Whether a path of the checkout reaches the build: the last line of .dockerignore that fits it, or a folder above it, decides."""
    is_sent = True
    parts = path.rstrip("/").split("/")
    prefixes = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for line in ignore_file.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        bare = pattern.removeprefix("!")
        name = bare.removeprefix("**/")
        if any(fnmatch(prefix, bare) or (bare != name and fnmatch(prefix.rsplit("/", 1)[-1], name)) for prefix in prefixes):
            is_sent = pattern.startswith("!")
    return is_sent


def read_environment_file(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line.strip() and not line.startswith("#"))


def interpolated(value, variables: dict[str, str]):
    """`value` of the compose file with its variables put in. Raises MissingVariable."""
    if isinstance(value, dict):
        return {key: interpolated(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, variables) for inner in value]
    return _VARIABLE.sub(lambda found: _value_of(found, variables), value) if isinstance(value, str) else value


def _value_of(found: re.Match, variables: dict[str, str]) -> str:
    if found["name"] is None:
        return "$"
    if given := variables.get(found["name"], ""):
        return given
    if found["how"] == ":?":
        raise MissingVariable(f"{found['name']}: {found['text']}")
    return found["text"] or ""


def read_compose(variables: dict[str, str]) -> dict:
    """docker-compose.yml as compose understands it with these variables. Raises MissingVariable."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return interpolated({name: part for name, part in compose.items() if not name.startswith("x-")}, variables)


def settings_of_postgres() -> dict[str, str]:
    """What docker-compose.yml tells PostgreSQL to do otherwise than by default: name to value."""
    program, *words = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["postgres"]["command"]
    assert program == "postgres"
    assert set(words[::2]) == {"-c"}
    return dict(word.split("=", 1) for word in words[1::2])


def seconds(duration: str) -> int:
    """Such as 40s."""
    return int(duration.removesuffix("s"))

"""Static files: each under a name that changes with its content, and compressed under that name alone."""

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressedHashedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, without compressed copies under the plain names, which no page asks for: they take as long again to make."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        return super().compress_files(set(paths) & set(self.hashed_files.values()))

"""Static files as they are collected in production."""

from django.core.management import call_command


def test_a_file_is_compressed_under_its_hashed_name_alone(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "app.css").write_text("p { color: red }\n" * 200)
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "config.static.CompressedHashedFiles"}}
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "static"
    call_command("collectstatic", interactive=False, verbosity=0)
    names = sorted(path.name for path in settings.STATIC_ROOT.iterdir())
    [hashed] = [name for name in names if name.endswith(".css") and name != "app.css"]
    assert names == sorted(["app.css", hashed, f"{hashed}.br", f"{hashed}.gz", "staticfiles.json"])
